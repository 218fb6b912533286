//! The file's format: its marks, its tables, and how a connection to it is set up.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, ErrorCode, OpenFlags, Row, Transaction, TransactionBehavior};

use super::fault::fault;
use crate::StorageError;

/// Marks a SQLite file as one of ours: "airs".
const APPLICATION_ID: i64 = 0x6169_7273;

/// The newest format of the file, and the only one so far.
const FORMAT: i64 = 1;

/// How long to wait for another process that writes: as long as a run may take by default.
const BUSY_TIMEOUT_MS: u64 = 5_000;

/// What the write-ahead log is cut back to after an old snapshot or a big commit made it grow. It is some ten
/// times what it has between two checkpoints.
const LOG_KEPT_BYTES: u32 = 64 << 20;

/// In a row of `kv` the version stands before the value, so that checks never read a big value's pages.
/// `ids` is numbered, oldest first, without gaps. `meta` is one row.
const TABLES: [&str; 3] = [
    "CREATE TABLE ids (ordinal INTEGER PRIMARY KEY, id BLOB NOT NULL UNIQUE, version INTEGER NOT NULL) STRICT",
    "CREATE TABLE kv (key BLOB PRIMARY KEY, version INTEGER NOT NULL, value BLOB NOT NULL) STRICT, WITHOUT ROWID",
    "CREATE TABLE meta (one INTEGER PRIMARY KEY CHECK (one = 1), newest INTEGER NOT NULL, epoch INTEGER NOT NULL) STRICT",
];

/// The absolute path of the file, whose folder exists.
pub(super) fn place(path: &Path) -> Result<PathBuf, StorageError> {
    let unavailable = |error: io::Error| StorageError::Unavailable {
        doing: format!("make the folder of {}", path.display()),
        source: Arc::new(error),
    };
    let path = std::path::absolute(path).map_err(unavailable)?;
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(unavailable)?;
    }
    Ok(path)
}

/// Opens a file to write, after it proved to be a sound storage file, or was made one.
pub(super) fn open(path: &Path) -> Result<Connection, StorageError> {
    let file = path.display().to_string();
    let failed = |error: rusqlite::Error| match error.sqlite_error_code() {
        Some(ErrorCode::NotADatabase) => StorageError::Foreign { file: file.clone() },
        _ => fault(&format!("open {file}"), error),
    };
    let mut connection = connect(path, OpenFlags::SQLITE_OPEN_CREATE).map_err(failed)?;
    let fresh = recognise(&connection, &file)?;
    if connection.is_readonly("main").map_err(failed)? {
        return Err(StorageError::Unavailable {
            doing: format!("write to {file}: the file or its folder is read-only"),
            source: Arc::new(io::Error::from(io::ErrorKind::ReadOnlyFilesystem)),
        });
    }
    let mode = write_ahead(&connection).map_err(failed)?;
    if mode != "wal" {
        return Err(StorageError::Unavailable {
            doing: format!("keep a write-ahead log for {file}"),
            source: Arc::new(io::Error::from(io::ErrorKind::Unsupported)),
        });
    }
    if fresh {
        create(&mut connection).map_err(failed)?;
    }
    verify(&connection, &file)?;
    // What a killed process left in the log may never have been synced. A checkpoint syncs it, so that no
    // snapshot shows what a loss of power could take back.
    connection
        .query_row("PRAGMA wal_checkpoint(PASSIVE)", (), |_| Ok(()))
        .map_err(failed)?;
    Ok(connection)
}

/// A connection that only reads, to a file that was opened to write before.
pub(super) fn open_reader(path: &Path) -> rusqlite::Result<Connection> {
    let connection = connect(path, OpenFlags::empty())?;
    connection.execute_batch("PRAGMA query_only = ON")?;
    Ok(connection)
}

fn connect(path: &Path, more: OpenFlags) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX | more;
    let connection = Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(Duration::from_millis(BUSY_TIMEOUT_MS))?;
    // The file may have been tampered with: nothing in its schema runs, and its pages are looked at twice.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false)?;
    connection.execute_batch("PRAGMA cell_size_check = ON")?;
    Ok(connection)
}

