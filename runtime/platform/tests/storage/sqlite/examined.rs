//! Looking at a file tells what opening it would, and leaves it and all that is beside it as it is.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::Stdio;

use airs_core::Code;
use airs_platform::{Sqlite, Storage, StorageError};
use rusqlite::Connection;

use super::files::{FORMAT_1, folder_with, storage_file, tampered};
use super::processes::{file_of_this_process, process};
use crate::{put, run};

/// What is in a folder; of what is no file, that it is there.
fn all(folder: &Path) -> BTreeMap<OsString, Option<Vec<u8>>> {
    let entries = fs::read_dir(folder).unwrap().map(Result::unwrap);
    let content = |path: &Path| path.is_file().then(|| fs::read(path).unwrap());
    entries
        .map(|entry| (entry.file_name(), content(&entry.path())))
        .collect()
}

fn examined(path: &Path) -> Result<(), StorageError> {
    let folder = path.parent().unwrap();
    let before = all(folder);
    let found = Sqlite::examine(path);
    assert!(all(folder) == before, "looking at it has changed it");
    found
}

#[test]
fn one_that_is_sound_is_left_as_it_is() {
    let (_folder, path) = storage_file();
    examined(&path).unwrap();
    // Whatever it is called.
    let odd = path.with_file_name("100% ours? #1 ü");
    fs::rename(&path, &odd).unwrap();
    examined(&odd).unwrap();
    run(put(&Sqlite::open(&odd).unwrap(), "key", "1"));
}

#[test]
fn one_of_the_format_before_stays_one() {
    let (_folder, path) = folder_with("state.db");
    Connection::open(&path).unwrap().execute_batch(FORMAT_1).unwrap();
    examined(&path).unwrap();
}

#[test]
fn what_would_not_be_opened_is_refused_in_the_same_words() {
    let refused = |path: &Path| {
        let error = examined(path).expect_err("it would be opened");
        let opened = Sqlite::open(path).expect_err("it was opened");
        assert_eq!(error.to_string(), opened.to_string());
        assert_eq!(error.code(), opened.code());
    };
    for sql in [
        "PRAGMA user_version = 4",
        "PRAGMA user_version = 1",
        "PRAGMA application_id = 1",
        "DROP TABLE ids",
        "DELETE FROM meta",
    ] {
        let (_folder, path) = tampered(sql);
        refused(&path);
    }
    let (_folder, path) = storage_file();
    let whole = fs::read(&path).unwrap();
    for length in [whole.len() - 1, whole.len() / 2, 100, 1] {
        fs::write(&path, &whole[..length]).unwrap();
        refused(&path);
    }
    fs::write(&path, "x".repeat(200)).unwrap();
    refused(&path);
    fs::remove_file(&path).unwrap();
    fs::create_dir(&path).unwrap();
    refused(&path);
    for ending in ["-wal", "-shm", "-journal"] {
        let (_folder, path) = storage_file();
        let beside = path.with_file_name(format!("state.db{ending}"));
        let _ = fs::remove_file(&beside);
        fs::create_dir(&beside).unwrap();
        refused(&path);
    }
}

#[test]
fn one_that_is_not_there_is_not_made() {
    let (folder, path) = folder_with("state.db");
    let error = examined(&path).unwrap_err();
    assert_eq!(error.code(), Code::StorageUnavailable);
    fs::write(&path, "").unwrap();
    examined(&path).unwrap();
    assert_eq!(all(folder.path()).len(), 1);
}

#[cfg(unix)]
#[test]
fn a_pipe_in_its_place_is_not_waited_for() {
    let (_folder, path) = folder_with("state.db");
    let made = std::process::Command::new("mkfifo").arg(&path).status().unwrap();
    assert!(made.success());
    let error = examined(&path).unwrap_err();
    assert_eq!(error.code(), Code::StorageUnavailable);
    for ending in ["-wal", "-shm", "-journal"] {
        let (_folder, path) = storage_file();
        let beside = path.with_file_name(format!("state.db{ending}"));
        let _ = fs::remove_file(&beside);
        let made = std::process::Command::new("mkfifo").arg(&beside).status();
        assert!(made.unwrap().success());
        for error in [
            Sqlite::examine(&path).unwrap_err(),
            Sqlite::open(&path).unwrap_err(),
        ] {
            assert_eq!(error.code(), Code::StorageUnavailable);
            assert!(error.to_string().contains(ending), "{error}");
        }
    }
}

#[cfg(unix)]
#[test]
fn a_pipe_in_the_place_of_its_lock_is_not_waited_for() {
    let (_folder, path) = storage_file();
    let lock = path.with_file_name("state.db-owner");
    let _ = fs::remove_file(&lock);
    let made = std::process::Command::new("mkfifo").arg(&lock).status().unwrap();
    assert!(made.success());
    let storage = Sqlite::open(&path).unwrap();
    let error = run(storage.acquire()).unwrap_err();
    assert_eq!(error.code(), Code::StorageUnavailable);
    assert!(error.to_string().contains("state.db-owner"), "{error}");
}

#[test]
fn one_in_use_is_read_with_its_log_and_goes_on() {
    if let Some(path) = file_of_this_process() {
        let storage = Sqlite::open(&path).unwrap();
        run(put(&storage, "key", "1"));
        println!("committed");
        let _ = std::io::stdin().read_line(&mut String::new());
        run(put(&storage, "key", "2"));
        return;
    }
    let (_folder, path) = storage_file();
    let mut other = process(
        "sqlite::examined::one_in_use_is_read_with_its_log_and_goes_on",
        &path,
    )
    .stdin(Stdio::piped())
    .stdout(Stdio::piped())
    .spawn()
    .unwrap();
    let mut lines = BufReader::new(other.stdout.take().unwrap()).lines();
    assert!(lines.any(|line| line.unwrap().ends_with("committed")));
    assert!(path.with_file_name("state.db-wal").metadata().unwrap().len() > 0);
    examined(&path).unwrap();
    drop(other.stdin.take());
    assert!(lines.all(|line| line.is_ok()) && other.wait().unwrap().success());

    // In use here: what reads is noted in the index of the log, which both share, and nowhere else.
    let storage = Sqlite::open(&path).unwrap();
    run(put(&storage, "key", "3"));
    let but_the_index = || {
        let mut all = all(path.parent().unwrap());
        all.retain(|name, _| name != "state.db-shm");
        all
    };
    let before = but_the_index();
    Sqlite::examine(&path).unwrap();
    assert!(but_the_index() == before);
    run(put(&storage, "key", "4"));
}

#[test]
fn what_a_process_left_in_the_log_that_was_killed_counts() {
    let (_folder, path) = folder_with("state.db");
    let live = Connection::open(&path).unwrap();
    live.execute_batch(FORMAT_1).unwrap();
    live.execute_batch("PRAGMA wal_checkpoint(TRUNCATE); CREATE TABLE more (x)")
        .unwrap();
    let (_folder, left) = folder_with("state.db");
    for name in ["state.db", "state.db-wal", "state.db-shm"] {
        fs::copy(path.with_file_name(name), left.with_file_name(name)).unwrap();
    }
    assert!(matches!(examined(&left), Err(StorageError::Corrupt { .. })));
    // Without its index the log is not read, as that would make one.
    fs::remove_file(left.with_file_name("state.db-shm")).unwrap();
    examined(&left).unwrap();
}
