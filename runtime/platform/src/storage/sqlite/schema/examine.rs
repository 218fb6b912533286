//! Looking at a file without a trace: nothing is written, made or removed, beside it neither.

use std::fs;
use std::io;
use std::path::{MAIN_SEPARATOR, Path, PathBuf};
use std::time::Duration;

use rusqlite::{Connection, OpenFlags};

use super::marks::{Age, marks};
use super::{TABLES, beside, guarded, length_at_rest, refusal, unavailable, verify};
use crate::{StorageError, os};

/// How long to wait for a process that keeps the file to itself, as for a moment when it is the last to close it.
const BUSY_TIMEOUT: Duration = Duration::from_millis(100);

/// Refuses what [`open`](super::open) would refuse.
pub(in super::super) fn examine(path: &Path) -> Result<(), StorageError> {
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
    let length = length_at_rest(&path);
    let failed = |error| refusal(&file, error);
    let connection = connect(&path).map_err(failed)?;
    let found = marks(&connection).map_err(failed)?;
    let age = found.recognise(&file)?;
    found.measure(&file, length)?;
    match age {
        Age::Unborn => Ok(()),
        Age::WithoutCounts => verify(&connection, &file, &TABLES[1..]),
        Age::Newest => verify(&connection, &file, &TABLES),
    }
}

/// A connection that leaves no trace. Where there is a log, its index is shared with those who use it, or made in
/// memory; a file without one is at rest, and nothing is locked.
fn connect(path: &Path) -> rusqlite::Result<Connection> {
    let has_log = ["-wal", "-shm"]
        .iter()
        .all(|ending| beside(path, ending).is_file());
    let how = if has_log { "readonly_shm=1" } else { "immutable=1" };
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
