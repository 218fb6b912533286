//! How lines reach who reads them: at once, or by a thread of their own, so that nobody waits for a terminal that was stopped
//! or a program that is slow.

use std::collections::VecDeque;
use std::io::{Error, ErrorKind, Result, Write};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, OnceLock, PoisonError};
use std::thread;
use std::time::Duration;

/// How many lines may wait before those that may be dropped are: a screen's worth many times over, and little memory.
const WAITING_MAX: usize = 1_000;
/// How many may wait in all; from here on whoever has more to say waits, which is nobody who must not.
const WAITING_ALL_MAX: usize = 10_000;
/// How long the end waits for who reads.
const ENDING_MAX: Duration = Duration::from_millis(500);

/// Where a line goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum To {
    Programs,
    People,
}

impl To {
    fn write(self, text: &str) -> Result<()> {
        match self {
            Self::Programs => writeln!(anstream::stdout(), "{text}").inspect_err(|cause| {
                // No reason to stop at once; who would go on for ever asks whether it is so.
                let _ = UNWRITTEN.set(cause.kind().into());
            }),
            Self::People => writeln!(anstream::stderr(), "{text}"),
        }
    }

    /// Whether nobody is there any more who would read.
    fn is_gone(self, cause: ErrorKind) -> bool {
        self == Self::Programs || cause == ErrorKind::BrokenPipe
    }
}

/// Why something could not be written to stdout, if so.
static UNWRITTEN: OnceLock<Error> = OnceLock::new();

/// Whether something could not be written to stdout.
pub(crate) fn reader_is_gone() -> bool {
    UNWRITTEN.get().is_some()
}

/// Why not, unless whoever would have read has gone, and wants no more.
pub(crate) fn unwritten() -> Option<&'static Error> {
    UNWRITTEN
        .get()
        .filter(|cause| cause.kind() != ErrorKind::BrokenPipe)
}

/// The way of lines.
#[derive(Clone, Debug, Default)]
pub(super) struct Lines {
    /// By a thread of their own.
    queue: Option<Arc<Queue>>,
    /// Whether they are dropped rather than waited for.
    may_be_dropped: bool,
}

impl Lines {
    pub(super) fn write(&self, to: To, text: &str) {
        match &self.queue {
            Some(queue) => queue.push(to, text, self.may_be_dropped),
            None => drop(to.write(text)),
        }
    }

    /// Lines that a thread of their own writes, until the end. `lost` says how many of them it could not; `gone` is told once
    /// that nobody reads any more.
    pub(super) fn queued(lost: Lost, gone: impl FnOnce() + Send + 'static) -> (Self, Ending) {
        let queue = Arc::<Queue>::default();
        let writes = Arc::clone(&queue);
        thread::spawn(move || writes.write_all(lost, gone));
        let lines = Self {
            queue: Some(Arc::clone(&queue)),
            may_be_dropped: false,
        };
        (lines, Ending(queue))
    }

    /// The same for who must not wait.
    pub(super) fn without_waiting(&self) -> Self {
        Self {
            queue: self.queue.clone(),
            may_be_dropped: true,
        }
    }
}

/// What is said of so many lines that were dropped, and where.
pub(super) type Lost = Box<dyn Fn(u64) -> (To, String) + Send>;

#[derive(Debug, Default)]
struct Queue {
    waiting: Mutex<Waiting>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct Waiting {
    lines: VecDeque<Entry>,
    is_writing: bool,
}

#[derive(Debug, PartialEq, Eq)]
enum Entry {
    Line(To, String),
    /// So many were dropped here.
    Lost(u64),
}

impl Queue {
    fn waiting(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn push(&self, to: To, text: &str, may_be_dropped: bool) {
        let mut waiting = self.waiting();
        if may_be_dropped && waiting.lines.len() >= WAITING_MAX {
            match waiting.lines.back_mut() {
                Some(Entry::Lost(count)) => *count += 1,
                _ => waiting.lines.push_back(Entry::Lost(1)),
            }
            return;
        }
        let is_full = |waiting: &mut Waiting| waiting.lines.len() >= WAITING_ALL_MAX;
        let waited = self.changed.wait_while(waiting, is_full);
        let mut waiting = waited.unwrap_or_else(PoisonError::into_inner);
        waiting.lines.push_back(Entry::Line(to, text.to_owned()));
        self.changed.notify_all();
    }

    /// The next one. Those before it are written.
    fn next(&self) -> Entry {
        let mut waiting = self.waiting();
        loop {
            if let Some(entry) = waiting.lines.pop_front() {
                waiting.is_writing = true;
                self.changed.notify_all();
                return entry;
            }
            waiting.is_writing = false;
            self.changed.notify_all();
            let waited = self.changed.wait(waiting);
            waiting = waited.unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn write_all(&self, lost: Lost, gone: impl FnOnce()) {
        let mut gone = Some(gone);
        loop {
            let (to, text) = match self.next() {
                Entry::Line(to, text) => (to, text),
                Entry::Lost(count) => lost(count),
            };
            if to.write(&text).is_err_and(|cause| to.is_gone(cause.kind()))
                && let Some(gone) = gone.take()
            {
                gone();
            }
        }
    }
}

/// The end of lines that wait: it waits a moment for who reads.
#[must_use]
#[derive(Debug)]
pub(crate) struct Ending(Arc<Queue>);

impl Drop for Ending {
    fn drop(&mut self) {
        let is_there = |waiting: &mut Waiting| waiting.is_writing || !waiting.lines.is_empty();
        let queue = &self.0;
        // Who has stopped reading will not miss the rest.
        drop(
            queue
                .changed
                .wait_timeout_while(queue.waiting(), ENDING_MAX, is_there),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::{Entry, Queue, To, WAITING_MAX};

    #[test]
    fn what_nobody_reads_is_dropped_and_counted_where_it_would_have_been() {
        let queue = Queue::default();
        for line in 0..WAITING_MAX + 5 {
            queue.push(To::People, &line.to_string(), true);
        }
        // What may not be dropped is not.
        queue.push(To::People, "a turn", false);
        queue.push(To::People, "a line", true);
        for line in 0..WAITING_MAX {
            assert_eq!(queue.next(), Entry::Line(To::People, line.to_string()));
        }
        assert_eq!(queue.next(), Entry::Lost(5));
        assert_eq!(queue.next(), Entry::Line(To::People, "a turn".to_owned()));
        assert_eq!(queue.next(), Entry::Lost(1));
        queue.push(To::People, "a line", true);
        assert_eq!(queue.next(), Entry::Line(To::People, "a line".to_owned()));
    }
}
