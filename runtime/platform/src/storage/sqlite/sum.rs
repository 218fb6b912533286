//! What tells a row that is not as it was written.
//!
//! Each row has a sum of what is in it, its key included, which is compared whenever the row is read from the file. It
//! is against damage, not against attackers: whoever can write to the file can write a sum.

use rusqlite::Connection;

use super::super::{CommitId, Version};
use super::rows::each;
use super::schema::unsigned;

/// What the sums of these rows are of, and no others.
const DOMAIN: &[u8; 32] = b"airs storage file: sums of rows.";

/// The sum of a row of `kv`.
pub(super) fn of_entry(key: &[u8], version: Version, value: &[u8]) -> i64 {
    sum(b'k', [key.len() as u64, version], [key, value])
}

/// The sum of a row of `ids`.
pub(super) fn of_id(ordinal: u64, id: &CommitId, version: Version) -> i64 {
    sum(b'i', [ordinal, version], [id, &[]])
}

/// The sum of the row of `meta`.
pub(super) fn of_meta(origin: &[u8], newest: Version, epoch: u64) -> i64 {
    sum(b'm', [newest, epoch], [origin, &[]])
}

/// The sum of a row of `counted`.
pub(super) fn of_counted(prefix: &[u8], bytes: u64) -> i64 {
    sum(b'c', [prefix.len() as u64, bytes], [prefix, &[]])
}

/// 64 bits are enough for chance to miss no damage in any machine's life; as the integer that SQLite keeps.
fn sum(table: u8, numbers: [u64; 2], bytes: [&[u8]; 2]) -> i64 {
    let mut hasher = blake3::Hasher::new_keyed(DOMAIN);
    hasher.update(&[table]);
    for number in numbers {
        hasher.update(&number.to_le_bytes());
    }
    for bytes in bytes {
        hasher.update(bytes);
    }
    let mut first = [0; 8];
    hasher.finalize_xof().fill(&mut first);
    i64::from_le_bytes(first)
}

/// Refuses a row whose sum is another one.
pub(super) fn compare(found: i64, wanted: i64) -> rusqlite::Result<()> {
    if found == wanted {
        return Ok(());
    }
    let damage = "a row is not as it was written";
    Err(rusqlite::Error::ToSqlConversionFailure(damage.into()))
}

/// Compares the sums of all rows.
pub(super) fn compare_all(connection: &Connection) -> rusqlite::Result<()> {
    each(connection, "SELECT key, version, sum, value FROM kv", |row| {
        let (key, value) = (row.get_ref(0)?.as_blob()?, row.get_ref(3)?.as_blob()?);
        compare(row.get(2)?, of_entry(key, unsigned(row, 1)?, value))
    })?;
    each(connection, "SELECT ordinal, id, version, sum FROM ids", |row| {
        let (ordinal, id): (_, CommitId) = (unsigned(row, 0)?, row.get(1)?);
        compare(row.get(3)?, of_id(ordinal, &id, unsigned(row, 2)?))
    })?;
    each(connection, "SELECT prefix, bytes, sum FROM counted", |row| {
        compare(
            row.get(2)?,
            of_counted(row.get_ref(0)?.as_blob()?, unsigned(row, 1)?),
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Files have them: they never change.
    #[test]
    fn sums_are_what_they_always_were() {
        assert_eq!(
            [
                of_entry(b"key", 7, b"value"),
                of_id(1, &[2; 16], 3),
                of_meta(&[4; 16], 5, 6),
                of_counted(b"prefix", 8)
            ],
            [
                5_741_500_716_805_961_052,
                7_279_703_077_908_336_106,
                6_579_719_902_182_496_609,
                8_897_602_600_663_064_828
            ]
        );
    }

    #[test]
    fn what_is_divided_otherwise_has_another_sum() {
        assert_ne!(of_entry(b"ke", 7, b"yvalue"), of_entry(b"key", 7, b"value"));
        assert_ne!(of_entry(b"key", 8, b"value"), of_entry(b"key", 7, b"value"));
        assert_ne!(of_entry(&[1; 16], 7, b""), of_id(16, &[1; 16], 7));
    }
}
