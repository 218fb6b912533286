//! Looking at a file without a trace: nothing is written, made or removed, beside it neither.

use std::fs;
use std::io;
use std::path::{MAIN_SEPARATOR, Path, PathBuf};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use rusqlite::{Connection, ErrorCode, OpenFlags};

use super::super::sum;
use super::beside::{Alone, beside, length_at_rest, refuse_emptied, refuse_what_is_no_log};
use super::marks::{Age, marks};
use super::{guarded, refusal, tables, unavailable};
use crate::{StorageError, os};

/// How long to wait for a process that keeps the file to itself, as for a moment when it is the last to close it.
const BUSY_TIMEOUT: Duration = Duration::from_millis(100);

/// How often who looks for longer than there is time is told to end.
const INTERRUPT_AGAIN: Duration = Duration::from_millis(5);

/// Refuses what [`open`](super::open) would refuse.
pub(in super::super) fn examine(path: &Path) -> Result<(), StorageError> {
    look(path).map(drop)
}

/// The same, and looks at the rows for so long; whether that was enough for all of them.
pub(in super::super) fn examine_rows(path: &Path, time_max: Duration) -> Result<bool, StorageError> {
    let (connection, has_sums) = look(path)?;
    within(&connection, time_max, || rows(&connection, has_sums))
        .map_err(|error| refusal(&path.display().to_string(), error))
}

/// Looks as long as there is time; whether there was enough of it.
fn within(
    connection: &Connection,
    time_max: Duration,
    look: impl FnOnce() -> rusqlite::Result<()>,
) -> rusqlite::Result<bool> {
    let clock = connection.get_interrupt_handle();
    let (looking, ended) = mpsc::channel::<()>();
    let timer = move || {
        let mut wait = time_max;
        // Between two statements it is not heard.
        while ended.recv_timeout(wait) == Err(RecvTimeoutError::Timeout) {
            clock.interrupt();
            wait = INTERRUPT_AGAIN;
        }
    };
    let looked = thread::scope(|scope| {
        let started = thread::Builder::new().spawn_scoped(scope, timer);
        let looked = started.is_ok().then(look);
        drop(looking);
        looked
    });
    match looked {
        // Without anybody to end it nothing is begun.
        None => Ok(false),
        Some(Err(error)) if error.sqlite_error_code() == Some(ErrorCode::OperationInterrupted) => Ok(false),
        Some(looked) => looked.map(|()| true),
    }
}

fn rows(connection: &Connection, has_sums: bool) -> rusqlite::Result<()> {
    let said: String = connection.query_row("PRAGMA quick_check(1)", (), |row| row.get(0))?;
    if said != "ok" {
        return Err(rusqlite::Error::ToSqlConversionFailure(said.into()));
    }
    if has_sums {
        sum::compare_all(connection)
    } else {
        Ok(())
    }
}

/// A connection to a sound file, and whether its rows have sums.
fn look(path: &Path) -> Result<(Connection, bool), StorageError> {
    let file = path.display().to_string();
    let unreadable = |error| unavailable(format!("open {file}"), error);
    let path = fs::canonicalize(path).map_err(unreadable)?;
    let about = fs::metadata(&path).map_err(unreadable)?;
    // What is no file may have whoever opens it wait for ever.
    if !about.is_file() {
        return Err(unreadable(io::Error::other("it is not a file")));
    }
    let written = [Some(path.as_path()), path.parent()];
    written
        .into_iter()
        .flatten()
        .try_for_each(os::writable)
        .map_err(|error| {
            unavailable(
                format!("write to {file}: the file or its folder is read-only"),
                error,
            )
        })?;
    refuse_what_is_no_log(&path)?;
    refuse_emptied(&path, BUSY_TIMEOUT)?;
    let length = length_at_rest(&path);
    let alone = Alone::of(&path);
    let failed = |error| refusal(&file, error);
    let connection = connect(&path).map_err(failed)?;
    let found = marks(&connection).map_err(failed)?;
    let age = found.recognise(&file)?;
    found.measure(&file, length)?;
    let meta = match age {
        Age::Unborn => None,
        Age::Older(format) => {
            tables::verify_older(&connection, &file, format)?;
            None
        }
        Age::Newest => Some(tables::verify(&connection, &file)?),
    };
    alone.precedes(meta.as_ref(), &path)?;
    Ok((connection, meta.is_some()))
}

/// A connection that leaves no trace. Where there is a log, its index is shared with those who use it, or made in
/// memory; a file without one is at rest, and nothing is locked.
fn connect(path: &Path) -> rusqlite::Result<Connection> {
    let has_log = ["-wal", "-shm"]
        .iter()
        .all(|ending| beside(path, ending).is_file());
    reading(path, if has_log { "readonly_shm=1" } else { "immutable=1" })
}

/// A connection that leaves no trace and reads the file alone, whatever log is beside it.
pub(super) fn connect_alone(path: &Path) -> rusqlite::Result<Connection> {
    reading(path, "immutable=1")
}

fn reading(path: &Path, how: &str) -> rusqlite::Result<Connection> {
    let flags =
        OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX | OpenFlags::SQLITE_OPEN_URI;
    let connection = Connection::open_with_flags(uri(path, how), flags)?;
    connection.busy_timeout(BUSY_TIMEOUT)?;
    guarded(connection)
}

/// The path as SQLite takes it with a parameter.
fn uri(path: &Path, parameter: &str) -> PathBuf {
    let mut uri = String::from("file://");
    // Of Windows: `\\?\C:\folder`, which a URI has as `/C:/folder`.
    let path = path.as_os_str().as_encoded_bytes();
    let path = path.strip_prefix(br"\\?\").unwrap_or(path);
    if !path.starts_with(b"/") {
        uri.push('/');
    }
    for byte in path {
        match char::from(*byte) {
            MAIN_SEPARATOR => uri.push('/'),
            plain if plain.is_ascii_alphanumeric() || "._-:".contains(plain) => uri.push(plain),
            _ => uri.push_str(&format!("%{byte:02x}")),
        }
    }
    PathBuf::from(format!("{uri}?{parameter}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn looking_ends_when_the_time_is_over() {
        let connection = Connection::open_in_memory().unwrap();
        let for_ever =
            "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT count(*) FROM n";
        let look = || connection.query_row(for_ever, (), |_| Ok(()));
        assert!(!within(&connection, Duration::from_millis(1), look).unwrap());
        assert!(within(&connection, Duration::from_secs(60), || Ok(())).unwrap());
    }
}
