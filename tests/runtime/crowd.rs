//! Many at once.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;

use airs_runtime::{Code, State};
use airs_tests::{Bench, pay};

/// Each of `callers` pays the next ones a cent, `times` times; all succeed that do not meet others too often.
fn everybody_pays(bench: &Bench, callers: usize, times: usize) {
    bench
        .bind("/accounts", "ledger", r#"{"unit":"usd","scale":2}"#, "each")
        .unwrap();
    let name = |number: usize| format!("caller-{}", number % callers);
    for number in 0..callers {
        bench
            .mint(&format!("/accounts/{}/usd", name(number)), "1")
            .unwrap();
    }
    let paid = AtomicUsize::new(0);
    thread::scope(|scope| {
        for number in 0..callers {
            let (bench, paid) = (bench.again(), &paid);
            scope.spawn(move || {
                for time in 1..=times {
                    match bench.ask(&name(number), pay(&name(number + time), "0.01")) {
                        Ok(_) => paid.fetch_add(1, Ordering::Relaxed),
                        Err(error) => {
                            assert_eq!(error.code(), Code::Conflict, "{error}");
                            0
                        }
                    };
                }
            });
        }
    });
    let cents = |number| {
        bench
            .balance(&format!("/accounts/{}/usd", name(number)))
            .replace('.', "")
            .parse::<usize>()
            .unwrap()
    };
    assert_eq!((0..callers).map(cents).sum::<usize>(), callers * 100);
    assert!(paid.into_inner() > callers, "hardly anybody came through");
    assert!(bench.runtime.is_idle());
}

#[test]
fn sixty_four_callers_make_and_lose_no_money_in_memory() {
    everybody_pays(&Bench::alone(&["ledger", "payment"], |builder| builder), 64, 20);
}

#[test]
fn a_crowd_makes_and_loses_no_money_in_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let bench = Bench::alone(&["ledger", "payment"], |builder| {
        builder.state(State::folder(folder.path()))
    });
    everybody_pays(&bench, 16, 10);
}

#[test]
fn every_success_on_a_hot_account_counts_exactly_once() {
    let bench = Bench::with_dollars("1000.00");
    let reports = Arc::new(Mutex::new(Vec::new()));
    thread::scope(|scope| {
        for _ in 0..4 {
            let (bench, reports) = (bench.again(), Arc::clone(&reports));
            scope.spawn(move || {
                for _ in 0..100 {
                    let report = bench.perform("alice", pay("bob", "0.01"));
                    reports.lock().unwrap().push(report);
                }
            });
        }
    });
    let reports = reports.lock().unwrap();
    let failed = reports.iter().filter_map(|report| report.result.as_ref().err());
    let failed: Vec<Code> = failed.map(airs_runtime::Error::code).collect();
    assert!(failed.iter().all(|code| *code == Code::Conflict), "{failed:?}");
    let cents = reports.len() - failed.len();
    let dollars = format!("{}.{:02}", cents / 100, cents % 100);
    assert_eq!(bench.dollars(["bob"]), [dollars]);
    let left = 100_000 - cents;
    assert_eq!(
        bench.dollars(["alice"]),
        [format!("{}.{:02}", left / 100, left % 100)]
    );
}
