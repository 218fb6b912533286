//! A run that nobody waits for any more.

use std::sync::Mutex;
use std::sync::mpsc::{Sender, channel};
use std::task::{Context, Waker};
use std::thread;

use airs_runtime::Limits;
use airs_tests::{Bench, Script, expect_idle, pay};

/// With these a run ends long after it is dropped, if it ends by itself.
fn patient() -> Limits {
    Limits {
        deadline_ms: 60_000,
        ..Limits::default()
    }
}

#[test]
fn a_run_that_is_dropped_leaves_nothing_and_gives_everything_back() {
    let bench = Bench::alone(&["ledger", "payment", "probe"], |builder| {
        builder.limits(patient())
    });
    bench.fund("10.00");
    let executor = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .build()
        .unwrap();
    let (paid, has_paid) = channel();
    let (drop_it, dropped) = channel::<()>();
    let (paid, dropped) = (Mutex::new(paid), Mutex::new(dropped));
    bench.at("it may be dropped", move || {
        paid.lock().unwrap().send(()).unwrap();
        dropped.lock().unwrap().recv().unwrap();
    });
    for last in ["loop", "count"] {
        let script = Script::new()
            .intend("~/usd", "debit")
            .intend("/accounts/bob/usd", "credit")
            .transfer(0, 1, "1");
        // Longer than a tick, so that it yields and sees that it was dropped.
        let script = script.log("it may be dropped").act(last).act("loop");
        let request = bench.addressed("alice", script.request());
        let runtime = bench.runtime.clone();
        let run = executor.spawn(async move { runtime.perform(request).await });
        has_paid.recv().unwrap();
        run.abort();
        assert!(executor.block_on(run).unwrap_err().is_cancelled());
        drop_it.send(()).unwrap();
        expect_idle(&bench.runtime);
        assert_eq!(bench.dollars(["alice", "bob"]), ["10.00", "0.00"]);
    }
    bench.ask("alice", pay("bob", "1")).unwrap();
}

#[test]
fn a_run_that_is_dropped_at_any_moment_is_whole_or_not_there() {
    let bench = Bench::alone(&["ledger", "payment", "probe"], |builder| {
        builder.limits(patient())
    });
    bench.fund("100.00");
    for patience in 0..400_u32 {
        let request = bench.addressed("alice", pay("bob", "0.01"));
        let mut run = Box::pin(bench.runtime.perform(request));
        // Looked at a number of times, then dropped: somewhere between its beginning and its end.
        for _ in 0..patience {
            if run
                .as_mut()
                .poll(&mut Context::from_waker(Waker::noop()))
                .is_ready()
            {
                break;
            }
            thread::yield_now();
        }
    }
    expect_idle(&bench.runtime);
    let [alice, bob] = bench
        .dollars(["alice", "bob"])
        .map(|dollars| dollars.replace('.', "").parse::<u32>().unwrap());
    assert_eq!(alice + bob, 10_000);
}

#[test]
fn a_runtime_may_be_dropped_within_a_future_and_with_runs_in_it() {
    let bench = Bench::alone(&["ledger", "payment", "probe"], |builder| builder);
    bench.fund("10.00");
    let executor = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .build()
        .unwrap();
    let (looping, is_looping): (Sender<()>, _) = channel();
    let looping = Mutex::new(looping);
    bench.at("it loops now", move || looping.lock().unwrap().send(()).unwrap());
    let request = bench.addressed(
        "alice",
        Script::new()
            .log("it loops now")
            .act("loop")
            .request()
            .deadline_ms(200),
    );
    let runtime = bench.runtime.clone();
    let run = executor.spawn(async move { runtime.perform(request).await });
    is_looping.recv().unwrap();
    executor.block_on(async move { drop(bench) });
    let report = executor.block_on(run).unwrap();
    assert_eq!(
        report.result.unwrap_err().code(),
        airs_runtime::Code::DeadlineExceeded
    );
}
