//! Learning that something has happened where the inputs are. What has, looking at them tells.
//!
//! Folders are watched, not files: editors write a new file and give it the old one's name.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use notify::{Config, ErrorKind, EventKind, RecommendedWatcher, RecursiveMode, Watcher};

use super::inputs::{Inputs, Interest};
use super::poll::Poll;
use super::turns::Due;
use crate::error::{Failure, Result};
use going_on::{GoingOn, LULL, QUIET};
pub(super) use means::{Means, means_for};

mod going_on;
mod means;

/// What came of looking.
#[derive(Debug)]
pub(super) enum Looked {
    /// Contents are others, and something may still go on. `Changed` follows.
    Changing(Due),
    /// Contents are others, or were when it was looked first.
    Changed(Due),
    /// Contents are the same.
    Same {
        /// Whether something had happened, rather than that there are other inputs.
        asked: bool,
    },
}

/// Watches until the process ends.
#[derive(Debug)]
pub(super) struct Watch(Sender<Signal>);

#[derive(Debug)]
enum Signal {
    Happened(notify::Result<notify::Event>),
    /// Something is other than it was, and the system has not told.
    Noticed,
    OtherInputs,
}

/// What tells that something has happened.
enum By {
    System(RecommendedWatcher),
    Poll(Poll),
}

/// The inputs, which the watch looks at and a build sets.
pub(super) type Shared = Arc<Mutex<Inputs>>;

pub(super) fn lock(inputs: &Shared) -> MutexGuard<'_, Inputs> {
    inputs.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Watch {
    /// Watches the folders of `inputs` and tells what came of looking, from a thread of its own.
    pub(super) fn start(
        inputs: Shared,
        means: Means,
        tell: impl Fn(Looked) + Send + 'static,
        warn: impl Fn(&str) + Send + 'static,
    ) -> Result<Self> {
        let (sender, receiver) = channel();
        let by = match means {
            Means::Native => By::System(system(&sender).map_err(unavailable)?),
            Means::Poll => By::Poll(poll(&sender)),
        };
        let mut thread = Watching {
            by,
            watched: BTreeSet::new(),
            interest: Interest::default(),
            signals: sender.clone(),
        };
        thread.renew(&inputs, &warn);
        thread::spawn(move || thread.run(&receiver, &inputs, &tell, &warn));
        Ok(Self(sender))
    }

    /// There are other inputs than before: they have to be watched, and looked at.
    pub(super) fn other_inputs(&self) {
        // The thread is there as long as this is.
        let _ = self.0.send(Signal::OtherInputs);
    }
}

fn system(signals: &Sender<Signal>) -> notify::Result<RecommendedWatcher> {
    let signals = signals.clone();
    let tell = move |event| {
        let _ = signals.send(Signal::Happened(event));
    };
    RecommendedWatcher::new(tell, Config::default())
}

fn poll(signals: &Sender<Signal>) -> Poll {
    let signals = signals.clone();
    Poll::start(move || drop(signals.send(Signal::Noticed)))
}

fn unavailable(cause: notify::Error) -> Failure {
    Failure::unavailable("cannot watch files").caused_by(cause)
}

/// What the thread has.
struct Watching {
    by: By,
    watched: BTreeSet<PathBuf>,
    interest: Interest,
    signals: Sender<Signal>,
}

impl Watching {
    fn run(
        &mut self,
        receiver: &Receiver<Signal>,
        inputs: &Shared,
        tell: &dyn Fn(Looked),
        warn: &dyn Fn(&str),
    ) {
        while let Ok(signal) = receiver.recv() {
            if !self.takes(&signal) {
                continue;
            }
            let mut going_on = GoingOn::since(Instant::now(), &signal);
            if self.until_quiet(receiver, LULL, &mut going_on).is_err() {
                return;
            }
            let early = self.look(inputs, warn);
            let is_changing = !early.is_empty();
            if is_changing {
                tell(Looked::Changing(early));
            }
            if self.until_quiet(receiver, QUIET, &mut going_on).is_err() {
                return;
            }
            let due = self.look(inputs, warn);
            tell(if is_changing || !due.is_empty() {
                Looked::Changed(due)
            } else {
                let asked = going_on.asked;
                Looked::Same { asked }
            });
        }
    }

    fn look(&mut self, inputs: &Shared, warn: &dyn Fn(&str)) -> Due {
        // Watched first, so that what happens after the look is told.
        self.renew(inputs, warn);
        lock(inputs).look()
    }

    /// Listens until nothing has happened for so long.
    fn until_quiet(
        &mut self,
        receiver: &Receiver<Signal>,
        quiet: Duration,
        going_on: &mut GoingOn,
    ) -> Result<(), RecvTimeoutError> {
        loop {
            let left = going_on.end(quiet).saturating_duration_since(Instant::now());
            match receiver.recv_timeout(left) {
                // What does not concern the inputs is no reason to wait for its end.
                Ok(more) if self.takes(&more) => going_on.also(&more, Instant::now()),
                Ok(more) => going_on.beside(&more, Instant::now()),
                Err(RecvTimeoutError::Timeout) => return Ok(()),
                Err(gone @ RecvTimeoutError::Disconnected) => return Err(gone),
            }
        }
    }

    /// Whether a signal is a reason to look.
    fn takes(&mut self, signal: &Signal) -> bool {
        let event = match signal {
            Signal::OtherInputs | Signal::Noticed => return true,
            // Something was missed.
            Signal::Happened(Err(_)) => {
                self.watched.clear();
                return true;
            }
            Signal::Happened(Ok(event)) => event,
        };
        if event.need_rescan() || event.paths.is_empty() {
            self.watched.clear();
            return true;
        }
        // Looking is one of them.
        if matches!(event.kind, EventKind::Access(_)) {
            return false;
        }
        // A folder that comes back is another one, which is not watched.
        let is_folder = |path: &PathBuf| self.interest.folders.iter().any(|one| one.starts_with(path));
        if event.paths.iter().any(is_folder) {
            self.watched.clear();
        }
        event.paths.iter().any(|path| self.interest.concerns(path))
    }

    /// Watches the folders that there are inputs in now.
    fn renew(&mut self, inputs: &Shared, warn: &dyn Fn(&str)) {
        self.interest = lock(inputs).interest();
        let watcher = match &mut self.by {
            By::System(watcher) => watcher,
            By::Poll(poll) => return poll.watch(&self.interest),
        };
        let there = |folder: &PathBuf| {
            folder
                .ancestors()
                .find(|folder| folder.is_dir())
                .map(Path::to_owned)
        };
        let wanted: BTreeSet<PathBuf> = self.interest.folders.iter().filter_map(there).collect();
        for folder in self.watched.difference(&wanted) {
            // It may be gone, and its watch with it.
            let _ = watcher.unwatch(folder);
        }
        self.watched.retain(|folder| wanted.contains(folder));
        for folder in wanted {
            if self.watched.contains(&folder) {
                continue;
            }
            match watcher.watch(&folder, RecursiveMode::NonRecursive) {
                Ok(()) => {
                    self.watched.insert(folder);
                }
                Err(error) if is_exhausted(&error) => {
                    warn("the system watches no more files for this user: they are looked through instead");
                    let poll = poll(&self.signals);
                    poll.watch(&self.interest);
                    self.by = By::Poll(poll);
                    return;
                }
                // It is gone already, which is told, or may not be read.
                Err(_) => {}
            }
        }
    }
}

fn is_exhausted(error: &notify::Error) -> bool {
    matches!(error.kind, ErrorKind::MaxFilesWatch)
}
