//! Those who met a conflict come through, one after the other.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::task::{Context, Waker};
use std::time::Duration;

use airs_platform::Memory;
use airs_runtime::{Code, Name, Report, Request};
use airs_tests::{Bench, Script, pay};

/// Makes a run that pays a dollar from alice to bob and writes `line` then: the first time somebody else pays
/// too, so that it meets a conflict; the second time `then` is done.
fn held_up(bench: &Bench, line: &str, then: impl Fn(&Bench) + Send + Sync + 'static) -> Report {
    let (other, times) = (bench.again(), AtomicU32::new(0));
    bench.at(line, move || match times.fetch_add(1, Ordering::SeqCst) {
        0 => drop(other.ask("alice", pay("bob", "1")).unwrap()),
        1 => then(&other),
        _ => {}
    });
    let script = Script::new()
        .intend("~/usd", "debit")
        .intend("/accounts/bob/usd", "credit")
        .transfer(0, 1, "1")
        .log(line);
    bench.perform("alice", script.request())
}

/// What nobody comes through in who has to wait.
const SOON_MS: u64 = 50;

/// Dollars of alice's, in a context in which a turn lasts so long at most.
fn bench(turn_max: Duration) -> Bench {
    let context = airs_driver::Context::new(Name::local(), Arc::new(Memory::new()));
    let bench = Bench::alone(&["ledger", "payment", "probe", "probe-driver"], |builder| {
        builder.prepared(context.with_turns_of(turn_max))
    });
    bench.fund("10.00");
    bench
}

const AMPLE: Duration = Duration::from_secs(60);

#[test]
fn who_met_a_conflict_is_not_overtaken_by_who_touches_the_same() {
    let bench = bench(AMPLE);
    bench.mint("/accounts/carol/usd", "10").unwrap();
    let report = held_up(&bench, "nobody overtakes", |others| {
        for (caller, payee) in [("alice", "dave"), ("carol", "alice"), ("carol", "bob")] {
            let report = others.perform(caller, pay(payee, "1").deadline_ms(SOON_MS));
            let error = report.result.unwrap_err();
            assert_eq!(error.code(), Code::DeadlineExceeded, "{error}");
            // It waited for its turn, and did not try again and again.
            assert_eq!(report.attempts, 1);
        }
        // Neither who touches something else nor who only looks has to wait.
        let elsewhere = others.perform("carol", pay("dave", "1"));
        assert_eq!((elsewhere.result.is_ok(), elsewhere.attempts), (true, 1));
        let look = others.perform("bob", Request::view("/accounts/alice/usd"));
        assert_eq!((look.result.is_ok(), look.attempts), (true, 1));
    });
    assert_eq!((report.result.is_ok(), report.attempts), (true, 2));
    assert_eq!(
        bench.dollars(["alice", "bob", "carol", "dave"]),
        ["8.00", "2.00", "9.00", "1.00"]
    );
}

#[test]
fn who_takes_too_long_is_overtaken_and_comes_through_later() {
    let bench = bench(Duration::from_millis(20));
    let report = held_up(&bench, "it takes its time", |others| {
        let report = others.perform("alice", pay("carol", "1"));
        assert_eq!((report.result.is_ok(), report.attempts), (true, 2));
    });
    assert_eq!((report.result.is_ok(), report.attempts), (true, 3));
    assert_eq!(bench.dollars(["alice", "bob", "carol"]), ["7.00", "2.00", "1.00"]);
}

#[test]
fn who_is_dropped_while_it_waits_is_not_waited_for() {
    let bench = bench(AMPLE);
    let report = held_up(&bench, "somebody gives up", |others| {
        for _ in 0..5 {
            let request = others.addressed("alice", pay("dave", "1"));
            let mut run = Box::pin(others.runtime.perform(request));
            let mut context = Context::from_waker(Waker::noop());
            assert!(run.as_mut().poll(&mut context).is_pending());
            // Another one shows that there was time to be attempted, and to join the line.
            let behind = others.perform("alice", pay("dave", "1").deadline_ms(SOON_MS));
            assert!(behind.result.is_err());
            drop(run);
        }
    });
    assert_eq!((report.result.is_ok(), report.attempts), (true, 2));
    // The last one that was dropped leaves the line when its task is: it may be met once, and then there is nobody.
    let after = bench.perform("alice", pay("dave", "1"));
    assert!(after.result.is_ok() && after.attempts <= 2, "{after:?}");
    assert_eq!(bench.perform("alice", pay("dave", "1")).attempts, 1);
    assert_eq!(bench.dollars(["alice", "bob", "dave"]), ["6.00", "2.00", "2.00"]);
}

#[test]
fn who_searches_waits_for_who_writes_there() {
    let bench = bench(AMPLE);
    bench.bind("/probe", "probe-driver", "{}", "operator").unwrap();
    let (other, times) = (bench.again(), AtomicU32::new(0));
    bench.at("somebody searches", move || {
        let set = |key: &str, deadline_ms: u64| {
            let input = format!(r#"["{key}","x"]"#);
            let request = Request::control("/probe", "set", input);
            other.perform("operator", request.deadline_ms(deadline_ms))
        };
        match times.fetch_add(1, Ordering::SeqCst) {
            0 => assert!(set("k/1", 5_000).result.is_ok()),
            _ => {
                let within = set("k/2", SOON_MS).result.unwrap_err();
                assert_eq!(within.code(), Code::DeadlineExceeded);
                assert!(set("elsewhere", 5_000).result.is_ok());
            }
        }
    });
    let script = Script::new()
        .intend("/probe", "control")
        .control(0, "scan", "k/".into())
        .log("somebody searches")
        .control(0, "set", serde_json::json!(["found", "x"]));
    let report = bench.perform("operator", script.request());
    assert_eq!((report.result.is_ok(), report.attempts), (true, 2));
}
