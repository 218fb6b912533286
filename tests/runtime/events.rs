//! What a runtime reports.

use std::sync::mpsc::channel;
use std::sync::{Arc, Mutex};

use airs_runtime::{Capability, Code, Event, Request};
use airs_tests::{Bench, Notes, Script, component, pay};

/// A bench whose events are written down, and what was written.
fn observed(guests: &[&str]) -> (Bench, Notes) {
    Bench::noting(guests, |builder| builder, |event| Some(told(event)))
}

fn told(event: &Event<'_>) -> String {
    match event {
        Event::Compiled { digest, source } => format!("compiled {} {source}", digest.len()),
        Event::Loaded {
            kind,
            name,
            generation,
            digest,
        } => format!("loaded {kind} {name} {generation} {}", digest.len()),
        Event::Refused {
            kind,
            name,
            digest,
            failure,
            ..
        } => format!("refused {kind} {name} {} {failure}", digest.len()),
        Event::Unloaded {
            kind,
            name,
            generation,
        } => format!("unloaded {kind} {name} {generation}"),
        Event::Log {
            context: Some(context),
            component,
            attempt,
            line,
            ..
        } => format!("{component} in {context} {attempt} {line}"),
        Event::RunEnded {
            context,
            what,
            caller,
            attempts,
            failure,
            ..
        } => format!("{what} for {caller} in {context} after {attempts}: {failure:?}"),
        other => format!("{other:?}"),
    }
}

#[test]
fn every_change_and_every_run_is_reported() {
    let (bench, events) = observed(&[]);
    bench.load(&component("ledger"));
    bench.runtime.load(&component("payment"), &[].into()).unwrap();
    bench.runtime.load(&component("ledger"), &[].into()).unwrap_err();
    bench.fund("10.00");
    bench.ask("alice", pay("bob", "1")).unwrap();
    bench.ask("bob", pay("alice", "5")).unwrap_err();
    bench.runtime.unload(&"payment".parse().unwrap()).unwrap();
    assert_eq!(
        *events.lock().unwrap(),
        [
            "compiled 64 here",
            "loaded driver ledger 1 64",
            "compiled 64 here",
            "loaded program payment 1 64",
            "refused driver ledger 64 ungranted-capability",
            "bind for operator in local after 1: None",
            "control for operator in local after 1: None",
            "payment for alice in local after 1: None",
            "payment for bob in local after 1: Some(InsufficientFunds)",
            "unloaded program payment 1",
        ]
    );
}

#[test]
fn a_run_that_is_given_up_has_ended_once_and_is_cancelled() {
    let (tell, events) = channel();
    let tell = Mutex::new(tell);
    let bench = Bench::alone(&["probe"], |builder| {
        builder.on_event(move |event| tell.lock().unwrap().send(told(event)).unwrap())
    });
    let executor = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .build()
        .unwrap();
    assert_eq!(events.recv().unwrap(), "compiled 64 here");
    assert!(events.recv().unwrap().starts_with("loaded program probe"));
    let request = bench.addressed("alice", Script::new().log("give me up").act("loop").request());
    let runtime = bench.runtime.clone();
    let run = executor.spawn(async move { runtime.perform(request).await });
    assert_eq!(events.recv().unwrap(), "probe in local 1 give me up");
    run.abort();
    bench.perform("bob", Request::bindings());
    drop((bench, executor));
    let mut ended: Vec<String> = events.iter().collect();
    ended.sort();
    assert_eq!(
        ended,
        [
            "bindings for bob in local after 1: None",
            "probe for alice in local after 1: Some(Cancelled)"
        ]
    );
}

#[test]
fn an_observer_that_panics_ends_its_run_and_nothing_else() {
    let failures = Arc::new(Mutex::new(Vec::new()));
    let noting = Arc::clone(&failures);
    let bench = Bench::alone(&["probe", "ledger", "payment"], |builder| {
        builder.on_event(move |event| match event {
            Event::Log { line: "boom", .. } => std::panic::panic_any("told to"),
            Event::RunEnded {
                failure: Some(code), ..
            } => noting.lock().unwrap().push(*code),
            _ => {}
        })
    });
    bench.fund("10.00");
    let script = Script::new()
        .intend("~/usd", "debit")
        .intend("/accounts/bob/usd", "credit")
        .transfer(0, 1, "1")
        .log("boom");
    for _ in 0..20 {
        let error = bench.play("alice", &script).unwrap_err();
        assert_eq!(error.code(), Code::Internal, "{error}");
        assert!(bench.runtime.is_idle());
    }
    assert_eq!(*failures.lock().unwrap(), [Code::Internal; 20]);
    bench.ask("alice", pay("bob", "1")).unwrap();
    assert_eq!(bench.dollars(["alice", "bob"]), ["9.00", "1.00"]);
    bench
        .runtime
        .load(&component("ledger"), &[Capability::Storage].into())
        .unwrap();
}

#[test]
fn what_is_committed_stays_so_also_when_the_observer_panics_when_it_is_told() {
    let told = Arc::new(Mutex::new(0));
    let noting = Arc::clone(&told);
    let bench = Bench::alone(&[], |builder| {
        builder.on_event(move |event| {
            if let Event::RunEnded { .. } = event {
                *noting.lock().unwrap() += 1;
                std::panic::panic_any("told to");
            }
        })
    });
    let (one, more) = (Request::bindings, || {
        vec![Request::bindings(), Request::bindings()]
    });
    assert!(bench.perform("alice", one()).result.is_ok());
    let executor = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let all = executor.block_on(bench.runtime.perform_all(more()));
    assert!(all.iter().all(|report| report.result.is_ok()), "{all:?}");
    assert_eq!(*told.lock().unwrap(), 3);
}

#[test]
fn what_would_block_an_asynchronous_context_is_refused() {
    let bench = Bench::alone(&[], |builder| builder);
    let executor = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let report = executor.block_on(async { bench.perform("alice", Request::bindings()) });
    assert_eq!(report.attempts, 0);
    assert_eq!(report.result.unwrap_err().code(), Code::Unsupported);
}
