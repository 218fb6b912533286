//! What SQLite's errors mean here.

use std::sync::Arc;

use rusqlite::{Error, ErrorCode, ffi};

use crate::StorageError;

/// Says in the words of the service what stopped SQLite from `doing` something.
pub(super) fn fault(doing: &str, error: Error) -> StorageError {
    match error.sqlite_error_code() {
        Some(ErrorCode::DiskFull) => StorageError::Full { doing: doing.into() },
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => StorageError::Busy,
        Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => damaged(doing, &error),
        Some(ErrorCode::ReadOnly) => StorageError::Unavailable {
            doing: format!("{doing}: the file or its folder is read-only"),
            source: Arc::new(error),
        },
        // There is no room for the index of the log.
        Some(_) if extended(&error) == Some(ffi::SQLITE_IOERR_SHMSIZE) => {
            StorageError::Full { doing: doing.into() }
        }
        Some(_) => StorageError::Unavailable {
            doing: doing.into(),
            source: Arc::new(error),
        },
        // Not SQLite but the content of a row is at fault: there are no other statements than ours.
        None => damaged(doing, &error),
    }
}

fn extended(error: &Error) -> Option<i32> {
    error.sqlite_error().map(|error| error.extended_code)
}

fn damaged(doing: &str, error: &Error) -> StorageError {
    StorageError::Corrupt {
        what: format!("cannot {doing}: {error}"),
    }
}
