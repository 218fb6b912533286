//! State in a folder.

use std::path::Path;
use std::process::{Command, Stdio};
use std::{env, fs, thread};

use airs_runtime::{Code, Error, Name, Runtime, State};
use airs_tests::{Bench, Script, pay, untested};
use tempfile::TempDir;

/// Where the tests that are run in a process of their own find their folder.
pub(crate) const FOLDER: &str = "AIRS_TEST_FOLDER";

pub(crate) fn on(folder: &Path) -> Bench {
    Bench::alone(&["ledger", "payment", "probe"], |builder| {
        builder.state(State::folder(folder))
    })
}

pub(crate) fn folder() -> TempDir {
    tempfile::tempdir().unwrap()
}

fn refused(folder: &Path) -> Error {
    Runtime::builder()
        .state(State::folder(folder))
        .build()
        .unwrap_err()
}

/// This test binary again, for one test that is otherwise ignored.
pub(crate) fn process(test: &str, folder: &Path) -> Command {
    let mut command = Command::new(env::current_exe().unwrap());
    command
        .args(["--exact", test, "--ignored", "--nocapture"])
        .env(FOLDER, folder);
    command
}

#[test]
fn what_was_committed_outlives_the_runtime() {
    let folder = folder();
    {
        let bench = on(folder.path());
        bench.fund("10.00");
        bench.ask("alice", pay("bob", "2.50")).unwrap();
        bench
            .play(
                "alice",
                &Script::new()
                    .intend("~/usd", "debit")
                    .transfer(0, 0, "1")
                    .act("panic"),
            )
            .unwrap_err();
    }
    let bench = on(folder.path());
    assert_eq!(bench.dollars(["alice", "bob"]), ["7.50", "2.50"]);
    bench.ask("bob", pay("alice", "0.50")).unwrap();
    assert_eq!(bench.dollars(["alice", "bob"]), ["8.00", "2.00"]);
}

#[test]
fn each_context_has_a_file_of_its_own() {
    let folder = folder();
    let names: [Name; 2] = ["north", "south"].map(|name| name.parse().unwrap());
    let build = || {
        names.iter().fold(
            Runtime::builder().state(State::folder(folder.path().join("a/b"))),
            |builder, name| builder.context(name.clone()),
        )
    };
    drop(build().build().unwrap());
    for name in &names {
        assert!(
            folder.path().join(format!("a/b/{name}.sqlite")).is_file(),
            "{name}"
        );
    }
    build().build().unwrap();
}

#[test]
fn a_folder_that_is_a_file_is_refused() {
    let folder = folder();
    let file = folder.path().join("state");
    fs::write(&file, "mine").unwrap();
    for place in [file.clone(), file.join("below")] {
        let error = refused(&place);
        assert_eq!(error.code(), Code::StorageUnavailable, "{error}");
        assert!(
            error.message().contains("state") && error.hint_text().is_some(),
            "{error:?}"
        );
    }
    assert_eq!(fs::read(&file).unwrap(), b"mine");
}

#[test]
fn a_file_that_is_damaged_or_somebody_elses_is_refused_and_left_alone() {
    let folder = folder();
    let file = folder.path().join("local.sqlite");
    drop(on(folder.path()));
    let mut good = fs::read(&file).unwrap();
    good.resize(good.len() - 100, 0);
    for content in [b"this is no database".to_vec(), vec![0xff; 8_192], good] {
        fs::write(&file, &content).unwrap();
        let error = refused(folder.path());
        assert_eq!(error.code(), Code::StorageCorrupt, "{error}");
        assert!(error.message().contains("local.sqlite"), "{error}");
        assert!(fs::read(&file).unwrap() == content, "it was changed");
    }
    fs::remove_file(&file).unwrap();
    fs::create_dir(&file).unwrap();
    assert_eq!(refused(folder.path()).code(), Code::StorageUnavailable);
}

