//! What is beside a file: that it was a state, and a log that is its own or not.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use airs_platform::{Sqlite, Storage, StorageError};
use tempfile::TempDir;

use super::files::{folder_with, storage_file};
use crate::{get, put, run, text};

/// A state whose log has all that was committed to it, as it is left when the process is killed: with the log's
/// content.
struct Killed {
    _folder: TempDir,
    path: PathBuf,
    log: Vec<u8>,
}

fn log_of(path: &Path) -> PathBuf {
    path.with_file_name("state.db-wal")
}

/// The state has one commit, and then the one of these that is asked for, still in the log.
fn killed(commits: usize) -> Killed {
    let (_folder, path) = storage_file();
    let (left, copy) = folder_with("state.db");
    let storage = Sqlite::open(&path).unwrap();
    run(async {
        // As long as somebody reads, the log is not begun anew.
        let _old = storage.snapshot().await.unwrap();
        for number in 0..commits {
            put(&storage, "key/0", &format!("new {number}")).await;
        }
        for name in ["state.db", "state.db-wal"] {
            fs::copy(path.with_file_name(name), copy.with_file_name(name)).unwrap();
        }
    });
    let log = fs::read(log_of(&copy)).unwrap();
    assert!(log.len() > 4096);
    Killed {
        _folder: left,
        path: copy,
        log,
    }
}

/// Neither opened nor looked at without complaint; all is as it was.
fn refused(path: &Path, wanted: &str) {
    let all = || ["state.db", "state.db-wal"].map(|name| fs::read(path.with_file_name(name)).ok());
    let before = all();
    for _ in 0..2 {
        let error = Sqlite::open(path).expect_err("it was opened");
        assert!(all() == before, "it was changed");
        assert!(matches!(error, StorageError::Corrupt { .. }), "{error:?}");
        assert!(error.to_string().contains(wanted), "{error}");
        // Opening it has made the index of the log, so that this is read, too.
        let examined = Sqlite::examine(path).expect_err("it would be opened");
        assert_eq!(examined.to_string(), error.to_string());
        assert!(all() == before, "it was changed");
    }
}

#[test]
fn a_state_whose_file_was_emptied_is_refused() {
    let (_folder, path) = storage_file();
    run(Sqlite::open(&path).unwrap().acquire()).unwrap();
    fs::write(&path, "").unwrap();
    refused(&path, "is empty");

    let left = killed(3);
    fs::write(&left.path, "").unwrap();
    refused(&left.path, "is empty");
    assert!(fs::read(log_of(&left.path)).unwrap() == left.log);
}

#[test]
fn where_a_state_was_removed_one_begins() {
    let (_folder, path) = storage_file();
    run(Sqlite::open(&path).unwrap().acquire()).unwrap();
    fs::remove_file(&path).unwrap();
    run(async {
        let storage = Sqlite::open(&path).unwrap();
        assert!(get(&storage, "key/0").await.is_none());
    });
}

#[test]
fn what_is_in_the_log_of_a_state_counts() {
    let left = killed(3);
    Sqlite::examine(&left.path).unwrap();
    run(async {
        let storage = Sqlite::open(&left.path).unwrap();
        let mut snapshot = storage.snapshot().await.unwrap();
        assert_eq!(text(&mut *snapshot, "key/0").await.as_deref(), Some("new 2"));
    });
    // The last one to close it has written the log into it.
    assert!(!log_of(&left.path).exists());
}

/// As docs/reference/files.md says.
#[test]
fn a_backup_is_restored() {
    let (_folder, path) = storage_file();
    let backup = path.with_file_name("backup.db");
    let storage = Sqlite::open(&path).unwrap();
    let read = |path: PathBuf| async move {
        let storage = Sqlite::open(&path).unwrap();
        text(&mut *storage.snapshot().await.unwrap(), "key/0").await
    };
    run(async {
        put(&storage, "key/0", "backed up").await;
        let copy = format!("VACUUM INTO '{}'", backup.display());
        rusqlite::Connection::open(&path)
            .unwrap()
            .execute_batch(&copy)
            .unwrap();
        put(&storage, "key/0", "later").await;
        drop(storage);
        assert_eq!(read(path.clone()).await.as_deref(), Some("later"));
        fs::remove_file(&path).unwrap();
        assert!(!log_of(&path).exists());
        fs::copy(&backup, &path).unwrap();
        assert!(Sqlite::examine_rows(&path, Duration::from_secs(60)).unwrap());
        assert_eq!(read(path.clone()).await.as_deref(), Some("backed up"));
    });
    // A state that was left by a process that was killed is copied with its log.
    let left = killed(3);
    let (_folder, path) = folder_with("state.db");
    for name in ["state.db", "state.db-wal"] {
        fs::copy(left.path.with_file_name(name), path.with_file_name(name)).unwrap();
    }
    assert_eq!(run(read(path)).as_deref(), Some("new 2"));
}

#[test]
fn the_log_of_another_state_is_refused() {
    let (_folder, path) = storage_file();
    fs::write(log_of(&path), killed(3).log).unwrap();
    refused(&path, "log");
}

#[test]
fn a_log_that_is_older_than_the_file_is_refused() {
    let left = killed(3);
    run(async {
        put(&Sqlite::open(&left.path).unwrap(), "key/0", "newest").await;
    });
    assert!(!log_of(&left.path).exists());
    fs::write(log_of(&left.path), &left.log).unwrap();
    refused(&left.path, "log");
}

#[cfg(unix)]
#[test]
fn what_is_made_is_nobody_elses() {
    use std::os::unix::fs::PermissionsExt;

    let above = tempfile::tempdir().unwrap();
    let folder = above.path().join("new/state");
    let path = folder.join("state.db");
    let storage = Sqlite::open(&path).unwrap();
    run(storage.acquire()).unwrap();
    let mode = |path: &Path| path.metadata().unwrap().permissions().mode() & 0o777;
    assert_eq!([mode(folder.parent().unwrap()), mode(&folder)], [0o700; 2]);
    let made: Vec<_> = fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    // The file, its log, the index of that, and the lock.
    assert_eq!(made.len(), 4);
    for path in made {
        assert_eq!(mode(&path), 0o600, "{}", path.display());
    }
}
