//! What a disk that hangs holds up.

use std::sync::{Condvar, Mutex};
use std::thread;
use std::time::Duration;

/// How long somebody is waited for who is to come to the gate.
const COME_MAX: Duration = Duration::from_secs(20);

/// Open, unless a test has shut it.
#[derive(Debug, Default)]
pub(crate) struct Gate {
    passage: Mutex<Passage>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct Passage {
    is_shut: bool,
    /// The threads that have come while it was.
    held_up: Vec<String>,
}

/// The gate is shut as long as this lives.
pub(crate) struct Shut<'g>(&'g Gate);

impl Gate {
    /// Goes through, as soon as it is open.
    pub(crate) fn pass(&self) {
        let mut passage = self.passage.lock().unwrap();
        if passage.is_shut {
            let name = thread::current().name().unwrap_or_default().to_owned();
            passage.held_up.push(name);
            self.changed.notify_all();
        }
        let open = self.changed.wait_while(passage, |passage| passage.is_shut);
        drop(open.unwrap());
    }

    pub(crate) fn shut(&self) -> Shut<'_> {
        *self.passage.lock().unwrap() = Passage {
            is_shut: true,
            held_up: Vec::new(),
        };
        Shut(self)
    }
}

impl Shut<'_> {
    /// The names of those that are held up, once there are so many.
    pub(crate) fn held_up(&self, count: usize) -> Result<Vec<String>, String> {
        let passage = self.0.passage.lock().unwrap();
        let too_few = |passage: &mut Passage| passage.held_up.len() < count;
        let waited = self.0.changed.wait_timeout_while(passage, COME_MAX, too_few);
        let (passage, timed_out) = waited.unwrap();
        match timed_out.timed_out() {
            true => Err(format!("{:?} are held up, and not {count}", passage.held_up)),
            false => Ok(passage.held_up.clone()),
        }
    }
}

impl Drop for Shut<'_> {
    fn drop(&mut self) {
        self.0.passage.lock().unwrap().is_shut = false;
        self.0.changed.notify_all();
    }
}
