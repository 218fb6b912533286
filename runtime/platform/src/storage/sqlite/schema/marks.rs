//! Whose file it is, and how old.

use rusqlite::Connection;

use super::unsigned;
use crate::StorageError;

/// Marks a SQLite file as one of ours: "airs".
pub(super) const APPLICATION_ID: i64 = 0x6169_7273;

/// The newest format of the file. Format 1 did not count bytes, and format 2 had no sums of rows; opening a file of
/// these brings it to the newest.
pub(super) const FORMAT: i64 = 3;

/// What tells whose file it is.
pub(super) struct Marks {
    application: i64,
    format: i64,
    pub(super) tables: i64,
    page_bytes: u64,
}

pub(super) fn marks(connection: &Connection) -> rusqlite::Result<Marks> {
    let sql = "SELECT application_id, user_version, (SELECT count(*) FROM sqlite_schema), page_size \
               FROM pragma_application_id, pragma_user_version, pragma_page_size";
    connection.query_row(sql, (), |row| {
        Ok(Marks {
            application: row.get(0)?,
            format: row.get(1)?,
            tables: row.get(2)?,
            page_bytes: unsigned(row, 3)?,
        })
    })
}

/// How old a file is.
pub(super) enum Age {
    /// It is still to be made.
    Unborn,
    /// It has this format, before the newest.
    Older(i64),
    /// It has the newest format.
    Newest,
}

impl Marks {
    /// How old the file is, if it is not somebody else's.
    pub(super) fn recognise(&self, file: &str) -> Result<Age, StorageError> {
        match *self {
            Self {
                application: 0,
                format: 0,
                tables: 0,
                ..
            } => Ok(Age::Unborn),
            Self { application, .. } if application != APPLICATION_ID => {
                Err(StorageError::Foreign { file: file.into() })
            }
            Self { format: FORMAT, .. } => Ok(Age::Newest),
            Self { format, .. } if (1..FORMAT).contains(&format) => Ok(Age::Older(format)),
            Self { format, .. } if format > FORMAT => Err(StorageError::NewerFormat {
                file: file.into(),
                found: format,
                known: FORMAT,
            }),
            Self { format, .. } => Err(StorageError::Corrupt {
                what: format!("{file} has storage format {format}, which never was"),
            }),
        }
    }

    /// Refuses a file that ends in the middle of a page, which SQLite would take for a whole one.
    pub(super) fn measure(&self, file: &str, length: Option<u64>) -> Result<(), StorageError> {
        match length.and_then(|length| length.checked_rem(self.page_bytes)) {
            None | Some(0) => Ok(()),
            Some(_) if self.tables == 0 => Err(StorageError::Foreign { file: file.into() }),
            Some(_) => Err(StorageError::Corrupt {
                what: format!("{file} ends in the middle of a page"),
            }),
        }
    }
}
