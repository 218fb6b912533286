//! A process that is ended when it takes too long, and how it ended.

use std::io;
use std::process::{Child, ExitStatus};
use std::sync::{Arc, Mutex, PoisonError, mpsc};
use std::thread;
use std::time::Duration;

use crate::os;
pub(super) use crate::os::Limit;

/// How a process ended.
pub(super) enum End {
    Ended(ExitStatus),
    TookTooLong,
}

/// A process that is ended when it takes too long, with all that it has started.
pub(super) struct Watched {
    child: Arc<Mutex<Held>>,
    stop: mpsc::Sender<()>,
    /// Whether it had to be ended.
    thread: thread::JoinHandle<bool>,
}

struct Held {
    child: Child,
    /// Whether it was heard how it ended: its number may be another's by now.
    is_gone: bool,
}

impl Watched {
    /// # Errors
    /// When nobody can watch it; then it is ended.
    pub(super) fn new(child: Child, most: Duration) -> io::Result<Self> {
        let child = Arc::new(Mutex::new(Held {
            child,
            is_gone: false,
        }));
        let (stop, stopped) = mpsc::channel();
        let watched = Arc::clone(&child);
        let thread = thread::Builder::new().name("airs-compile".into()).spawn(move || {
            let too_long = stopped.recv_timeout(most) == Err(mpsc::RecvTimeoutError::Timeout);
            if too_long {
                kill(&watched);
            }
            too_long
        });
        match thread {
            Ok(thread) => Ok(Self { child, stop, thread }),
            Err(error) => {
                kill(&child);
                // It was ended, so that this does not last.
                let _ = lock(&child).child.wait();
                Err(error)
            }
        }
    }

    /// Ends a process that is of no use any more.
    pub(super) fn stop(self) -> End {
        kill(&self.child);
        self.wait()
    }

    /// No longer watches it; how it ended, if it did.
    pub(super) fn release(self) -> Result<Child, End> {
        let _ = self.stop.send(());
        match self.thread.join() {
            // The thread had the other one.
            Ok(false) => Arc::into_inner(self.child)
                .map(|held| held.into_inner().unwrap_or_else(PoisonError::into_inner).child)
                .ok_or(End::TookTooLong),
            _ => {
                // It was ended, so that this does not last.
                let _ = lock(&self.child).child.wait();
                Err(End::TookTooLong)
            }
        }
    }

    /// Waits until a process has ended, by itself or because it took too long. It has said its last word, so that it is
    /// about to end, and looking again now and then costs nothing.
    pub(super) fn wait(self) -> End {
        let ended = loop {
            let mut held = lock(&self.child);
            let ended = held.child.try_wait();
            if !matches!(ended, Ok(None)) {
                held.is_gone = true;
                break ended.ok().flatten();
            }
            drop(held);
            thread::park_timeout(LOOK_AGAIN);
        };
        let _ = self.stop.send(());
        match (ended, self.thread.join()) {
            (Some(status), Ok(false)) => End::Ended(status),
            _ => End::TookTooLong,
        }
    }
}

/// How soon it is looked again whether a process has ended.
const LOOK_AGAIN: Duration = Duration::from_millis(1);

fn lock(child: &Mutex<Held>) -> std::sync::MutexGuard<'_, Held> {
    child.lock().unwrap_or_else(PoisonError::into_inner)
}

fn kill(child: &Mutex<Held>) {
    let mut held = lock(child);
    if !held.is_gone {
        os::end_group(&mut held.child);
    }
}
