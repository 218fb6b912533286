//! The file's format: its marks, its tables, and how a connection to it is set up.

mod beside;
mod examine;
mod marks;
mod meta;
mod tables;

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use airs_core::{Guard, Guards};
use rusqlite::config::DbConfig;
use rusqlite::{Connection, ErrorCode, OpenFlags, Row};

use super::fault::fault;
use crate::{StorageError, os};
use beside::{Alone, length_at_rest, refuse_emptied, refuse_what_is_no_log};
pub(super) use examine::{examine, examine_rows};
use marks::{Age, marks};
pub(super) use meta::{Meta, Point};

/// How long to wait for another process that writes: as long as a run may take by default.
const BUSY_TIMEOUT: Duration = Duration::from_millis(5_000);

/// How long an empty file is waited for that another process may be making: two syncs.
const BIRTH_MAX: Duration = Duration::from_millis(500);

/// What the write-ahead log is cut back to after an old snapshot or a big commit made it grow. It is some ten
/// times what it has between two checkpoints.
const LOG_KEPT_BYTES: u32 = 64 << 20;

/// Statements that a connection keeps compiled: more than there are.
const STATEMENTS_KEPT: usize = 32;

/// A storage file, and how it is reached.
#[derive(Clone, Debug)]
pub(super) struct Site {
    path: PathBuf,
    /// SQLite's way to the disk, if a test has another than its own.
    vfs: Option<&'static str>,
    guards: Guards,
}

impl Site {
    /// The absolute path of a file, whose folder exists.
    pub(super) fn of(path: &Path) -> Result<Self, StorageError> {
        let failed = |error| unavailable(format!("make the folder of {}", path.display()), error);
        let path = std::path::absolute(path).map_err(failed)?;
        if let Some(folder) = path.parent() {
            os::make_private_folders(folder).map_err(failed)?;
        }
        Ok(Self {
            path,
            vfs: None,
            guards: Guards::default(),
        })
    }

    /// The same file, reached in another way.
    #[cfg(feature = "sabotage")]
    pub(super) fn by(self, vfs: Option<&'static str>, guards: Guards) -> Self {
        Self { vfs, guards, ..self }
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }
}

/// Opens a file to write, after it proved to be a sound storage file, or was made one.
pub(super) fn open(site: &Site) -> Result<Connection, StorageError> {
    let file = site.path.display().to_string();
    let failed = |error| refusal(&file, error);
    refuse_what_is_no_log(&site.path)?;
    refuse_emptied(&site.path, BIRTH_MAX)?;
    let length = length_at_rest(&site.path);
    let alone = Alone::of(&site.path);
    let mut connection = connect(site, OpenFlags::SQLITE_OPEN_CREATE).map_err(failed)?;
    // Until the file is known to be sound, and the log to be its own: the last one to close a file would write the log
    // into it.
    keep_log_when_closed(&connection, true).map_err(failed)?;
    if connection.is_readonly("main").map_err(failed)? {
        return Err(unavailable(
            format!("write to {file}: the file or its folder is read-only"),
            io::ErrorKind::ReadOnlyFilesystem.into(),
        ));
    }
    let found = marks(&connection).map_err(failed)?;
    let age = found.recognise(&file)?;
    found.measure(&file, length)?;
    if matches!(age, Age::Unborn) {
        // The log gets the same mode. Where there are no modes there is nothing to set.
        let _ = os::make_private(&site.path);
    }
    if write_ahead(&connection, site.guards).map_err(failed)? != "wal" {
        return Err(unavailable(
            format!("keep a write-ahead log for {file}"),
            io::ErrorKind::Unsupported.into(),
        ));
    }
    match age {
        Age::Unborn => {
            alone.precedes(None, &site.path)?;
            tables::create(&mut connection).map_err(failed)?;
            marks(&connection).map_err(failed)?.recognise(&file)?;
        }
        Age::Older(_) => {
            alone.precedes(None, &site.path)?;
            tables::upgrade(&mut connection, &file)?;
        }
        Age::Newest => {}
    }
    let meta = tables::verify(&connection, &file)?;
    alone.precedes(Some(&meta), &site.path)?;
    keep_log_when_closed(&connection, false).map_err(failed)?;
    sync_log(&connection).map_err(failed)?;
    Ok(connection)
}

