//! Which files are opened, and which are refused and left alone.

use std::fs;
use std::path::{Path, PathBuf};

use airs_core::{Code, Error};
use airs_platform::{Check, Commit, Committed, Sqlite, Storage, StorageError};
use rusqlite::Connection;
use tempfile::TempDir;

use crate::untested::untested;
use crate::{put, run};

pub(super) fn folder_with(file: &str) -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(file);
    (folder, path)
}

/// A closed storage file of some pages.
pub(super) fn storage_file() -> (TempDir, PathBuf) {
    let (folder, path) = folder_with("state.db");
    let storage = Sqlite::open(&path).unwrap();
    run(async {
        for number in 0..200 {
            put(&storage, &format!("key/{number}"), &"value".repeat(50)).await;
        }
    });
    (folder, path)
}

/// The error of opening the file, which is as it was before.
fn refused(path: &Path) -> StorageError {
    let before = fs::read(path).unwrap();
    let error = Sqlite::open(path).expect_err("the file was opened");
    assert!(fs::read(path).unwrap() == before, "the file was changed");
    assert!(error.to_string().contains("state.db"), "{error}");
    let error_for_callers = Error::from(error.clone());
    assert!(error_for_callers.hint_text().is_some());
    assert_eq!(error_for_callers.code(), error.code());
    error
}

pub(super) fn tampered(sql: &str) -> (TempDir, PathBuf) {
    let (folder, path) = storage_file();
    Connection::open(&path).unwrap().execute_batch(sql).unwrap();
    (folder, path)
}

#[test]
fn an_empty_file_becomes_a_storage_file() {
    let (_folder, path) = folder_with("state.db");
    fs::write(&path, "").unwrap();
    run(put(&Sqlite::open(&path).unwrap(), "key", "1"));
}

#[test]
fn a_file_of_something_else_is_refused() {
    let (_folder, path) = folder_with("state.db");
    for content in [
        "x".to_owned(),
        "[package]\nname = \"not a storage\"\n".repeat(400),
    ] {
        fs::write(&path, content).unwrap();
        let error = refused(&path);
        assert!(matches!(error, StorageError::Foreign { .. }), "{error:?}");
        assert_eq!(error.code(), Code::StorageCorrupt);
    }
}

#[test]
fn the_database_of_another_program_is_refused() {
    let (_folder, path) = folder_with("state.db");
    let other = Connection::open(&path).unwrap();
    other
        .execute_batch("CREATE TABLE kv (key BLOB PRIMARY KEY, value BLOB)")
        .unwrap();
    assert!(matches!(refused(&path), StorageError::Foreign { .. }));
    other
        .execute_batch("PRAGMA application_id = 252006674; PRAGMA user_version = 1")
        .unwrap();
    assert!(matches!(refused(&path), StorageError::Foreign { .. }));
}

#[test]
fn a_file_of_a_newer_format_is_refused() {
    let (_folder, path) = tampered("PRAGMA user_version = 4");
    let error = refused(&path);
    assert!(
        matches!(
            error,
            StorageError::NewerFormat {
                found: 4,
                known: 3,
                ..
            }
        ),
        "{error:?}"
    );
    assert_eq!(error.code(), Code::StorageUnavailable);
}

/// A file of version 0.1.0, made here as that made it.
pub(super) const FORMAT_1: &str = "
    PRAGMA journal_mode = WAL;
    PRAGMA application_id = 1634300531;
    PRAGMA user_version = 1;
    CREATE TABLE ids (ordinal INTEGER PRIMARY KEY, id BLOB NOT NULL UNIQUE, version INTEGER NOT NULL) STRICT;
    CREATE TABLE kv (key BLOB PRIMARY KEY, version INTEGER NOT NULL, value BLOB NOT NULL) STRICT, WITHOUT ROWID;
    CREATE TABLE meta (one INTEGER PRIMARY KEY CHECK (one = 1), newest INTEGER NOT NULL, epoch INTEGER NOT NULL) STRICT;
    INSERT INTO meta VALUES (1, 2, 5);
    INSERT INTO kv VALUES (x'61', 1, x'0102'), (x'6162', 2, x'030405'), (x'62', 2, x'06')";

/// The same of the format after it, which counts bytes, and has an id.
fn format_2() -> String {
    let more = "
        PRAGMA user_version = 2;
        CREATE TABLE counted (prefix BLOB PRIMARY KEY, bytes INTEGER NOT NULL) STRICT, WITHOUT ROWID;
        INSERT INTO counted VALUES (x'61', 7);
        INSERT INTO ids VALUES (3, zeroblob(16), 2)";
    format!("{FORMAT_1};{more}")
}

