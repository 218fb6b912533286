//! `cargo airs dev`: what is saved serves.
//!
//! One loop ([`turns`]) over what happens. Around it: a thread that watches ([`mod@watch`]), one that builds and swaps
//! ([`worker`]), and one for each thing that a person or another program may ask for meanwhile.

mod acting;
mod again;
mod ahead;
mod answer;
mod beginning;
mod compile;
pub(crate) mod guard;
mod hear;
mod inputs;
mod keys;
mod level;
mod made;
mod meaning;
mod only;
mod poll;
mod profile;
mod resolve;
mod serve;
mod swap;
mod taking_in;
mod turns;
mod watch;
mod worker;

use std::path::Path;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, SystemTime};

use crate::command::schema;
use crate::error::Result;
use crate::message::Message;
use crate::report::Report;
use crate::settings::Dev;
use crate::{files, interrupt, node, os};
use acting::Loop;
use again::Again;
use ahead::Linked;
use answer::{Answering, Standing};
use compile::Cancel;
use inputs::Inputs;
use keys::{Key, Keys};
use level::Shown;
pub(crate) use only::LOCK;
use only::Only;
use serve::Serving;
use turns::{Due, Event, Turns};
use watch::{Looked, Means, Shared, Watch};
use worker::{Job, Project, Worker};

/// How long the end waits for what the worker does. A migration may go on for a minute, Cargo may wait for another one: such
/// ends with the process.
const ENDING_MAX: Duration = Duration::from_secs(1);

/// What the loop is told.
#[derive(Debug)]
enum Happened {
    Loop(Box<Event>),
    /// Something new serves.
    Served,
    /// Something has happened to inputs, and nothing has changed.
    Unchanged,
    /// The project is not where it was.
    Gone,
    Pressed(Key),
    /// A thread that does this has broken down.
    Broken(&'static str),
}

/// Tells the loop when the thread that has this breaks down: nothing would follow any more, and nobody would know.
struct Tells {
    tell: Sender<Happened>,
    what: &'static str,
}

impl Drop for Tells {
    fn drop(&mut self) {
        if thread::panicking() {
            let _ = self.tell.send(Happened::Broken(self.what));
        }
    }
}

pub(crate) fn run(settings: &Arc<Dev>, report: &Report) -> Result<()> {
    let project = beginning::read(settings, report)?;
    let workspace = &project.workspace;
    schema::keep(workspace);
    let again = Again::of(settings, &project)?;
    // Held until the end.
    let only = only::take(&workspace.own_folder())?;
    let state = node::state(&settings.node, workspace)?;
    if settings.fresh {
        only::forget(&state, &settings.node.context)?;
    }
    let means = watch::means_for(&workspace.own_folder(), settings.poll);
    let (tell, happened) = channel();
    // Nobody waits for who reads; and who has gone has no use for a loop that goes on. It ends last.
    let (report, _said) = &report.queued(stop(&tell));
    if !report.is_for_people() {
        os::once_stdout_is_closed(stop(&tell));
    }
    let inputs = inputs(&project, only.path());
    let shown = Shown::new();
    let serving = Serving::open(&settings.node, &project.workspace, state, shown.clone(), report)?;
    let anchor = only.path().to_owned();
    let watch = watch(&inputs, only, means, &tell, report)?;
    let (stands, standing) = tokio::sync::watch::channel(Standing::Building);
    let writing = Arc::default();
    // Other commands ask as long as this lives.
    let answering = Answering::begin(workspace, &settings.node, serving.runtime(), standing, &writing);
    let answering = answering.unwrap_or_else(|failure| {
        report.warn(&format!("{failure}; other commands work beside the loop"));
        None
    });
    started(&project, means, report);
    let cancel = Arc::new(Cancel::default());
    let again = again.map(|again| again.on(serving.runtime(), report));
    let worker = Worker {
        settings: Arc::clone(settings),
        report: report.clone(),
        project,
        serving,
        inputs,
        watch,
        writing,
        linked: Linked::as_told_by(means),
        cancel: Arc::clone(&cancel),
        happened: tell.clone(),
    };
    let (jobs, ended) = works(worker, &tell);
    interrupt::is_meant();
    let keys = Keys::read(sends(&tell, Happened::Pressed));
    if keys.is_some() {
        report.note("keys: r rebuild, a run again, c clear, l log level, q quit");
    }
    let _ = tell.send(Happened::Loop(Box::new(Event::Change(Due::all()))));
    interrupt::on_press(stop(&tell));
    let mut dev = Loop {
        turns: Turns::new(),
        jobs,
        cancel,
        shown,
        stands,
        again,
        report: report.clone(),
        anchor,
        here: files::current_folder()?,
    };
    let outcome = dev.run(&happened);
    // The build ends with its cancellation. The terminal is a person's again, and others work alone, whatever still goes on.
    drop(dev);
    drop((keys, answering));
    if ended.recv_timeout(ENDING_MAX) == Err(RecvTimeoutError::Timeout) {
        report.note("the turn that goes on is broken off");
    }
    outcome
}

/// Has the worker work: what for, and what ends when it has.
fn works(worker: Worker, tell: &Sender<Happened>) -> (Sender<Job>, Receiver<()>) {
    let (jobs, to_do) = channel();
    let (works, ended) = channel();
    let tells = Tells {
        tell: tell.clone(),
        what: "builds",
    };
    thread::spawn(move || {
        // They end with it, however it ends.
        let _with = (works, tells);
        worker.run(&to_do);
    });
    (jobs, ended)
}

/// What a thread of its own tells the loop, for as long as that goes on.
fn sends<T: 'static>(tell: &Sender<Happened>, what: fn(T) -> Happened) -> impl Fn(T) + Send + 'static {
    let tell = tell.clone();
    move |said| drop(tell.send(what(said)))
}

/// What ends the loop.
fn stop(tell: &Sender<Happened>) -> impl FnOnce() + Send + 'static {
    let stop = sends(tell, |()| Happened::Loop(Box::new(Event::Stop)));
    move || stop(())
}

