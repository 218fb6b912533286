//! One process at a time commits to a state, and others wait.

use std::io::{BufRead, BufReader, Lines, Write};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::{env, fs, thread};

use airs_runtime::{Code, Event, State};
use airs_tests::{Bench, pay};

use crate::state::{FOLDER, folder, on, process};

/// A runtime on a folder, and how often it said that it waits for another one.
fn telling(folder: &Path) -> (Bench, Arc<AtomicUsize>) {
    let waits = Arc::new(AtomicUsize::new(0));
    let counting = Arc::clone(&waits);
    let bench = Bench::alone(&["ledger", "payment"], |builder| {
        builder.state(State::folder(folder)).on_event(move |event| {
            if let Event::OwnerAwaited { context, .. } = event {
                assert_eq!(context.as_str(), "local");
                counting.fetch_add(1, Ordering::SeqCst);
            }
        })
    });
    (bench, waits)
}

#[test]
fn a_second_runtime_on_a_folder_looks_and_waits_for_the_first_to_end() {
    let folder = folder();
    let one = on(folder.path());
    one.fund("10.00");
    let (two, waits) = telling(folder.path());
    // Looking makes nobody wait.
    assert_eq!(two.dollars(["alice"]), ["10.00"]);
    assert_eq!(waits.load(Ordering::SeqCst), 0);
    let report = two.perform("alice", pay("bob", "1").deadline_ms(100));
    let error = report.result.unwrap_err();
    assert_eq!(error.code(), Code::Busy, "{error}");
    assert!(error.message().contains("another process"), "{error}");
    assert_eq!(waits.load(Ordering::SeqCst), 1);

    // What the first does in the meantime is not lost, and not overwritten.
    one.ask("alice", pay("bob", "1")).unwrap();
    thread::scope(|scope| {
        let waiting = scope.spawn(|| two.perform("alice", pay("bob", "2")));
        while waits.load(Ordering::SeqCst) < 2 {
            thread::yield_now();
        }
        one.ask("alice", pay("bob", "3")).unwrap();
        drop(one);
        let report = waiting.join().unwrap();
        assert_eq!((report.result.is_ok(), report.attempts), (true, 2));
    });
    assert_eq!(two.dollars(["alice", "bob"]), ["4.00", "6.00"]);
    two.ask("alice", pay("bob", "1")).unwrap();
    assert_eq!(waits.load(Ordering::SeqCst), 2);
}

#[test]
fn many_runs_that_wait_for_the_owner_all_come_through() {
    let folder = folder();
    let one = on(folder.path());
    one.fund("10.00");
    let (two, waits) = telling(folder.path());
    thread::scope(|scope| {
        let all: Vec<_> = (0..8)
            .map(|_| scope.spawn(|| two.perform("alice", pay("bob", "1"))))
            .collect();
        while waits.load(Ordering::SeqCst) < 1 {
            thread::yield_now();
        }
        drop(one);
        for run in all {
            run.join().unwrap().result.unwrap();
        }
    });
    assert_eq!(waits.load(Ordering::SeqCst), 1);
    assert_eq!(two.dollars(["alice", "bob"]), ["2.00", "8.00"]);
}

/// What `paying_when_told` says, line by line.
struct Payer {
    child: Child,
    said: Lines<BufReader<ChildStdout>>,
}

impl Payer {
    fn start(folder: &Path) -> Self {
        let mut child = process("owner::paying_when_told", folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let said = BufReader::new(child.stdout.take().unwrap()).lines();
        Self { child, said }
    }

    fn tell(&mut self) {
        writeln!(self.child.stdin.as_mut().unwrap(), "pay").unwrap();
    }

    fn answer(&mut self) -> String {
        let lines = self.said.by_ref().map(Result::unwrap);
        lines
            .filter_map(|line| Some(line.split_once("paid: ")?.1.to_owned()))
            .next()
            .unwrap()
    }

    fn signal(&self, signal: &str) {
        let id = self.child.id().to_string();
        let status = Command::new("kill").args([signal, &id]).status();
        assert!(status.unwrap().success());
    }
}

impl Drop for Payer {
    fn drop(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

#[cfg(unix)]
#[test]
fn an_owner_that_was_stopped_and_lost_its_lock_is_fenced_when_it_goes_on() {
    let folder = folder();
    on(folder.path()).fund("10.00");
    let mut payer = Payer::start(folder.path());
    payer.tell();
    assert_eq!(payer.answer(), "ok");
    payer.signal("-STOP");
    let bench = on(folder.path());
    let waiting = bench.perform("alice", pay("bob", "1").deadline_ms(100));
    assert_eq!(waiting.result.unwrap_err().code(), Code::Busy);
    // An operator who believes that it is gone breaks the lock.
    fs::remove_file(folder.path().join("local.sqlite-owner")).unwrap();
    bench.ask("alice", pay("bob", "1")).unwrap();
    payer.signal("-CONT");
    for _ in 0..2 {
        payer.tell();
        assert_eq!(payer.answer(), "storage-unavailable");
    }
    bench.ask("alice", pay("bob", "1")).unwrap();
    assert_eq!(bench.dollars(["alice", "bob"]), ["7.00", "3.00"]);
}

#[test]
fn an_owner_that_is_killed_is_not_waited_for() {
    let folder = folder();
    on(folder.path()).fund("10.00");
    let mut payer = Payer::start(folder.path());
    payer.tell();
    assert_eq!(payer.answer(), "ok");
    let bench = on(folder.path());
    drop(payer);
    bench.ask("alice", pay("bob", "1")).unwrap();
    assert_eq!(bench.dollars(["alice", "bob"]), ["8.00", "2.00"]);
}

#[test]
#[ignore = "run by tests of owners, as a process of its own"]
fn paying_when_told() {
    let bench = on(Path::new(&env::var_os(FOLDER).unwrap()));
    for _ in std::io::stdin().lines() {
        match bench.ask("alice", pay("bob", "1")) {
            Ok(_) => println!("paid: ok"),
            Err(error) => println!("paid: {}", error.code()),
        }
    }
}