#[test]
fn a_state_of_an_older_form_stays_one_when_it_is_looked_at() {
    let folder = folder();
    let file = folder.path().join("local.sqlite");
    // As version 0.1.0 made it.
    let older = "
        PRAGMA journal_mode = WAL;
        PRAGMA application_id = 1634300531;
        PRAGMA user_version = 1;
        CREATE TABLE ids (ordinal INTEGER PRIMARY KEY, id BLOB NOT NULL UNIQUE, version INTEGER NOT NULL) STRICT;
        CREATE TABLE kv (key BLOB PRIMARY KEY, version INTEGER NOT NULL, value BLOB NOT NULL) STRICT, WITHOUT ROWID;
        CREATE TABLE meta (one INTEGER PRIMARY KEY CHECK (one = 1), newest INTEGER NOT NULL, epoch INTEGER NOT NULL) STRICT;
        INSERT INTO meta VALUES (1, 0, 0)";
    rusqlite::Connection::open(&file)
        .unwrap()
        .execute_batch(older)
        .unwrap();
    let all = || {
        let entries = fs::read_dir(folder.path()).unwrap();
        let mut all: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
        all.sort();
        all.into_iter()
            .map(|path| (fs::read(&path).unwrap(), path))
            .collect::<Vec<_>>()
    };
    let before = all();
    State::folder(folder.path()).examine(&Name::local()).unwrap();
    assert!(all() == before, "it was changed");
    // Whoever opens it brings it to the newest one.
    drop(on(folder.path()));
    assert!(fs::read(&file).unwrap() != before[0].0);
}

#[test]
fn a_read_only_folder_is_refused() {
    let folder = folder();
    drop(on(folder.path()));
    let allowed = Command::new("unshare")
        .args(["-rm", "true"])
        .stderr(Stdio::null())
        .status();
    if !allowed.is_ok_and(|status| status.success()) {
        untested("this system gives nobody a mount namespace (unshare)");
        return;
    }
    let test = process("state::in_a_read_only_folder", folder.path());
    let script = r#"mount --bind "$1" "$1" && mount -o remount,ro,bind "$1" && shift && exec "$@""#;
    let mut command = Command::new("unshare");
    command.args(["-rm", "sh", "-c", script, "sh"]).arg(folder.path());
    command
        .arg(test.get_program())
        .args(test.get_args())
        .env(FOLDER, folder.path());
    let output = command.output().unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
}

#[test]
#[ignore = "run by a_read_only_folder_is_refused, with a folder that cannot be written"]
fn in_a_read_only_folder() {
    let folder = env::var_os(FOLDER).unwrap();
    for place in [Path::new(&folder).to_owned(), Path::new(&folder).join("new")] {
        let error = refused(&place);
        assert_eq!(error.code(), Code::StorageUnavailable, "{error}");
        assert!(error.hint_text().is_some(), "{error:?}");
    }
}

#[test]
fn a_runtime_that_is_killed_loses_no_answer_and_leaves_nothing_half_done() {
    use std::io::{BufRead, BufReader};
    const ENOUGH: usize = 30;
    let folder = folder();
    on(folder.path()).fund("1000.00");
    let mut child = process("state::paying_until_it_is_killed", folder.path())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let answered = lines
        .map_while(Result::ok)
        .filter(|line| line.contains("paid"))
        .take(ENOUGH)
        .count();
    child.kill().unwrap();
    child.wait().unwrap();
    assert_eq!(answered, ENOUGH);
    let bench = on(folder.path());
    let [alice, bob] = bench
        .dollars(["alice", "bob"])
        .map(|dollars| dollars.replace('.', "").parse::<usize>().unwrap());
    assert_eq!(alice + bob, 100_000);
    assert!(bob >= ENOUGH, "{bob} cents are there, {ENOUGH} were answered");
}

#[test]
#[ignore = "run by a_runtime_that_is_killed_loses_no_answer_and_leaves_nothing_half_done"]
fn paying_until_it_is_killed() {
    let bench = on(Path::new(&env::var_os(FOLDER).unwrap()));
    thread::scope(|scope| {
        for _ in 0..2 {
            let bench = bench.again();
            scope.spawn(move || {
                for _ in 0..40_000 {
                    if bench.ask("alice", pay("bob", "0.01")).is_ok() {
                        println!("paid");
                    }
                }
            });
        }
    });
}