/// Until the compiler has named the inputs, all files of the crates count.
fn inputs(project: &Project, anchor: &Path) -> Shared {
    let now = SystemTime::now();
    let workspace = &project.workspace;
    let mut inputs = Inputs::default();
    inputs.set_outputs(workspace.outputs());
    inputs.set_anchor(anchor.to_owned());
    inputs.set_project(workspace.files_of_project(), now);
    for one in &project.crates {
        inputs.search(&one.manifest.name, workspace.folders_of(one), now);
    }
    // What was saved a moment ago is built in any case.
    let _ = inputs.look();
    Arc::new(Mutex::new(inputs))
}

fn watch(
    inputs: &Shared,
    only: Only,
    means: Means,
    tell: &Sender<Happened>,
    report: &Report,
) -> Result<Watch> {
    let (report, tell) = (report.clone(), tell.clone());
    let tells = Tells {
        tell: tell.clone(),
        what: "watches",
    };
    let tell = move |looked: Looked| {
        // It is there as long as the thread that looks.
        let _with = &tells;
        let event = |event| Happened::Loop(Box::new(event));
        let happened = match looked {
            _ if !only.is_there() => Happened::Gone,
            Looked::Changing(due) => event(Event::Changing(due)),
            Looked::Changed(due) => event(Event::Change(due)),
            Looked::Same { asked: true } => Happened::Unchanged,
            Looked::Same { asked: false } => return,
        };
        let _ = tell.send(happened);
    };
    Watch::start(Arc::clone(inputs), means, tell, move |text| report.warn(text))
}

fn started(project: &Project, means: Means, report: &Report) {
    report.say(&Message::DevStarted {
        components: project
            .crates
            .iter()
            .map(|one| one.manifest.name.as_str())
            .collect(),
        folder: project.workspace.target(),
        watching: match means {
            Means::Native => "native",
            Means::Poll => "poll",
        },
    });
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::channel;

    use super::{Happened, Tells};

    #[test]
    fn a_thread_that_breaks_down_is_told_and_one_that_ends_is_not() {
        let (tell, happened) = channel();
        let thread = |breaks: bool| {
            let tells = Tells {
                tell: tell.clone(),
                what: "builds",
            };
            let ended = std::thread::spawn(move || {
                let _with = tells;
                assert!(!breaks);
            });
            ended.join().is_err()
        };
        assert!(!thread(false) && thread(true));
        drop(tell);
        let told: Vec<Happened> = happened.iter().collect();
        assert!(
            matches!(told.as_slice(), [Happened::Broken("builds")]),
            "{told:?}"
        );
    }
}
