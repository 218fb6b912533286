//! The bank's own process: it reads requests, a line each, and answers when they are committed.

use std::path::Path;
use std::sync::{Arc, Mutex, mpsc};
use std::thread;
use std::time::Duration;

use airs_core::{Guard, Guards};
use airs_driver::Context;
use airs_platform::Sqlite;
use airs_runtime::{Answer, Code, Limits, Report, Request};
use airs_tests::Bench;

use crate::proof::child;

pub(super) const READY: &str = "ready";
/// What each holder begins with.
pub(super) const CENTS_EACH: u32 = 100_000;
/// Of a run: much more than it takes, on a machine that does other things too.
pub(super) const DEADLINE: Duration = Duration::from_secs(60);

/// `FOLDER CALLERS HOLDERS GUARD`; then, from the standard input, `ID CALLER INPUT` in each line.
pub(super) fn serve(told: &str) {
    let mut told = told.split(' ');
    let folder = told.next().unwrap();
    let number = |text: Option<&str>| text.unwrap().parse::<usize>().unwrap();
    let (callers, holders) = (number(told.next()), number(told.next()));
    let guards = match told.next() {
        Some("id-row") => Guards::without(Guard::IdRow),
        Some("key-check") => Guards::without(Guard::KeyCheck),
        _ => Guards::default(),
    };
    let storage = Sqlite::open(&Path::new(folder).join("bank.sqlite")).unwrap();
    let context = Context::new("bank".parse().unwrap(), Arc::new(storage)).guarded(guards);
    let limits = Limits {
        deadline_ms: u64::try_from(DEADLINE.as_millis()).unwrap(),
        ..Limits::default()
    };
    let bench = Bench::alone(&["ledger", "teller"], |builder| {
        builder.limits(limits).prepared(context)
    });
    let bench = bench.within("bank");
    set_up(&bench, holders);

    let (requests, queue) = mpsc::channel::<String>();
    let queue = Mutex::new(queue);
    child::say(READY);
    thread::scope(|scope| {
        for _ in 0..callers {
            scope.spawn(|| {
                loop {
                    let next = queue.lock().unwrap().recv();
                    let Ok(line) = next else { return };
                    child::say(&answer(&bench, &line));
                }
            });
        }
        for line in child::lines() {
            requests.send(line).unwrap();
        }
        drop(requests);
    });
}

/// Opens the accounts, unless an earlier process did.
fn set_up(bench: &Bench, holders: usize) {
    let bound = bench.bind("/accounts", "ledger", r#"{"unit":"usd","scale":2}"#, "each");
    if let Err(error) = bound {
        return assert_eq!(error.code(), Code::AlreadyBound, "{error}");
    }
    for holder in 0..holders {
        let path = format!("/accounts/holder-{holder}/usd");
        bench.mint(&path, &format!("{}.00", CENTS_EACH / 100)).unwrap();
    }
}

/// `ID ok REPLAYED OUTPUT`, or `ID CODE`.
fn answer(bench: &Bench, line: &str) -> String {
    let mut words = line.splitn(3, ' ');
    let mut word = || words.next().unwrap();
    let (id, caller, input) = (word(), word(), word());
    let request = Request::run("teller", input);
    // What only looks needs no id.
    let request = match id.parse() {
        Ok(run) => request.id(run),
        Err(_) => request,
    };
    let Report { result, replayed, .. } = bench.perform(caller, request);
    match result {
        Ok(Answer::Output(output)) => format!("{id} ok {replayed} {output}"),
        Ok(other) => panic!("{other:?}"),
        Err(error) => format!("{id} {}", error.code()),
    }
}
