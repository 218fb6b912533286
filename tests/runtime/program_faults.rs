//! A program that goes wrong, and what is said of it.

use std::sync::Mutex;
use std::sync::mpsc::channel;
use std::time::Duration;

use airs_runtime::{Code, Limits, Request};
use airs_tests::{Bench, Script, expect_idle, pay};
use serde_json::json;
use tokio::task::JoinHandle;

#[test]
fn a_panic_names_file_and_line_and_says_what_the_program_said() {
    let bench = Bench::new();
    let error = bench.play("alice", &Script::new().act("panic")).unwrap_err();
    assert_eq!(error.code(), Code::Trap);
    let message = error.message();
    assert!(
        message.starts_with("program \"probe\" panicked at probe/src/lib.rs:"),
        "{message}"
    );
    assert!(message.ends_with(": the script says so"), "{message}");
    let place = message.split(": ").next().unwrap();
    let line: usize = place.split(':').nth(1).unwrap().parse().unwrap();
    let source = include_str!("../guests/probe/src/lib.rs");
    assert!(
        source.lines().nth(line - 1).unwrap().contains("panic!"),
        "{message}"
    );
}

#[test]
fn whoever_goes_on_without_the_memory_that_was_refused_fails_of_something_else() {
    let bench = Bench::new();
    let refused = Script::new().step(json!({ "do": "reserve", "bytes": 1 << 30 }));
    let outcomes = bench.play("alice", &refused).unwrap();
    assert_eq!(outcomes, [json!({ "ok": false })]);
    let error = bench.play("alice", &refused.clone().act("panic")).unwrap_err();
    assert_eq!(error.code(), Code::Trap, "{error}");
    assert!(error.message().contains("panicked at"), "{error}");
    let error = bench.play("alice", &refused.act("hoard")).unwrap_err();
    assert_eq!(error.code(), Code::LimitExceeded, "{error}");
}

#[test]
fn the_cause_of_a_trap_is_the_guests_stack_and_nothing_of_the_hosts() {
    let bench = Bench::new();
    let error = bench.play("alice", &Script::new().act("panic")).unwrap_err();
    let cause = std::error::Error::source(&error).unwrap().to_string();
    assert!(
        cause.contains("misbehave") && cause.contains("probe/src/lib.rs"),
        "{cause}"
    );
    assert!(!cause.contains("tokio") && !cause.contains("clone3"), "{cause}");
}

#[test]
fn a_trap_without_a_word_names_the_line_that_it_came_from() {
    let bench = Bench::new();
    for _ in 0..2 {
        let error = bench.play("alice", &Script::new().act("trap")).unwrap_err();
        assert_eq!(error.code(), Code::Trap);
        let place = error.message().split_once("trapped at ").map(|(_, place)| place);
        let line = place
            .and_then(|place| place.split_once("probe/src/lib.rs:"))
            .map(|(_, line)| line);
        let line = line.and_then(|line| line.split(':').next()).unwrap_or_default();
        let source = include_str!("../guests/probe/src/lib.rs");
        let line = source
            .lines()
            .nth(line.parse::<usize>().unwrap_or(1) - 1)
            .unwrap();
        assert!(line.contains("unreachable"), "{error}");
    }
}

#[test]
fn a_loop_ends_at_the_deadline() {
    let bench = Bench::new();
    let error = bench
        .ask("alice", Script::new().act("loop").request().deadline_ms(50))
        .unwrap_err();
    assert_eq!(error.code(), Code::DeadlineExceeded);
    assert!(error.message().contains("\"probe\""), "{error}");
}

#[test]
fn limits_are_named_when_they_are_reached() {
    let bench = Bench::new();
    for (act, said) in [("recurse", "stack"), ("hoard", "memory_bytes")] {
        let error = bench.play("alice", &Script::new().act(act)).unwrap_err();
        assert_eq!(error.code(), Code::LimitExceeded, "{act}");
        assert!(error.message().contains(said), "{act}: {error}");
    }
}

#[test]
fn to_exit_is_no_way_to_end() {
    let bench = Bench::new();
    let error = bench.play("alice", &Script::new().act("exit")).unwrap_err();
    assert_eq!(error.code(), Code::Trap);
    assert!(error.message().contains("exit"), "{error}");
}

#[test]
fn an_error_of_the_programs_own_is_handed_on_as_it_is() {
    let bench = Bench::new();
    let error = bench.play("alice", &Script::new().act("fail")).unwrap_err();
    assert_eq!(
        (error.code(), error.message()),
        (Code::Rejected, "the script says so")
    );
}

#[test]
fn a_flood_of_lines_is_cut_and_counted() {
    let bench = Bench::new();
    let line = "x".repeat(999);
    let report = bench.perform("alice", Script::new().flood(&line, 1_000).request());
    assert!(report.result.is_ok(), "{report:?}");
    let lines = bench.lines(&report);
    let bytes: usize = lines.iter().map(String::len).sum();
    assert!(bytes < 70_000, "{bytes}");
    let last = lines.last().unwrap();
    assert!(
        last.contains("bytes of log over the limit were dropped"),
        "{last}"
    );
}

#[test]
fn a_line_cannot_pass_for_another_components_nor_drive_a_terminal() {
    let bench = Bench::new();
    let report = bench.perform(
        "alice",
        Script::new().log("a\r\nledger#1: b\u{1b}[2J\u{202e}").request(),
    );
    assert_eq!(
        bench.lines(&report),
        ["probe#1: a", "probe#1: ledger#1: b\\u{1b}[2J\\u{202e}"]
    );
}

#[test]
fn an_input_larger_than_the_programs_memory_harms_nobody() {
    let bench = Bench::new();
    let input = format!(r#"{{"steps":[],"note":"{}"}}"#, "x".repeat(70 << 20));
    let error = bench.ask("alice", Request::run("probe", input)).unwrap_err();
    assert_eq!(error.code(), Code::LimitExceeded, "{error}");
    bench.play("alice", &Script::new().act("count")).unwrap();
}

#[test]
fn a_guest_that_loops_does_not_keep_others_waiting() {
    // More than there are threads: the payments get through because loops yield.
    const LOOPS: usize = 24;
    let limits = Limits {
        deadline_ms: 60_000,
        ..Limits::default()
    };
    let bench = Bench::alone(&["ledger", "payment", "probe"], |builder| builder.limits(limits));
    bench.fund("10.00");
    let (looping, is_looping) = channel();
    let looping = Mutex::new(looping);
    bench.at("it loops now", move || looping.lock().unwrap().send(()).unwrap());
    let executor = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .build()
        .unwrap();
    let start = |_| {
        let script = Script::new().log("it loops now").act("loop");
        let (runtime, request) = (bench.runtime.clone(), bench.addressed("alice", script.request()));
        executor.spawn(async move { runtime.perform(request).await })
    };
    let loops: Vec<_> = (0..LOOPS).map(start).collect();
    for _ in 0..LOOPS {
        is_looping.recv_timeout(Duration::from_secs(60)).unwrap();
    }
    for _ in 0..5 {
        bench.ask("alice", pay("bob", "1")).unwrap();
    }
    assert!(loops.iter().all(|run| !run.is_finished()));
    loops.iter().for_each(JoinHandle::abort);
    expect_idle(&bench.runtime);
    assert_eq!(bench.dollars(["alice", "bob"]), ["5.00", "5.00"]);
}
