//! `cargo airs events` and `cargo airs logs`: what has happened.

mod fitting;

use std::path::PathBuf;
use std::thread;
use std::time::Duration;

use airs_runtime::Code;

use crate::error::{Failure, Reason, Result};
use crate::journal::{self, Entry};
use crate::message::Message;
use crate::report::{self, Report};
use crate::settings::{Events, Start, StatePlace};
use crate::{files, interrupt, workspace};
use fitting::Fitting;

/// How often it is looked for more; a person sees no difference.
const LOOK_AGAIN: Duration = Duration::from_millis(200);

pub(crate) fn run(settings: &Events, report: &Report) -> Result<()> {
    let path = journal::path(&folder(settings)?, &settings.context);
    let failed = |cause| Failure::unavailable(format!("cannot read {}", path.display())).caused_by(cause);
    let mut fitting = Fitting::new(settings.wanted.clone());
    let (kept, mut reader) = journal::read(&path).map_err(failed)?;
    let kept: Vec<Entry> = kept.into_iter().flat_map(|entry| fitting.next(entry)).collect();
    let surplus = kept.len().saturating_sub(settings.last);
    let say = |entry: &Entry| report.say(&Message::Event(entry));
    kept.iter().skip(surplus).for_each(say);
    if kept.is_empty() && !settings.follow {
        report.note(&format!("nothing of that kind is kept in {}", path.display()));
    }
    if !settings.follow {
        return Ok(());
    }
    while !report::reader_is_gone() {
        interrupt::check()?;
        let more = reader.more().map_err(failed)?;
        more.into_iter()
            .flat_map(|entry| fitting.next(entry))
            .for_each(|entry| say(&entry));
        thread::park_timeout(LOOK_AGAIN);
    }
    Ok(())
}

/// The folder of the state, found without Cargo: whoever looks for what went wrong may have a workspace that is.
fn folder(settings: &Events) -> Result<PathBuf> {
    let here = files::current_folder()?;
    match &settings.state {
        StatePlace::Folder(folder) => return Ok(folder.clone()),
        StatePlace::Memory => {
            let failure = Failure::usage("nothing is kept of what happens over a state in memory");
            return Err(failure
                .hint("whoever has it shows it: `cargo airs dev --state memory`, or the command itself"));
        }
        StatePlace::Project => {}
    }
    let start = match &settings.manifest.start {
        Start::CurrentFolder => here.clone(),
        Start::Manifest(path) => here.join(path).parent().unwrap_or(&here).to_owned(),
    };
    let project = workspace::project(&start, &here)?.ok_or_else(|| {
        Failure::new(
            Reason::Airs(Code::NotFound),
            "there is no airs.toml here or in a folder above",
        )
        .hint("go to the project's folder, or name the folder of the state with --state")
    })?;
    let state = project.root().join(".airs").join("state");
    Ok(state
        .strip_prefix(&here)
        .map_or_else(|_| state.clone(), PathBuf::from))
}
