//! What a runtime reports.

use std::sync::{Arc, Mutex};

use airs_runtime::{Capability, Code, Event};
use airs_tests::{Bench, Script, component, pay};

/// A bench whose events are written down, and what was written.
fn observed(guests: &[&str]) -> (Bench, Arc<Mutex<Vec<String>>>) {
    let events = Arc::new(Mutex::new(Vec::new()));
    let noting = Arc::clone(&events);
    let bench = Bench::alone(guests, |builder| {
        builder.on_event(move |event| noting.lock().unwrap().push(told(event)))
    });
    (bench, events)
}

fn told(event: &Event<'_>) -> String {
    match event {
        Event::Loaded {
            kind,
            name,
            generation,
            digest,
        } => format!("loaded {kind} {name} {generation} {}", digest.len()),
        Event::Unloaded {
            kind,
            name,
            generation,
        } => format!("unloaded {kind} {name} {generation}"),
        Event::Log {
            component,
            attempt,
            line,
            ..
        } => format!("{component} {attempt} {line}"),
        Event::RunEnded {
            what,
            caller,
            attempts,
            failure,
            ..
        } => format!("{what} for {caller} after {attempts}: {failure:?}"),
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
            "loaded driver ledger 1 64",
            "loaded program payment 1 64",
            "bind for operator after 1: None",
            "control for operator after 1: None",
            "payment for alice after 1: None",
            "payment for bob after 1: Some(InsufficientFunds)",
            "unloaded program payment 1",
        ]
    );
}

#[test]
fn an_observer_that_panics_ends_its_run_and_nothing_else() {
    let bench = Bench::alone(&["probe", "ledger", "payment"], |builder| {
        builder.on_event(|event| {
            if let Event::Log { line: "boom", .. } = event {
                std::panic::panic_any("told to");
            }
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
    bench.ask("alice", pay("bob", "1")).unwrap();
    assert_eq!(bench.dollars(["alice", "bob"]), ["9.00", "1.00"]);
    bench
        .runtime
        .load(&component("ledger"), &[Capability::Storage].into())
        .unwrap();
}
