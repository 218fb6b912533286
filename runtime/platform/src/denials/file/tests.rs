//! Denials in files.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use tempfile::TempDir;

use super::{FILE_BYTES_MAX, LOCK_MAX, before, read};
use crate::{Denial, DenialLog, Denials};

fn place() -> (TempDir, PathBuf) {
    let place = tempfile::tempdir().unwrap();
    let path = place.path().join("local.denials.jsonl");
    (place, path)
}

fn denial(message: &str) -> Denial {
    Denial {
        run: "01K5V8Q4ZC2R9T7M3XH6JWPBNE".into(),
        attempt: 1,
        component: "feed".into(),
        capability: "http".into(),
        message: message.into(),
        ..Denial::default()
    }
}

fn append(path: &Path, denial: Denial) -> io::Result<()> {
    super::append(path, denial, LOCK_MAX)
}

fn messages(denials: &Denials) -> Vec<(u64, &str)> {
    let all = denials.all.iter();
    all.map(|denial| (denial.number, denial.message.as_str()))
        .collect()
}

#[test]
fn what_was_recorded_is_there_in_its_order_whoever_recorded_it() {
    let (_place, path) = place();
    assert_eq!(
        read(&path).unwrap(),
        Denials {
            all: Vec::new(),
            intact: true
        }
    );
    assert!(!path.exists(), "looking has made a file");
    let logs = [DenialLog::file(&path), DenialLog::file(&path)];
    std::thread::scope(|scope| {
        for (number, log) in logs.iter().enumerate() {
            scope.spawn(move || {
                (0..50).for_each(|_| log.record(denial(&format!("by {number}\n\"quoted\""))).unwrap());
            });
        }
    });
    let kept = read(&path).unwrap();
    assert!(kept.intact);
    let numbers: Vec<u64> = kept.all.iter().map(|denial| denial.number).collect();
    assert_eq!(numbers, (1..=100).collect::<Vec<_>>());
    for number in 0..2 {
        let by = format!("by {number}\n\"quoted\"");
        assert_eq!(kept.all.iter().filter(|denial| denial.message == by).count(), 50);
    }
}

#[test]
fn who_changes_the_record_is_found_out() {
    let (_place, path) = place();
    for message in ["one", "two", "three"] {
        append(&path, denial(message)).unwrap();
    }
    let text = fs::read_to_string(&path).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    let [one, two, three] = lines[..] else {
        panic!("{text}")
    };
    let joined = |lines: &[&str]| lines.iter().map(|line| format!("{line}\n")).collect::<String>();
    let intact = |text: String| {
        fs::write(&path, text).unwrap();
        read(&path).unwrap().intact
    };
    assert!(intact(joined(&[one, two, three])));
    for changed in [
        joined(&[one, three]),
        joined(&[two, one, three]),
        joined(&[one, two, two, three]),
        joined(&[one, &two.replace("two", "2"), three]),
        joined(&[one, "not a line", three]),
        joined(&["", one, two, three]),
    ] {
        assert!(!intact(changed.clone()), "{changed}");
    }
    // And stays found out.
    append(&path, denial("four")).unwrap();
    assert!(!read(&path).unwrap().intact);
}

#[test]
fn what_was_torn_is_written_over() {
    let (_place, path) = place();
    append(&path, denial("one")).unwrap();
    append(&path, denial("two")).unwrap();
    let whole = fs::read(&path).unwrap();
    for length in 0..whole.len() {
        fs::write(&path, &whole[..length]).unwrap();
        let before = read(&path).unwrap();
        append(&path, denial("next")).unwrap();
        let after = read(&path).unwrap();
        assert!(before.intact && after.intact, "{length}");
        let mut expected = messages(&before);
        expected.push((before.all.len() as u64 + 1, "next"));
        assert_eq!(messages(&after), expected, "{length}");
    }
}

#[test]
fn the_oldest_go_and_long_messages_are_cut() {
    let (_place, path) = place();
    let long = "ü".repeat(4_096);
    let mut recorded = 0;
    while !before(&path).exists() {
        append(&path, denial(&long)).unwrap();
        recorded += 1;
    }
    assert!(recorded > 500, "{recorded}");
    let kept = read(&path).unwrap();
    assert!(kept.intact && kept.all.len() == recorded);
    assert_eq!(kept.all[0].message, "ü".repeat(512));
    // It ended after one was written and before the other was emptied.
    let now = fs::read(&path).unwrap();
    fs::copy(before(&path), &path).unwrap();
    assert!(read(&path).unwrap().intact);
    fs::write(&path, now).unwrap();
    for _ in 0..recorded {
        append(&path, denial(&long)).unwrap();
    }
    let kept = read(&path).unwrap();
    assert!(kept.intact);
    assert!(kept.all[0].number > 1 && kept.all.last().unwrap().number == 2 * recorded as u64);
    for file in [before(&path), path] {
        assert!(fs::metadata(file).unwrap().len() <= FILE_BYTES_MAX);
    }
}

#[test]
fn who_keeps_the_file_is_not_waited_for_for_ever() {
    let (_place, path) = place();
    append(&path, denial("one")).unwrap();
    let held = fs::File::open(&path).unwrap();
    held.lock().unwrap();
    let error = super::append(&path, denial("two"), Duration::ZERO).unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::TimedOut);
    // Once in vain, and then it does not wait.
    let log = DenialLog::file(&path);
    let kinds = [(); 200].map(|()| log.record(denial("two")).unwrap_err().kind());
    assert_eq!(kinds, [io::ErrorKind::TimedOut; 200]);
    drop(held);
    append(&path, denial("two")).unwrap();
    assert_eq!(messages(&read(&path).unwrap()), [(1, "one"), (2, "two")]);
}

#[test]
fn memory_keeps_the_newest() {
    let log = DenialLog::memory();
    for _ in 0..1_030 {
        log.record(denial("one")).unwrap();
    }
    let kept = log.read().unwrap();
    assert!(kept.intact);
    assert_eq!((kept.all.len(), kept.all[0].number), (1_024, 7));
}

#[cfg(unix)]
#[test]
fn what_is_recorded_is_for_its_owner_alone() {
    use std::os::unix::fs::PermissionsExt;

    let (_place, path) = place();
    let message = "x".repeat(1_000);
    while !before(&path).exists() {
        append(&path, denial(&message)).unwrap();
    }
    for path in [&path, &before(&path)] {
        assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, 0o600);
    }
}
