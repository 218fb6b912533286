//! Who owns a storage file: the process that holds the lock on the file beside it.

use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use crate::{StorageError, os};

/// The lock beside a storage file, and whether it is held. The operating system takes it back when the process ends,
/// however that comes about.
///
/// It keeps two processes from committing in turn, conflict after conflict. That they never both commit does not hang
/// on it: who takes the lock begins a new epoch, and whoever held it before is fenced, if it is still there.
#[derive(Debug)]
pub(super) struct Owner {
    path: PathBuf,
    lock: Mutex<Option<File>>,
}

impl Owner {
    /// The lock of a storage file; not held yet.
    pub(super) fn of(file: &Path) -> Self {
        let mut path = file.as_os_str().to_owned();
        path.push("-owner");
        Self {
            path: path.into(),
            lock: Mutex::default(),
        }
    }

    /// Takes the lock and keeps it, or has it already.
    pub(super) fn take(&self) -> Result<(), StorageError> {
        let mut lock = self.lock.lock().unwrap_or_else(PoisonError::into_inner);
        if lock.is_some() {
            return Ok(());
        }
        // Whoever opens a pipe may wait for ever.
        if fs::metadata(&self.path).is_ok_and(|about| !about.is_file()) {
            return Err(self.failed(io::Error::other("it is not a file")));
        }
        let file = os::private(File::options().create(true).truncate(false).write(true))
            .open(&self.path)
            .map_err(|error| self.failed(error))?;
        match file.try_lock() {
            Ok(()) => {
                *lock = Some(file);
                Ok(())
            }
            Err(TryLockError::WouldBlock) => Err(StorageError::Busy),
            Err(TryLockError::Error(error)) => Err(self.failed(error)),
        }
    }

    fn failed(&self, error: io::Error) -> StorageError {
        StorageError::Unavailable {
            doing: format!("lock {}", self.path.display()),
            source: Arc::new(error),
        }
    }
}
