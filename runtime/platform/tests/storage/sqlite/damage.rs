//! Rows that are not as they were written: never is one taken for another.

use std::fs;
use std::path::Path;
use std::time::Duration;

use airs_core::Code;
use airs_platform::{Check, Commit, Committed, Range, Sqlite, Storage, StorageError};

use super::files::{folder_with, storage_file, tampered};
use crate::{applied, put, run, writing};

fn everything() -> Range {
    Range {
        prefix: Vec::new(),
        after: None,
        limit: 1_000,
    }
}

fn is_corrupt<T: std::fmt::Debug>(result: &Result<T, StorageError>, what: &str) {
    assert!(
        matches!(result, Err(StorageError::Corrupt { .. })),
        "{what}: {result:?}"
    );
}

#[test]
fn a_row_that_was_changed_is_an_error_when_it_is_read() {
    for sql in [
        "UPDATE kv SET value = x'39' WHERE key = CAST('key/7' AS BLOB)",
        "UPDATE kv SET version = version + 1 WHERE key = CAST('key/7' AS BLOB)",
        "UPDATE kv SET key = CAST('key/7' AS BLOB) WHERE key = CAST('key/199' AS BLOB)",
    ] {
        let sql = match sql.contains("SET key") {
            true => format!("DELETE FROM kv WHERE key = CAST('key/7' AS BLOB); {sql}"),
            false => sql.to_owned(),
        };
        let (_folder, path) = tampered(&sql);
        let looked = Sqlite::examine_rows(&path, Duration::from_secs(60));
        is_corrupt(&looked, &sql);
        run(async {
            let storage = Sqlite::open(&path).unwrap();
            let damaged = |error: &StorageError| {
                assert!(matches!(error, StorageError::Corrupt { .. }), "{sql}: {error:?}");
                assert!(!error.to_string().contains("key/7"), "{error}");
            };
            damaged(&storage.snapshot().await.unwrap().get(b"key/7").await.unwrap_err());
            damaged(
                &storage
                    .snapshot()
                    .await
                    .unwrap()
                    .scan(&everything())
                    .await
                    .unwrap_err(),
            );
            // What is beside it is read.
            storage
                .snapshot()
                .await
                .unwrap()
                .get(b"key/8")
                .await
                .unwrap()
                .unwrap();
            put(&storage, "key/7", "new").await;
            storage
                .snapshot()
                .await
                .unwrap()
                .get(b"key/7")
                .await
                .unwrap()
                .unwrap();
        });
    }
}

#[test]
fn a_page_that_was_changed_is_found_when_all_is_looked_at() {
    let (_folder, path) = storage_file();
    assert!(Sqlite::examine_rows(&path, Duration::from_secs(60)).unwrap());
    let mut damaged = fs::read(&path).unwrap();
    // The last page has rows.
    let last = damaged.len() - 4096;
    damaged[last..].fill(0xa5);
    fs::write(&path, damaged).unwrap();
    let looked = Sqlite::examine_rows(&path, Duration::from_secs(60));
    is_corrupt(&looked, "all rows");
}

#[test]
fn an_id_that_was_changed_is_an_error_when_it_comes_again() {
    let (_folder, path) = folder_with("state.db");
    let commit = Commit {
        id: Some([7; 16]),
        ..writing(&[("key", Some("1"))])
    };
    run(applied(&Sqlite::open(&path).unwrap(), commit.clone()));
    rusqlite::Connection::open(&path)
        .unwrap()
        .execute_batch("UPDATE ids SET version = 9")
        .unwrap();
    let looked = Sqlite::examine_rows(&path, Duration::from_secs(60));
    is_corrupt(&looked, "all rows");
    let again = run(Sqlite::open(&path).unwrap().commit(commit.into()));
    is_corrupt(&again, "the commit again");
}

/// What a driver may still keep hangs on it.
#[test]
fn a_count_of_bytes_that_was_changed_is_an_error_when_it_is_read() {
    let under_a = |value: &str, bytes_max| Commit {
        checks: vec![room("a/", bytes_max)],
        ..writing(&[("a/key", Some(value))])
    };
    for sql in [
        "UPDATE counted SET bytes = 0",
        "UPDATE counted SET bytes = bytes + 1",
        "UPDATE counted SET sum = sum + 1",
    ] {
        let (_folder, path) = folder_with("state.db");
        run(applied(&Sqlite::open(&path).unwrap(), under_a("value", 8)));
        assert!(Sqlite::examine_rows(&path, Duration::from_secs(60)).unwrap());
        let connection = rusqlite::Connection::open(&path).unwrap();
        assert_eq!(connection.execute(sql, ()).unwrap(), 1);
        drop(connection);
        let looked = Sqlite::examine_rows(&path, Duration::from_secs(60));
        is_corrupt(&looked, sql);
        run(async {
            let storage = Sqlite::open(&path).unwrap();
            let counted = storage.snapshot().await.unwrap().counted_bytes(b"a/").await;
            is_corrupt(&counted, sql);
            let more = storage.commit(under_a("more than that", 100).into()).await;
            is_corrupt(&more, sql);
            // Who counts nothing is not concerned, and the value is as it was.
            put(&storage, "b/key", "new").await;
            let stored = storage.snapshot().await.unwrap().get(b"a/key").await;
            assert_eq!(&*stored.unwrap().unwrap().value, b"value");
        });
    }
}

