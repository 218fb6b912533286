//! Several processes and threads on one file, and disks that are small or read-only.
//!
//! A test that needs a process of its own starts this test program again, with itself as the only test.

use std::env;
use std::path::{Path, PathBuf};
use std::process::{Child, Command};
use std::thread;

use airs_core::Code;
use airs_platform::{Check, Commit, Committed, Sqlite, Storage, StorageError};

use crate::untested::untested;
use crate::{get, put, run, text, writing};

/// The file that a process of a test works on.
const FILE: &str = "AIRS_TEST_STORAGE_FILE";

pub(super) fn file_of_this_process() -> Option<PathBuf> {
    env::var_os(FILE).map(PathBuf::from)
}

pub(super) fn process(test: &str, path: &Path) -> Command {
    let mut command = Command::new(env::current_exe().unwrap());
    command.args(["--exact", test, "--nocapture"]).env(FILE, path);
    command
}

/// Runs a test's process where `mount` prepared the folder of its file; false when this system does not let us.
#[cfg(target_os = "linux")]
fn process_with_mount(test: &str, mount: &str, path: &Path) -> bool {
    let allowed = Command::new("unshare").args(["-rm", "true"]).status();
    if !allowed.is_ok_and(|status| status.success()) {
        untested("this system gives nobody a mount namespace (unshare)");
        return false;
    }
    let program = env::current_exe().unwrap();
    let script = format!("{mount} && exec \"$1\" --exact {test} --nocapture");
    let mut command = Command::new("unshare");
    command
        .args(["-rm", "sh", "-c", &script])
        .arg(path.parent().unwrap())
        .arg(program);
    assert!(command.env(FILE, path).status().unwrap().success());
    true
}

async fn increment(storage: &Sqlite) -> bool {
    let mut snapshot = storage.snapshot().await.unwrap();
    let counter = snapshot.get(b"counter").await.unwrap();
    let count: u32 = text(&mut *snapshot, "counter")
        .await
        .map_or(0, |text| text.parse().unwrap());
    drop(snapshot);
    let version = counter.map_or(0, |stored| stored.version);
    let checks = vec![Check::Key {
        key: "counter".into(),
        version,
    }];
    let count = (count + 1).to_string();
    let commit = Commit {
        checks,
        ..writing(&[("counter", Some(&count))])
    };
    matches!(
        storage.commit(commit.into()).await.unwrap(),
        Committed::Applied(_)
    )
}

async fn increment_times(path: &Path, times: u32) {
    let storage = Sqlite::open(path).unwrap();
    for _ in 0..times {
        while !increment(&storage).await {}
    }
}

async fn counter(path: &Path) -> String {
    let storage = Sqlite::open(path).unwrap();
    let stored = get(&storage, "counter").await.unwrap();
    String::from_utf8(stored.value.to_vec()).unwrap()
}

#[test]
fn several_processes_make_and_share_one_file() {
    if let Some(path) = file_of_this_process() {
        return run(increment_times(&path, 50));
    }
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("new/state.db");
    let test = "sqlite::processes::several_processes_make_and_share_one_file";
    let others: Vec<Child> = (0..4).map(|_| process(test, &path).spawn().unwrap()).collect();
    for mut other in others {
        assert!(other.wait().unwrap().success());
    }
    assert_eq!(run(counter(&path)), "200");
}

#[test]
fn several_threads_make_one_file_at_once() {
    for _ in 0..20 {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("state.db");
        thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| run(increment_times(&path, 1)));
            }
        });
        assert_eq!(run(counter(&path)), "8");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_refuses_what_does_not_fit_and_keeps_the_rest() {
    let Some(path) = file_of_this_process() else {
        let folder = tempfile::tempdir().unwrap();
        let test = "sqlite::processes::a_full_disk_refuses_what_does_not_fit_and_keeps_the_rest";
        process_with_mount(
            test,
            "mount -t tmpfs -o size=2m tmpfs \"$0\"",
            &folder.path().join("state.db"),
        );
        return;
    };
    run(async {
        let storage = Sqlite::open(&path).unwrap();
        let value = "x".repeat(50_000);
        let mut kept = 0;
        let error = loop {
            let key = format!("key/{kept}");
            match storage.commit(writing(&[(&key, Some(&value))]).into()).await {
                Ok(_) => kept += 1,
                Err(error) => break error,
            }
        };
        assert_eq!(error.code(), Code::StorageFull, "{error:?}");
        assert!(kept > 3, "{kept} values were kept");
        assert!(get(&storage, &format!("key/{kept}")).await.is_none());
        drop(storage);

        let storage = Sqlite::open(&path).unwrap();
        for number in 0..kept {
            assert!(get(&storage, &format!("key/{number}")).await.is_some());
        }
        put(&storage, "key/0", "small").await;
    });
}

#[cfg(target_os = "linux")]
#[test]
fn a_read_only_disk_is_refused_with_that_reason() {
    let test = "sqlite::processes::a_read_only_disk_is_refused_with_that_reason";
    let Some(path) = file_of_this_process() else {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("state.db");
        run(increment_times(&path, 1));
        let mount = "mount --bind \"$0\" \"$0\" && mount -o remount,bind,ro \"$0\"";
        process_with_mount(test, mount, &path);
        return;
    };
    let error: StorageError = Sqlite::open(&path).expect_err("a read-only file was opened to write");
    assert_eq!(error.code(), Code::StorageUnavailable, "{error:?}");
    assert!(error.to_string().contains("read-only"), "{error}");
}