fn write_ahead(connection: &Connection) -> rusqlite::Result<String> {
    // `fullfsync` is macOS's: there a plain fsync leaves the data in the disk's cache.
    connection.execute_batch(&format!(
        "PRAGMA synchronous = FULL; PRAGMA fullfsync = ON; PRAGMA checkpoint_fullfsync = ON; \
         PRAGMA journal_size_limit = {LOG_KEPT_BYTES}"
    ))?;
    connection.query_row("PRAGMA journal_mode = WAL", (), |row| row.get(0))
}

/// Whether the file is still to be made, if it is not somebody else's.
fn recognise(connection: &Connection, file: &str) -> Result<bool, StorageError> {
    let failed = |error: rusqlite::Error| match error.sqlite_error_code() {
        Some(ErrorCode::NotADatabase) => StorageError::Foreign { file: file.into() },
        _ => fault(&format!("open {file}"), error),
    };
    match marks(connection).map_err(failed)? {
        Marks {
            application: 0,
            format: 0,
            tables: 0,
        } => Ok(true),
        Marks { application, .. } if application != APPLICATION_ID => {
            Err(StorageError::Foreign { file: file.into() })
        }
        Marks { format: FORMAT, .. } => Ok(false),
        Marks { format, .. } if format > FORMAT => Err(StorageError::NewerFormat {
            file: file.into(),
            found: format,
            known: FORMAT,
        }),
        Marks { format, .. } => Err(StorageError::Corrupt {
            what: format!("{file} has storage format {format}, which never was"),
        }),
    }
}

struct Marks {
    application: i64,
    format: i64,
    tables: i64,
}

fn marks(connection: &Connection) -> rusqlite::Result<Marks> {
    connection.query_row(
        "SELECT (SELECT application_id FROM pragma_application_id), \
                (SELECT user_version FROM pragma_user_version), \
                (SELECT count(*) FROM sqlite_schema)",
        (),
        |row| {
            Ok(Marks {
                application: row.get(0)?,
                format: row.get(1)?,
                tables: row.get(2)?,
            })
        },
    )
}

fn create(connection: &mut Connection) -> rusqlite::Result<()> {
    let transaction = Transaction::new(connection, TransactionBehavior::Immediate)?;
    // Another process may have been faster.
    if marks(&transaction)?.tables > 0 {
        return Ok(());
    }
    for table in TABLES {
        transaction.execute_batch(table)?;
    }
    transaction.execute("INSERT INTO meta VALUES (1, 0, 0)", ())?;
    transaction.pragma_update(None, "application_id", APPLICATION_ID)?;
    transaction.pragma_update(None, "user_version", FORMAT)?;
    transaction.commit()
}

/// Refuses a file whose tables are not exactly those of its format.
fn verify(connection: &Connection, file: &str) -> Result<(), StorageError> {
    recognise(connection, file)?;
    let tables = || -> rusqlite::Result<Vec<String>> {
        let sql = "SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY name";
        connection
            .prepare(sql)?
            .query_map((), |row| row.get(0))?
            .collect()
    };
    let doing = format!("open {file}");
    if tables().map_err(|error| fault(&doing, error))? != TABLES {
        return Err(StorageError::Corrupt {
            what: format!("the tables of {file} are not those of its format"),
        });
    }
    Meta::read(connection).map_err(|error| fault(&doing, error))?;
    Ok(())
}

/// The row that every commit changes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Meta {
    /// The number of the newest commit.
    pub(super) newest: u64,
    /// The owner epoch.
    pub(super) epoch: u64,
}

impl Meta {
    pub(super) fn read(connection: &Connection) -> rusqlite::Result<Self> {
        connection
            .prepare_cached("SELECT newest, epoch FROM meta WHERE one = 1")?
            .query_row((), |row| {
                Ok(Self {
                    newest: unsigned(row, 0)?,
                    epoch: unsigned(row, 1)?,
                })
            })
    }

    pub(super) fn write(self, connection: &Connection) -> rusqlite::Result<()> {
        connection
            .prepare_cached("UPDATE meta SET newest = ?1, epoch = ?2 WHERE one = 1")?
            .execute((signed(self.newest)?, signed(self.epoch)?))?;
        Ok(())
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
