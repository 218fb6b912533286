//! Many at once.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use airs_runtime::{ATTEMPTS_MAX, State};
use airs_tests::{Bench, pay};

/// Each of `callers` pays the next ones a cent, `times` times: however they meet, everybody comes through.
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
                    bench
                        .ask(&name(number), pay(&name(number + time), "0.01"))
                        .unwrap();
                    paid.fetch_add(1, Ordering::Relaxed);
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
    assert_eq!(paid.into_inner(), callers * times);
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

/// So many callers pay out of one account, `times` times each, all at once.
fn all_on_one_account(bench: &Bench, callers: usize, times: usize) {
    bench.fund("1000.00");
    let attempts = Mutex::new(Vec::new());
    thread::scope(|scope| {
        for _ in 0..callers {
            scope.spawn(|| {
                for _ in 0..times {
                    let report = bench.perform("alice", pay("bob", "0.01"));
                    report.result.unwrap();
                    attempts.lock().unwrap().push(report.attempts);
                }
            });
        }
    });
    let attempts = attempts.into_inner().unwrap();
    assert!(*attempts.iter().max().unwrap() < ATTEMPTS_MAX, "{attempts:?}");
    let (left, paid) = (100_000 - attempts.len(), attempts.len());
    let dollars = |cents: usize| format!("{}.{:02}", cents / 100, cents % 100);
    assert_eq!(bench.dollars(["alice", "bob"]), [dollars(left), dollars(paid)]);
    assert!(bench.runtime.is_idle());
}

#[test]
fn sixty_four_callers_on_one_account_all_come_through_in_memory() {
    all_on_one_account(&Bench::alone(&["ledger", "payment"], |builder| builder), 64, 20);
}

#[test]
fn a_crowd_on_one_account_all_comes_through_in_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let bench = Bench::alone(&["ledger", "payment"], |builder| {
        builder.state(State::folder(folder.path()))
    });
    all_on_one_account(&bench, 16, 5);
}