const ROWS: u64 = 60;
const PREFIX: &str = "/accounts/";

fn key(number: u64) -> String {
    format!("/accounts/{number}/usd")
}

fn value(number: u64) -> String {
    format!("{number}00.00 of {}", "money ".repeat(40))
}

fn id(number: u64) -> [u8; 16] {
    u128::from(number + 1)
        .wrapping_mul(0x9e37_79b9_7f4a_7c15)
        .to_be_bytes()
}

/// There is room for so much in all.
fn room(prefix: &str, bytes_max: u64) -> Check {
    Check::Room {
        prefix: prefix.into(),
        bytes_max,
    }
}

/// What is counted of all rows.
fn bytes() -> u64 {
    let row = |number| key(number).len() - PREFIX.len() + value(number).len();
    (0..ROWS).map(|number| row(number) as u64).sum()
}

fn commit(number: u64) -> Commit {
    let unwritten = Check::Key {
        key: key(number).into(),
        version: 0,
    };
    Commit {
        id: Some(id(number)),
        checks: vec![unwritten, room(PREFIX, u64::MAX)],
        ..writing(&[(&key(number), Some(&value(number)))])
    }
}

/// What reading a damaged file has come to.
#[derive(Debug, Default)]
struct Tally {
    refused: u32,
    right: u32,
    errors: u32,
    absent: u32,
}

impl Tally {
    /// The rest is wrong.
    fn count<T: PartialEq + std::fmt::Debug>(&mut self, read: Result<Option<T>, StorageError>, wanted: &T) {
        match read {
            Ok(Some(read)) => {
                assert_eq!(&read, wanted);
                self.right += 1;
            }
            Ok(None) => self.absent += 1,
            Err(error) => {
                assert_eq!(error.code(), Code::StorageCorrupt, "{error:?}");
                self.errors += 1;
            }
        }
    }
}

async fn read_all(path: &Path, tally: &mut Tally) {
    let storage = match Sqlite::open(path) {
        Ok(storage) => storage,
        // A mark of the file may say that a newer airs wrote it.
        Err(
            StorageError::Corrupt { .. } | StorageError::Foreign { .. } | StorageError::NewerFormat { .. },
        ) => {
            tally.refused += 1;
            return;
        }
        Err(error) => panic!("{error:?}"),
    };
    let stored = |number: u64| (value(number), number + 1);
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let counted = async { storage.snapshot().await?.counted_bytes(PREFIX.as_bytes()).await };
    tally.count(counted.await.map(Some), &bytes());
    for number in 0..ROWS {
        let read = async {
            let mut snapshot = storage.snapshot().await?;
            let read = snapshot.get(key(number).as_bytes()).await?;
            Ok(read.map(|stored| (text(&stored.value), stored.version)))
        };
        tally.count(read.await, &stored(number));
    }
    let scan = async { storage.snapshot().await?.scan(&everything()).await };
    for entry in scan.await.map_or(Vec::new(), |page| page.entries) {
        let key = text(&entry.key);
        let number = key.trim_start_matches(PREFIX).trim_end_matches("/usd").parse();
        let read = (text(&entry.stored.value), entry.stored.version);
        assert_eq!(read, stored(number.unwrap()), "{key}");
    }
    for number in 0..ROWS {
        let again = match storage.commit(commit(number).into()).await {
            Ok(Committed::AlreadyApplied(version)) => Ok(Some(version)),
            Ok(Committed::Applied(_) | Committed::Conflict(_)) => Ok(None),
            Err(error) => Err(error),
        };
        tally.count(again, &(number + 1));
    }
}

/// Whatever bit of a file is another one: what is read is what was written, or an error, or, where a key or a place was
/// hit, not there. It is never another value, version or answer.
#[test]
fn no_bit_makes_a_value_another() {
    const FLIPS: u64 = 300;
    let (_folder, path) = folder_with("state.db");
    run(async {
        let storage = Sqlite::open(&path).unwrap();
        for number in 0..ROWS {
            assert_eq!(applied(&storage, commit(number)).await, number + 1);
        }
    });
    let whole = fs::read(&path).unwrap();
    let (mut tally, mut chance) = (Tally::default(), 7_u64);
    for _ in 0..FLIPS {
        // Only where something is: most of a small file is empty.
        let place = loop {
            chance = chance
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            let place = usize::try_from(chance >> 33).unwrap() % whole.len();
            if whole[place] != 0 {
                break place;
            }
        };
        let mut damaged = whole.clone();
        damaged[place] ^= 1 << (chance >> 20 & 7);
        fs::write(&path, damaged).unwrap();
        run(read_all(&path, &mut tally));
    }
    assert!(tally.errors > 100 && tally.right > 1_000, "{tally:?}");
    // What is not there is the exception.
    assert!(tally.absent * 20 < tally.right, "{tally:?}");
}