#[test]
fn a_file_of_an_older_format_is_read_and_is_of_the_newest_from_then_on() {
    for (older, has_id) in [(FORMAT_1, false), (&format_2(), true)] {
        let (_folder, path) = folder_with("state.db");
        Connection::open(&path).unwrap().execute_batch(older).unwrap();
        for epoch in [6, 7] {
            let storage = Sqlite::open(&path).unwrap();
            run(async {
                let mut snapshot = storage.snapshot().await.unwrap();
                let stored = snapshot.get(b"ab").await.unwrap().unwrap();
                assert_eq!((&*stored.value, stored.version), ([3, 4, 5].as_slice(), 2));
                assert_eq!(snapshot.counted_bytes(b"a").await.unwrap(), 2 + 1 + 3);
                assert_eq!(storage.acquire().await.unwrap(), epoch);
            });
        }
        let storage = Sqlite::open(&path).unwrap();
        run(async {
            let commit = Commit {
                id: Some([0; 16]),
                checks: vec![Check::Room {
                    prefix: b"a".to_vec(),
                    bytes_max: 100,
                }],
                writes: vec![(b"a".to_vec(), None)],
                ..Commit::default()
            };
            if has_id {
                let again = storage.commit(commit.into()).await.unwrap();
                assert_eq!(again, Committed::AlreadyApplied(2));
                return;
            }
            assert_eq!(crate::applied(&storage, commit).await, 3);
            let mut snapshot = storage.snapshot().await.unwrap();
            assert_eq!(snapshot.counted_bytes(b"a").await.unwrap(), 1 + 3);
        });
    }
}

#[test]
fn a_file_whose_tables_were_changed_is_refused() {
    for sql in [
        "PRAGMA user_version = 0",
        "PRAGMA user_version = 1",
        "DROP TABLE counted",
        "DROP TABLE ids",
        "CREATE TABLE more (x)",
        "CREATE TRIGGER thief AFTER INSERT ON kv BEGIN DELETE FROM kv; END",
        "DELETE FROM meta",
        "UPDATE meta SET newest = -1",
        "UPDATE meta SET newest = newest + 1",
        "UPDATE meta SET epoch = 1",
        "UPDATE meta SET origin = randomblob(16)",
    ] {
        let (_folder, path) = tampered(sql);
        let error = refused(&path);
        assert!(matches!(error, StorageError::Corrupt { .. }), "{sql}: {error:?}");
    }
}

#[test]
fn a_truncated_file_is_refused() {
    let (_folder, path) = storage_file();
    let whole = fs::read(&path).unwrap();
    assert!(whole.len() > 10 * 4096);
    for length in [whole.len() - 1, whole.len() / 2, 4096, 4095, 1000, 100, 1] {
        fs::write(&path, &whole[..length]).unwrap();
        let error = refused(&path);
        assert_eq!(error.code(), Code::StorageCorrupt, "{length} bytes: {error:?}");
    }
}

#[test]
fn a_damaged_head_is_refused() {
    let (_folder, path) = storage_file();
    let whole = fs::read(&path).unwrap();
    for (place, mark) in [(0, "magic"), (16, "page size"), (100, "page type of the schema")] {
        let mut damaged = whole.clone();
        damaged[place] ^= 0x55;
        fs::write(&path, damaged).unwrap();
        let error = refused(&path);
        assert_eq!(error.code(), Code::StorageCorrupt, "{mark}: {error:?}");
    }
}

/// Every page in turn becomes rubbish: whatever is read of it is an error, and never a panic or a wrong value.
#[test]
fn a_damaged_page_is_an_error_when_it_is_read() {
    let (_folder, path) = storage_file();
    let whole = fs::read(&path).unwrap();
    let mut found = 0;
    for page in 1..whole.len() / 4096 {
        let mut damaged = whole.clone();
        damaged[page * 4096..(page + 1) * 4096].fill(0xa5);
        fs::write(&path, damaged).unwrap();
        let read = run(read_all(&path));
        found += usize::from(read.is_err());
        if let Err(error) = read {
            assert_eq!(error.code(), Code::StorageCorrupt, "page {page}: {error:?}");
        }
    }
    assert!(found > 10, "{found} damaged pages were noticed");
}

async fn read_all(path: &Path) -> Result<(), StorageError> {
    let storage = Sqlite::open(path)?;
    let mut snapshot = storage.snapshot().await?;
    for number in 0..200 {
        let stored = snapshot.get(format!("key/{number}").as_bytes()).await?;
        assert_eq!(&*stored.unwrap().value, "value".repeat(50).as_bytes());
    }
    Ok(())
}

#[test]
fn a_folder_that_cannot_be_made_is_named() {
    let (_folder, path) = folder_with("state.db");
    fs::write(&path, "").unwrap();
    let error = Sqlite::open(&path.join("below/it.db")).expect_err("a file has no folders in it");
    assert_eq!(error.code(), Code::StorageUnavailable);
    assert!(error.to_string().contains("state.db/below/it.db"), "{error}");
}

#[test]
fn a_folder_is_no_storage_file() {
    let (folder, _) = folder_with("state.db");
    let error = Sqlite::open(folder.path()).expect_err("a folder was opened");
    assert_eq!(error.code(), Code::StorageUnavailable);
}

#[test]
fn a_read_only_file_is_refused_with_that_reason() {
    let (_folder, path) = storage_file();
    let mut permissions = fs::metadata(&path).unwrap().permissions();
    permissions.set_readonly(true);
    fs::set_permissions(&path, permissions).unwrap();
    if fs::OpenOptions::new().append(true).open(&path).is_ok() {
        return untested("this user may write to read-only files");
    }
    let error = refused(&path);
    assert_eq!(error.code(), Code::StorageUnavailable);
    assert!(error.to_string().contains("read-only"), "{error}");
}
