//! The tables of each format: how they are made, compared, and brought from one format to the next.

use rusqlite::{Connection, Transaction, TransactionBehavior};

use super::super::super::CommitId;
use super::super::fault::fault;
use super::super::rows::each;
use super::super::sum;
use super::marks::{APPLICATION_ID, Age, FORMAT, marks};
use super::meta::Meta;
use super::{signed, unsigned};
use crate::StorageError;

/// In a row of `kv` the version and the sum stand before the value, so that checks never read a big value's pages.
/// `ids` is numbered, oldest first, without gaps. `meta` is one row. `counted` has the bytes of keys and values under
/// some prefixes.
const TABLES: [&str; 4] = [
    "CREATE TABLE counted (prefix BLOB PRIMARY KEY, bytes INTEGER NOT NULL, sum INTEGER NOT NULL) STRICT, WITHOUT ROWID",
    "CREATE TABLE ids (ordinal INTEGER PRIMARY KEY, id BLOB NOT NULL UNIQUE, version INTEGER NOT NULL, sum INTEGER NOT NULL) STRICT",
    "CREATE TABLE kv (key BLOB PRIMARY KEY, version INTEGER NOT NULL, sum INTEGER NOT NULL, value BLOB NOT NULL) STRICT, WITHOUT ROWID",
    "CREATE TABLE meta (one INTEGER PRIMARY KEY CHECK (one = 1), origin BLOB NOT NULL, newest INTEGER NOT NULL, epoch INTEGER NOT NULL, sum INTEGER NOT NULL) STRICT",
];

/// Those of format 2; format 1 has no `counted`.
const TABLES_WITHOUT_SUMS: [&str; 4] = [
    "CREATE TABLE counted (prefix BLOB PRIMARY KEY, bytes INTEGER NOT NULL) STRICT, WITHOUT ROWID",
    "CREATE TABLE ids (ordinal INTEGER PRIMARY KEY, id BLOB NOT NULL UNIQUE, version INTEGER NOT NULL) STRICT",
    "CREATE TABLE kv (key BLOB PRIMARY KEY, version INTEGER NOT NULL, value BLOB NOT NULL) STRICT, WITHOUT ROWID",
    "CREATE TABLE meta (one INTEGER PRIMARY KEY CHECK (one = 1), newest INTEGER NOT NULL, epoch INTEGER NOT NULL) STRICT",
];

/// Makes a file one of ours.
pub(super) fn create(connection: &mut Connection) -> rusqlite::Result<()> {
    let transaction = Transaction::new(connection, TransactionBehavior::Immediate)?;
    // Another process may have been faster.
    if marks(&transaction)?.tables > 0 {
        return Ok(());
    }
    for table in TABLES {
        transaction.execute_batch(table)?;
    }
    Meta::begin(&transaction, 0, 0)?;
    transaction.pragma_update(None, "application_id", APPLICATION_ID)?;
    transaction.pragma_update(None, "user_version", FORMAT)?;
    transaction.commit()
}

/// Brings a file of an older format to the newest, all of it or nothing: every row is written again, with its sum. The
/// bytes under a prefix are added up when they are first asked for.
pub(super) fn upgrade(connection: &mut Connection, file: &str) -> Result<(), StorageError> {
    let doing = format!("bring {file} to storage format {FORMAT}");
    let failed = |error| fault(&doing, error);
    let transaction = Transaction::new(connection, TransactionBehavior::Immediate).map_err(failed)?;
    // Another process may have been faster.
    let age = marks(&transaction).map_err(failed)?.recognise(file)?;
    let Age::Older(format) = age else {
        return Ok(());
    };
    verify_older(&transaction, file, format)?;
    rewrite(&transaction, format).map_err(failed)?;
    transaction.commit().map_err(failed)
}

fn rewrite(transaction: &Transaction<'_>, format: i64) -> rusqlite::Result<()> {
    let (newest, epoch) = Meta::read_older(transaction)?;
    let [counted, new @ ..] = TABLES;
    if format > 1 {
        transaction.execute_batch("DROP TABLE counted")?;
    }
    transaction.execute_batch(counted)?;
    for (name, table) in ["ids", "kv", "meta"].into_iter().zip(new) {
        transaction.execute_batch(&format!("ALTER TABLE {name} RENAME TO older_{name}; {table}"))?;
    }
    Meta::begin(transaction, newest, epoch)?;
    let mut put = transaction.prepare("INSERT INTO kv VALUES (?1, ?2, ?3, ?4)")?;
    each(
        transaction,
        "SELECT key, version, value FROM older_kv ORDER BY key",
        |row| {
            let (key, version, value) = (
                row.get_ref(0)?.as_blob()?,
                unsigned(row, 1)?,
                row.get_ref(2)?.as_blob()?,
            );
            let sum = sum::of_entry(key, version, value);
            put.execute((key, signed(version)?, sum, value)).map(drop)
        },
    )?;
    let mut put = transaction.prepare("INSERT INTO ids VALUES (?1, ?2, ?3, ?4)")?;
    each(
        transaction,
        "SELECT ordinal, id, version FROM older_ids ORDER BY ordinal",
        |row| {
            let (ordinal, id, version): (_, CommitId, _) =
                (unsigned(row, 0)?, row.get(1)?, unsigned(row, 2)?);
            let sum = sum::of_id(ordinal, &id, version);
            put.execute((signed(ordinal)?, id.as_slice(), signed(version)?, sum))
                .map(drop)
        },
    )?;
    transaction.execute_batch("DROP TABLE older_ids; DROP TABLE older_kv; DROP TABLE older_meta")?;
    transaction.pragma_update(None, "user_version", FORMAT)
}

/// Refuses a file of the newest format whose tables are not exactly those; says what every commit changes.
pub(super) fn verify(connection: &Connection, file: &str) -> Result<Meta, StorageError> {
    compare(connection, file, &TABLES)?;
    Meta::read(connection).map_err(|error| fault(&format!("open {file}"), error))
}

/// The same of a file of an older format.
pub(super) fn verify_older(connection: &Connection, file: &str, format: i64) -> Result<(), StorageError> {
    let [_, but_counted @ ..] = &TABLES_WITHOUT_SUMS;
    match format {
        1 => compare(connection, file, but_counted)?,
        _ => compare(connection, file, &TABLES_WITHOUT_SUMS)?,
    }
    Meta::read_older(connection).map_err(|error| fault(&format!("open {file}"), error))?;
    Ok(())
}

fn compare(connection: &Connection, file: &str, wanted: &[&str]) -> Result<(), StorageError> {
    let tables = || -> rusqlite::Result<Vec<String>> {
        let sql = "SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY name";
        connection
            .prepare(sql)?
            .query_map((), |row| row.get(0))?
            .collect()
    };
    if tables().map_err(|error| fault(&format!("open {file}"), error))? != wanted {
        return Err(StorageError::Corrupt {
            what: format!("the tables of {file} are not those of its format"),
        });
    }
    Ok(())
}
