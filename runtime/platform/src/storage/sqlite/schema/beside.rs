//! What is beside a file, and whether it belongs to it.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use super::examine;
use super::marks::{Age, marks};
use super::meta::Meta;
use super::unavailable;
use crate::StorageError;

/// How often an empty file is looked at again, which somebody may be making.
const LOOK_AGAIN: Duration = Duration::from_millis(5);

/// What SQLite keeps beside a file, or we.
pub(super) fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    name.into()
}

fn has_log(path: &Path) -> bool {
    fs::metadata(beside(path, "-wal")).is_ok_and(|log| log.len() > 0)
}

/// The file's length, if no log is there that could complete it.
///
/// The file is not opened for this: closing it would release the locks of its other users in this process.
pub(super) fn length_at_rest(path: &Path) -> Option<u64> {
    match has_log(path) {
        true => None,
        false => fs::metadata(path).ok().map(|file| file.len()),
    }
}

/// Refuses what is no file in the place of the log, of its index, or of the journal that SQLite looks for: who opens it
/// may wait for ever, or read the state without what is in its log.
pub(super) fn refuse_what_is_no_log(path: &Path) -> Result<(), StorageError> {
    for beside in ["-wal", "-shm", "-journal"].map(|ending| beside(path, ending)) {
        if fs::metadata(&beside).is_ok_and(|about| !about.is_file()) {
            let doing = format!("open {}", beside.display());
            return Err(unavailable(doing, io::Error::other("it is not a file")));
        }
    }
    Ok(())
}

/// Refuses an empty file that was a state once, as a copy to a full disk leaves one: SQLite would take it for a new
/// one, and remove the log of what was committed.
///
/// A log, or the lock of who commits, is never there before the file has something in it. Where they stayed behind when
/// a state was removed, a new one is empty until the one who makes it has written the first page.
pub(super) fn refuse_emptied(path: &Path, wait_max: Duration) -> Result<(), StorageError> {
    let is_emptied = || {
        let was_used = has_log(path) || beside(path, "-owner").is_file();
        was_used && fs::metadata(path).is_ok_and(|file| file.is_file() && file.len() == 0)
    };
    let until = Instant::now() + wait_max;
    while is_emptied() {
        if Instant::now() >= until {
            let file = path.display();
            return Err(StorageError::Corrupt {
                what: format!("{file} is empty, and what is beside it shows that it was not"),
            });
        }
        // Nothing tells when another process has written to it.
        thread::park_timeout(LOOK_AGAIN);
    }
    Ok(())
}

/// What a file with a log beside it says without that.
pub(super) struct Alone(Option<Meta>);

impl Alone {
    /// Reads the file without its log. To be called before it is read with it: others may commit in between.
    ///
    /// Nothing is known of a file that was never read back from its log, of one of an older format, or when the page was
    /// being written at that moment, or when the machine stopped: the log has that page, too.
    pub(super) fn of(path: &Path) -> Self {
        let read = || {
            let connection = examine::connect_alone(path).ok()?;
            let age = marks(&connection).ok()?.recognise("").ok()?;
            matches!(age, Age::Newest).then(|| Meta::read(&connection).ok())?
        };
        Self(if has_log(path) { read() } else { None })
    }

    /// Refuses a log that is not the file's own, or is older than the file, by what the file says with it.
    pub(super) fn precedes(&self, with_log: Option<&Meta>, path: &Path) -> Result<(), StorageError> {
        match (&self.0, with_log) {
            (None, _) => Ok(()),
            (Some(alone), Some(with_log)) if with_log.follows(alone) => Ok(()),
            (Some(_), _) => Err(StorageError::Corrupt {
                what: format!("the log beside {} is not of that state", path.display()),
            }),
        }
    }
}
