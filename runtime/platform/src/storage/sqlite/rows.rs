//! Reading rows of `kv`, in a read transaction or in a write transaction, and how many bytes of them there are.
//!
//! Whatever reads a value compares the row's sum. Checks at commit do not: they ask whether a version is the one that was
//! read, with its sum, and one that damage changed is not.

use rusqlite::{Connection, OptionalExtension, Row};

use super::super::{Bytes, Entry, Key, PAGE_BYTES_MAX, Page, Range, Stored, Version};
use super::schema::{signed, unsigned};
use super::sum;

/// What is stored under a key.
pub(super) fn get(connection: &Connection, key: &[u8]) -> rusqlite::Result<Option<Stored>> {
    connection
        .prepare_cached("SELECT version, sum, value FROM kv WHERE key = ?1")?
        .query_row((key,), |row| stored(key, row, 0))
        .optional()
}

/// The version of a key.
pub(super) fn version(connection: &Connection, key: &[u8]) -> rusqlite::Result<Version> {
    let version = connection
        .prepare_cached("SELECT version FROM kv WHERE key = ?1")?
        .query_row((key,), |row| unsigned(row, 0))
        .optional()?;
    Ok(version.unwrap_or(0))
}

/// The bytes of a key's value, if it is there. SQLite knows them without reading the value.
pub(super) fn value_bytes(connection: &Connection, key: &[u8]) -> rusqlite::Result<Option<u64>> {
    connection
        .prepare_cached("SELECT length(value) FROM kv WHERE key = ?1")?
        .query_row((key,), |row| unsigned(row, 0))
        .optional()
}

/// The bytes that were counted under a prefix, or are added up for the first time.
pub(super) fn counted_bytes(connection: &Connection, prefix: &[u8]) -> rusqlite::Result<u64> {
    let counted = connection
        .prepare_cached("SELECT bytes, sum FROM counted WHERE prefix = ?1")?
        .query_row((prefix,), |row| {
            let bytes = unsigned(row, 0)?;
            sum::compare(row.get(1)?, sum::of_counted(prefix, bytes))?;
            Ok(bytes)
        })
        .optional()?;
    match counted {
        Some(bytes) => Ok(bytes),
        None => added_up(connection, prefix),
    }
}

fn added_up(connection: &Connection, prefix: &[u8]) -> rusqlite::Result<u64> {
    let range = Range {
        prefix: prefix.to_vec(),
        after: None,
        limit: 0,
    };
    let end = range.end();
    let bound = if end.is_some() {
        "AND key < ?3"
    } else {
        "AND ?3 IS NULL"
    };
    let sql =
        format!("SELECT coalesce(sum(length(key) - ?2 + length(value)), 0) FROM kv WHERE key >= ?1 {bound}");
    connection.query_row(&sql, (range.start(), signed(prefix.len() as u64)?, end), |row| {
        unsigned(row, 0)
    })
}

/// Keeps how many bytes there are under a prefix. Most often they are as many as before; then no page is written.
pub(super) fn set_counted_bytes(connection: &Connection, prefix: &[u8], bytes: u64) -> rusqlite::Result<()> {
    connection
        .prepare_cached(
            "INSERT INTO counted (prefix, bytes, sum) VALUES (?1, ?2, ?3) ON CONFLICT (prefix) DO UPDATE \
             SET bytes = excluded.bytes, sum = excluded.sum WHERE bytes <> excluded.bytes",
        )?
        .execute((prefix, signed(bytes)?, sum::of_counted(prefix, bytes)))?;
    Ok(())
}

/// What a range holds.
pub(super) fn page(connection: &Connection, range: &Range) -> rusqlite::Result<Page> {
    let entry = |row: &Row<'_>| {
        let key: Key = row.get(0)?;
        let stored = stored(&key, row, 1)?;
        Ok(Entry { key, stored })
    };
    let limit = range.limit as usize;
    let mut bytes = 0;
    let has_room = |entry: &Entry| {
        bytes += entry.key.len() + entry.stored.value.len();
        bytes < PAGE_BYTES_MAX
    };
    let entries = select(
        connection,
        "key, version, sum, value",
        range,
        limit,
        entry,
        has_room,
    )?;
    // The key after the page is looked for by itself: its value may be big.
    let is_full = entries.len() == limit || bytes >= PAGE_BYTES_MAX;
    let more = is_full && {
        let after = entries.last().map(|entry| entry.key.clone());
        let rest = Range {
            after: after.or_else(|| range.after.clone()),
            ..range.clone()
        };
        !keys(connection, &rest, 1)?.is_empty()
    };
    Ok(Page { entries, more })
}

/// The first keys of a range, and their versions, as many as `limit` instead of the range's.
pub(super) fn keys(
    connection: &Connection,
    range: &Range,
    limit: usize,
) -> rusqlite::Result<Vec<(Key, Version)>> {
    let read = |row: &Row<'_>| Ok((row.get(0)?, unsigned(row, 1)?));
    select(connection, "key, version", range, limit, read, |_| true)
}

/// Reads rows, up to the one after which there is no room for more.
fn select<T>(
    connection: &Connection,
    columns: &str,
    range: &Range,
    limit: usize,
    read: impl FnMut(&Row<'_>) -> rusqlite::Result<T>,
    mut has_room: impl FnMut(&T) -> bool,
) -> rusqlite::Result<Vec<T>> {
    let end = range.end();
    let bound = if end.is_some() { "AND key < ?2" } else { "" };
    let sql = format!("SELECT {columns} FROM kv WHERE key >= ?1 {bound} ORDER BY key LIMIT ?3");
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let mut statement = connection.prepare_cached(&sql)?;
    let mut found = Vec::new();
    for row in statement.query_map((range.start(), end, limit), read)? {
        let row = row?;
        let go_on = has_room(&row);
        found.push(row);
        if !go_on {
            break;
        }
    }
    Ok(found)
}

/// What a row has under its key: version, sum and value, from this column on.
fn stored(key: &[u8], row: &Row<'_>, first: usize) -> rusqlite::Result<Stored> {
    let version = unsigned(row, first)?;
    let value = row.get_ref(first + 2)?.as_blob()?;
    sum::compare(row.get(first + 1)?, sum::of_entry(key, version, value))?;
    Ok(Stored {
        value: Bytes::from(value),
        version,
    })
}

/// Does something with each row that a statement finds, as long as that goes well.
pub(super) fn each(
    connection: &Connection,
    sql: &str,
    mut with: impl FnMut(&Row<'_>) -> rusqlite::Result<()>,
) -> rusqlite::Result<()> {
    let mut statement = connection.prepare(sql)?;
    let mut rows = statement.query(())?;
    while let Some(row) = rows.next()? {
        with(row)?;
    }
    Ok(())
}
