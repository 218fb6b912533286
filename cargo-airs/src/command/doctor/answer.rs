//! Looking at what may never answer: a tool that hangs, a disk that is gone, a pipe in the place of a file.

use std::sync::mpsc::{Receiver, sync_channel};
use std::thread;
use std::time::{Duration, Instant};

use crate::interrupt;

/// How long an answer is waited for. Three are waited for, one after the other: what the project says, what Cargo says of
/// the workspace, and what all checks find, which look at the same time. So nobody waits for longer than three times that,
/// and repairs; a check takes a part of a second, or some where the machine is busy.
pub(super) const ANSWER_MAX: Duration = Duration::from_secs(10);

/// What is being looked at, on a thread of its own.
pub(super) struct Looking<T>(Receiver<T>);

/// Begins to look.
pub(super) fn look<T: Send + 'static>(at: impl FnOnce() -> T + Send + 'static) -> Looking<T> {
    let (tell, told) = sync_channel(1);
    // Where no thread can be had nobody answers, and who has given up waiting needs no answer.
    let _ = thread::Builder::new().spawn(move || tell.send(at()));
    Looking(told)
}

impl<T> Looking<T> {
    /// What was found, unless there is no answer by then.
    pub(super) fn found(self, until: Instant) -> Option<T> {
        let left = until.saturating_duration_since(Instant::now());
        self.0.recv_timeout(left).ok()
    }

    /// The same, from now on; what was started to look is ended when it does not answer.
    pub(super) fn found_soon(self) -> Option<T> {
        let found = self.found(Instant::now() + ANSWER_MAX);
        if found.is_none() {
            interrupt::end_children();
        }
        found
    }
}

/// What is said of what does not answer.
pub(super) fn none() -> String {
    format!("no answer within {} s", ANSWER_MAX.as_secs())
}

/// What is to be done about it.
pub(super) const REPAIR: &str =
    "find out what it waits for: a tool that hangs, a disk that is gone, a pipe in the place of a file";
