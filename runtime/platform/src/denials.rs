//! The record of what components were denied.

mod file;
mod line;

use std::collections::VecDeque;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use serde::{Deserialize, Serialize};

/// Denials that are kept in memory: as many as fit into a file of half the size that one may have.
const IN_MEMORY_MAX: usize = 1_024;

/// What a component was denied.
///
/// An example is at [`DenialLog`].
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Denial {
    /// Which one it is of its context, from 1; given when it is recorded.
    pub number: u64,
    /// When, in milliseconds since 1970.
    pub time_ms: u64,
    /// The run in which it was, whatever became of that.
    pub run: String,
    /// The attempt of the run, from 1.
    pub attempt: u32,
    /// The component's name.
    pub component: String,
    /// What it would have needed.
    pub capability: String,
    /// What was refused, and why; long ones are cut.
    pub message: String,
}

/// The denials that are still kept, the oldest first.
///
/// An example is at [`DenialLog`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Denials {
    /// The denials.
    pub all: Vec<Denial>,
    /// Whether each follows the one before, as it was written: nobody has changed one, or taken one out.
    pub intact: bool,
}

/// The record of what the components of a context were denied. It is written at once and outside of any transaction,
/// so that it outlives the run and the process; and it is bounded, so that the oldest go.
///
/// In a file it is lines of JSON, each with the sha256 of the one before. Any number of processes write to it. What was
/// recorded right before a loss of power may be lost.
///
/// ```
/// use airs_platform::{Denial, DenialLog, Denials};
///
/// # let place = tempfile::tempdir()?;
/// let log = DenialLog::file(place.path().join("local.denials.jsonl"));
/// log.record(Denial { component: "feed".into(), message: "driver feed has no storage".into(), ..Denial::default() })?;
/// let Denials { all, intact, .. } = DenialLog::file(place.path().join("local.denials.jsonl")).read()?;
/// assert!(intact);
/// assert_eq!((all[0].number, all[0].component.as_str()), (1, "feed"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct DenialLog(Place);

#[derive(Debug)]
enum Place {
    Memory(Mutex<VecDeque<Denial>>),
    /// Held by who writes: of the threads of one process one waits for the other.
    File {
        path: PathBuf,
        wait_max: Mutex<Duration>,
    },
}

impl DenialLog {
    /// A record in memory, gone with it.
    pub fn memory() -> Self {
        Self(Place::Memory(Mutex::default()))
    }

    /// A record in a file, which is made with the first denial, and a second one beside it.
    pub fn file(path: impl Into<PathBuf>) -> Self {
        let path = path.into();
        Self(Place::File {
            // Wherever the process goes from here.
            path: std::path::absolute(&path).unwrap_or(path),
            wait_max: Mutex::new(file::LOCK_MAX),
        })
    }

    /// Records a denial.
    ///
    /// # Errors
    /// When the file cannot be written, or another process has kept it for too long.
    pub fn record(&self, denial: Denial) -> io::Result<()> {
        match &self.0 {
            Place::Memory(kept) => {
                let mut kept = kept.lock().unwrap_or_else(PoisonError::into_inner);
                let number = kept.back().map_or(1, |last| last.number + 1);
                if kept.len() == IN_MEMORY_MAX {
                    kept.pop_front();
                }
                kept.push_back(Denial { number, ..denial });
                Ok(())
            }
            Place::File { path, wait_max } => {
                let mut wait_max = wait_max.lock().unwrap_or_else(PoisonError::into_inner);
                let recorded = file::append(path, denial, *wait_max);
                *wait_max = match &recorded {
                    Err(error) if error.kind() == io::ErrorKind::TimedOut => Duration::ZERO,
                    _ => file::LOCK_MAX,
                };
                recorded
            }
        }
    }

    /// What is kept. Reading makes no file.
    ///
    /// # Errors
    /// When the file cannot be read, or another process has kept it for too long.
    pub fn read(&self) -> io::Result<Denials> {
        match &self.0 {
            Place::Memory(kept) => {
                let kept = kept.lock().unwrap_or_else(PoisonError::into_inner);
                Ok(Denials {
                    all: kept.iter().cloned().collect(),
                    intact: true,
                })
            }
            Place::File { path, .. } => file::read(path),
        }
    }

    /// Where it is, unless it is in memory.
    pub fn path(&self) -> Option<&Path> {
        match &self.0 {
            Place::Memory(_) => None,
            Place::File { path, .. } => Some(path),
        }
    }
}

/// The file beside, with what was recorded before.
fn before(path: &Path) -> PathBuf {
    path.with_extension("old.jsonl")
}
