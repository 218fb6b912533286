//! The types of `wit/database.wit`.

use airs_runtime::wit;
use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{ErrorCode, ToSql};

/// A value of a column or a parameter.
#[wit]
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// Nothing.
    Null,
    /// A whole number.
    Integer(i64),
    /// A floating-point number.
    Real(f64),
    /// A text.
    Text(String),
    /// Bytes.
    Blob(Vec<u8>),
}

/// What a query has found.
#[wit]
#[derive(Clone, Debug, PartialEq)]
pub struct Rows {
    /// The columns' names.
    pub columns: Vec<String>,
    /// A value for each column of each row.
    pub rows: Vec<Vec<Value>>,
}

/// One statement of a transaction.
#[wit]
#[derive(Clone, Debug)]
pub struct Statement {
    /// With a `?` for each parameter.
    pub sql: String,
    /// In the order of the `?`s.
    pub parameters: Vec<Value>,
}

/// Why a component's statement had no effect.
#[wit]
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Error {
    /// It is wrong, or not possible here; why.
    Refused(String),
    /// It does not fit what is there; what.
    Constraint(String),
    /// Others used the database for too long.
    Busy,
    /// The answer, or the database, would be larger than it may be.
    TooLarge,
}

impl ToSql for Value {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Self::Null => ValueRef::Null,
            Self::Integer(value) => ValueRef::Integer(*value),
            Self::Real(value) => ValueRef::Real(*value),
            Self::Text(value) => ValueRef::Text(value.as_bytes()),
            Self::Blob(value) => ValueRef::Blob(value),
        }))
    }
}

impl From<ValueRef<'_>> for Value {
    fn from(value: ValueRef<'_>) -> Self {
        match value {
            ValueRef::Null => Self::Null,
            ValueRef::Integer(value) => Self::Integer(value),
            ValueRef::Real(value) => Self::Real(value),
            // SQLite takes any bytes for text.
            ValueRef::Text(value) => Self::Text(String::from_utf8_lossy(value).into_owned()),
            ValueRef::Blob(value) => Self::Blob(value.to_vec()),
        }
    }
}

impl Value {
    /// How many bytes of the host's memory it takes.
    pub(crate) fn size(&self) -> usize {
        let more = match self {
            Self::Text(text) => text.len(),
            Self::Blob(bytes) => bytes.len(),
            _ => 0,
        };
        size_of::<Self>() + more
    }
}

impl From<rusqlite::Error> for Error {
    fn from(error: rusqlite::Error) -> Self {
        match error.sqlite_error_code() {
            Some(ErrorCode::ConstraintViolation) => Self::Constraint(error.to_string()),
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked | ErrorCode::OperationInterrupted) => {
                Self::Busy
            }
            Some(ErrorCode::TooBig | ErrorCode::DiskFull | ErrorCode::OutOfMemory) => Self::TooLarge,
            _ => Self::Refused(error.to_string()),
        }
    }
}