fn keep_log_when_closed(connection: &Connection, keep: bool) -> rusqlite::Result<bool> {
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, keep)
}

/// Why a file is not opened.
fn refusal(file: &str, error: rusqlite::Error) -> StorageError {
    match error.sqlite_error_code() {
        Some(ErrorCode::NotADatabase) => StorageError::Foreign { file: file.into() },
        _ => fault(&format!("open {file}"), error),
    }
}

/// A connection that only reads, to a file that was opened to write before.
pub(super) fn open_reader(site: &Site) -> rusqlite::Result<Connection> {
    let connection = connect(site, OpenFlags::empty())?;
    connection.execute_batch("PRAGMA query_only = ON")?;
    Ok(connection)
}

fn connect(site: &Site, more: OpenFlags) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX | more;
    let connection = match site.vfs {
        None => Connection::open_with_flags(&site.path, flags),
        Some(vfs) => Connection::open_with_flags_and_vfs(&site.path, flags, vfs),
    }?;
    connection.busy_timeout(BUSY_TIMEOUT)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS_KEPT);
    guarded(connection)
}

fn guarded(connection: Connection) -> rusqlite::Result<Connection> {
    // The file may have been tampered with: nothing in its schema runs, and its pages are looked at twice.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false)?;
    connection.execute_batch("PRAGMA cell_size_check = ON")?;
    Ok(connection)
}

/// Puts the file into write-ahead mode, if it is not; returns the mode that it is in then.
fn write_ahead(connection: &Connection, guards: Guards) -> rusqlite::Result<String> {
    let synchronous = if guards.has(Guard::Sync) { "FULL" } else { "OFF" };
    // `fullfsync` is macOS's: there a plain fsync leaves the data in the disk's cache.
    connection.execute_batch(&format!(
        "PRAGMA synchronous = {synchronous}; PRAGMA fullfsync = ON; PRAGMA checkpoint_fullfsync = ON; \
         PRAGMA journal_size_limit = {LOG_KEPT_BYTES}"
    ))?;
    let started = Instant::now();
    loop {
        // Of several that make the file at once, SQLite refuses all but one without a wait, lest they wait for
        // each other. An empty transaction waits for that one.
        match connection.query_row("PRAGMA journal_mode = WAL", (), |row| row.get(0)) {
            Err(error) if is_busy(&error) && started.elapsed() < BUSY_TIMEOUT => {
                connection.execute_batch("BEGIN IMMEDIATE; ROLLBACK")?;
            }
            other => return other,
        }
    }
}

fn is_busy(error: &rusqlite::Error) -> bool {
    error.sqlite_error_code() == Some(ErrorCode::DatabaseBusy)
}

/// Makes what the log holds durable: a process that was killed may have left commits in it that were never
/// synced, and a snapshot would show what a loss of power can take back.
///
/// A checkpoint begins with that sync. If the disk is too full for the rest of it, the rest waits.
fn sync_log(connection: &Connection) -> rusqlite::Result<()> {
    match connection.query_row("PRAGMA wal_checkpoint(PASSIVE)", (), |_| Ok(())) {
        Err(error) if error.sqlite_error_code() == Some(ErrorCode::DiskFull) => Ok(()),
        other => other,
    }
}

/// A column that holds a number of ours. SQLite's integers are signed, ours are not.
pub(super) fn unsigned(row: &Row<'_>, column: usize) -> rusqlite::Result<u64> {
    let number: i64 = row.get(column)?;
    u64::try_from(number).map_err(|_| rusqlite::Error::IntegralValueOutOfRange(column, number))
}

/// A number of ours for SQLite.
pub(super) fn signed(number: u64) -> rusqlite::Result<i64> {
    i64::try_from(number).map_err(|error| rusqlite::Error::ToSqlConversionFailure(error.into()))
}

fn unavailable(doing: String, error: io::Error) -> StorageError {
    StorageError::Unavailable {
        doing,
        source: Arc::new(error),
    }
}
