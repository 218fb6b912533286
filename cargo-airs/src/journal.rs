//! The journal: what has happened in a context, kept beside its state. `cargo airs dev` and every command that makes a
//! run write to it; `cargo airs events` and `cargo airs logs` read it.

mod entry;
mod file;
mod moment;
mod secrets;

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, Sender, SyncSender, TrySendError, channel, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use airs_runtime::{Event, Name, State};

use entry::TEXT_BYTES_MAX;
pub(crate) use entry::{Entry, Happened};
pub(crate) use file::read;
pub(crate) use moment::Moment;
use secrets::Secrets;

/// Events that wait to be written. Writing takes microseconds; what a flood of lines has more of is counted and dropped, so
/// that no guest waits for a disk.
const WAITING_MAX: usize = 4_096;
/// Bytes that are written in one go: little enough that a file is never much larger than it may be.
const BATCH_BYTES_MAX: usize = 256 << 10;
/// How long a command waits at its end until what has happened is written: it has been done all the same.
const FLUSH_MAX: Duration = Duration::from_secs(1);

/// How often it is looked whether there is room for more to be written.
const LOOK_AGAIN: Duration = Duration::from_millis(1);

/// The file of a context in the folder of the state.
pub(crate) fn path(folder: &Path, context: &Name) -> PathBuf {
    folder.join(format!("{context}.events.jsonl"))
}

/// Writes what happens, on a thread of its own. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub(crate) struct Journal {
    /// None where the state is in memory, and nothing is kept.
    sender: Option<SyncSender<Note>>,
    lost: Arc<AtomicU64>,
    secrets: Arc<Mutex<Secrets>>,
}

#[derive(Debug)]
enum Note {
    Entry(Box<Entry>),
    /// Told when all before it is written.
    Flush(Sender<()>),
}

impl Journal {
    /// The journal of a context. It is made with the first thing that happens; `failed` is told once when it cannot be
    /// written.
    pub(crate) fn of(state: &State, context: &Name, failed: impl FnOnce(&str) + Send + 'static) -> Self {
        let lost = Arc::new(AtomicU64::new(0));
        let sender = match state {
            State::Memory => None,
            State::Folder(folder) => {
                let (sender, notes) = sync_channel(WAITING_MAX);
                let (path, lost) = (path(folder, context), Arc::clone(&lost));
                thread::spawn(move || write(&path, &notes, &lost, failed));
                Some(sender)
            }
        };
        Self {
            sender,
            lost,
            secrets: Arc::default(),
        }
    }

    /// What is not to be kept, whoever says it: the value of a variable that components may read.
    pub(crate) fn hide(&self, name: &str, value: &str) {
        self.secrets
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .add(name, value);
    }

    /// Keeps an event, if it is one to be kept.
    pub(crate) fn note(&self, event: &Event<'_>) {
        let Some(sender) = &self.sender else { return };
        let Some(event) = Happened::of(event) else { return };
        let mut entry = Entry::now(event);
        if let Some(text) = entry.event.text_mut() {
            self.secrets
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .remove_from(text, TEXT_BYTES_MAX);
        }
        match sender.try_send(Note::Entry(Box::new(entry))) {
            Err(TrySendError::Full(_)) => drop(self.lost.fetch_add(1, Ordering::Relaxed)),
            // The thread ends with the last who sends.
            Ok(()) | Err(TrySendError::Disconnected(_)) => {}
        }
    }

    /// Waits until what was noted is written.
    pub(crate) fn flush(&self) {
        let Some(sender) = &self.sender else { return };
        let (done, written) = channel();
        let (mut note, until) = (Note::Flush(done), Instant::now() + FLUSH_MAX);
        while let Err(TrySendError::Full(full)) = sender.try_send(note) {
            if Instant::now() >= until {
                return;
            }
            note = full;
            thread::park_timeout(LOOK_AGAIN);
        }
        let _ = written.recv_timeout(until.saturating_duration_since(Instant::now()));
    }
}

/// A journal that is written when this goes: after the runtime that tells it, whose end is something that happens, too.
#[derive(Debug)]
pub(crate) struct Flushed(Journal);

impl From<Journal> for Flushed {
    fn from(journal: Journal) -> Self {
        Self(journal)
    }
}

impl Flushed {
    pub(crate) fn journal(&self) -> &Journal {
        &self.0
    }
}

impl Drop for Flushed {
    fn drop(&mut self) {
        self.0.flush();
    }
}

fn write(path: &Path, notes: &Receiver<Note>, lost: &AtomicU64, failed: impl FnOnce(&str)) {
    let mut failed = Some(failed);
    while let Ok(first) = notes.recv() {
        let (mut lines, mut entries, mut waiting) = (Vec::new(), 0, Vec::new());
        let mut next = Some(first);
        while let Some(note) = next {
            match note {
                Note::Entry(entry) => {
                    lines.extend(entry.line());
                    entries += 1;
                }
                Note::Flush(done) => waiting.push(done),
            }
            // Who says much is not waited for until it is silent.
            next = if lines.len() < BATCH_BYTES_MAX {
                notes.try_recv().ok()
            } else {
                None
            };
        }
        let events = lost.swap(0, Ordering::Relaxed);
        if events > 0 {
            lines.extend(Entry::now(Happened::Lost { events }).line());
        }
        if !lines.is_empty()
            && let Err(error) = file::append(path, &lines)
        {
            // They are told of with the next that are kept.
            lost.fetch_add(entries + events, Ordering::Relaxed);
            if let Some(failed) = failed.take() {
                failed(&format!(
                    "what happens is not kept in {}: {error}",
                    path.display()
                ));
            }
        }
        for done in waiting {
            // Who does not wait any more needs no answer.
            let _ = done.send(());
        }
    }
}
