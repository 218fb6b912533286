//! Components come and go while runs are made.

use std::sync::atomic::{AtomicBool, Ordering};

use airs_runtime::{Capability, Code, Component, Kind, Request};
use airs_tests::{Bench, Script, component, component_with, pay};

/// A guest under another name.
fn named(guest: &str, name: &str) -> Component {
    component_with(guest, |manifest| manifest.name = name.parse().unwrap())
}

fn running(name: &str, script: &Script) -> Request {
    Request::run(name, script.input())
}

#[test]
fn a_run_in_flight_ends_on_the_program_that_it_began_with() {
    let bench = Bench::new();
    bench.load(&named("probe", "changing-program"));
    let next = named("payment", "changing-program");
    let other = bench.again();
    bench.at("it is replaced now", move || other.load(&next));
    let script = Script::new().act("count").log("it is replaced now").act("count");
    let answer = bench.ask("alice", running("changing-program", &script)).unwrap();
    assert_eq!(answer, r#"{"outcomes":[{"ok":1},{"ok":null},{"ok":2}]}"#);
    // The next one gets the new program, which wants something else.
    let error = bench
        .ask("alice", running("changing-program", &script))
        .unwrap_err();
    assert_eq!(error.code(), Code::InvalidInput);
}

#[test]
fn a_run_uses_the_drivers_of_the_moment_when_it_began() {
    let bench = Bench::new();
    bench.load(&named("probe-driver", "changing-driver"));
    bench.bind("/changing", "changing-driver", "{}", "alice").unwrap();
    let other = bench.again();
    bench.at("the driver goes now", move || {
        other.runtime.unload(&"changing-driver".parse().unwrap()).unwrap();
    });
    // It has not touched the driver when that goes.
    let script = Script::new()
        .log("the driver goes now")
        .intend("/changing", "view debit credit")
        .transfer(0, 0, "1")
        .view(0);
    bench.play("alice", &script).unwrap();
    let error = bench
        .play("alice", &Script::new().intend("/changing", "view"))
        .unwrap_err();
    assert_eq!(error.code(), Code::NotFound);
    assert!(
        error.message().contains("changing-driver") && error.message().contains("not in service"),
        "{error}"
    );
    bench.load(&named("probe-driver", "changing-driver"));
    assert_eq!(
        bench.control("/changing", "get", r#""transfers""#).unwrap(),
        r#""1""#
    );
}

#[test]
fn every_change_is_a_new_generation_and_no_number_comes_twice() {
    let bench = Bench::alone(&[], |builder| builder);
    let name = "payment".parse().unwrap();
    let load = |component: &Component| {
        bench
            .runtime
            .load(component, &[Capability::Storage].into())
            .unwrap()
    };
    let payment = component("payment");
    let first = load(&payment);
    assert_eq!(
        (first.kind, first.generation, &first.digest),
        (Kind::Program, 1, &payment.digest().to_string())
    );
    assert_eq!(load(&payment).generation, 2);
    let third = load(&payment);
    assert_eq!(bench.runtime.components(), [third]);
    assert_eq!(bench.runtime.unload(&name).unwrap().generation, 3);
    assert_eq!(bench.runtime.components(), []);
    let gone = bench.runtime.unload(&name).unwrap_err();
    assert_eq!(gone.code(), Code::NotFound);
    assert_eq!(
        bench.ask("alice", pay("bob", "1")).unwrap_err().code(),
        Code::NotFound
    );
    assert_eq!(load(&payment).generation, 4);
}

#[test]
fn a_load_that_fails_leaves_the_old_one_in_service() {
    let bench = Bench::alone(&["ledger", "payment"], |builder| builder);
    bench.fund("10.00");
    let before = bench.runtime.components();
    let bad = [
        component_with("payment", |manifest| {
            manifest.name = "ledger".parse().unwrap();
            manifest.kind = Kind::Driver;
        }),
        component_with("ledger", |manifest| manifest.capabilities.storage = None),
        component_with("ledger", |manifest| manifest.limits.memory_bytes = 65_536),
    ];
    for bad in bad {
        bench
            .runtime
            .load(&bad, &[Capability::Storage].into())
            .unwrap_err();
        assert_eq!(bench.runtime.components(), before);
        bench.ask("alice", pay("bob", "1")).unwrap();
    }
    bench.runtime.load(&component("ledger"), &[].into()).unwrap_err();
    assert_eq!(bench.dollars(["alice", "bob"]), ["7.00", "3.00"]);
}

#[test]
fn no_run_fails_because_of_a_change() {
    let bench = Bench::alone(&["ledger", "payment"], |builder| builder);
    bench.fund("100.00");
    let changes_are_over = AtomicBool::new(false);
    let (ledger, payment) = (component("ledger"), component("payment"));
    let paid: usize = std::thread::scope(|scope| {
        let payers: Vec<_> = ["bob", "carol"]
            .map(|payee| {
                let (bench, over) = (bench.again(), &changes_are_over);
                scope.spawn(move || {
                    let mut paid = 0;
                    while !over.load(Ordering::SeqCst) && paid < 2_000 {
                        let mut report = bench.perform("alice", pay(payee, "0.01"));
                        // Two pay from one account: that they meet is not what this is about.
                        while report
                            .result
                            .as_ref()
                            .is_err_and(|error| error.code() == Code::Conflict)
                        {
                            report = bench.perform("alice", pay(payee, "0.01"));
                        }
                        report.result.unwrap();
                        paid += 1;
                    }
                    paid
                })
            })
            .into();
        bench.load(&ledger);
        bench.load(&payment);
        changes_are_over.store(true, Ordering::SeqCst);
        payers.into_iter().map(|payer| payer.join().unwrap()).sum()
    });
    assert!(paid > 0);
    let left = 10_000 - paid;
    assert_eq!(
        bench.dollars(["alice"]),
        [format!("{}.{:02}", left / 100, left % 100)]
    );
    assert!(bench.runtime.is_idle());
}
