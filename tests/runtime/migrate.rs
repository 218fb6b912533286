//! A driver is replaced by one that stores things in another form, while runs go on.

mod contexts;

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use airs_runtime::{Capability, Code, Component, Error, Limits, Loaded, RuntimeBuilder, State};
use airs_tests::{Bench, Script, component, component_with, pay};

/// The first version of the driver `tally`.
fn first() -> Component {
    component("tally")
}

/// Its second one.
fn second() -> Component {
    component_with("tally-next", |manifest| manifest.name = "tally".parse().unwrap())
}

fn load(bench: &Bench, component: &Component) -> Result<Loaded, Error> {
    bench.runtime.load(component, &[Capability::Storage].into())
}

fn with_first(set_up: impl FnOnce(RuntimeBuilder) -> RuntimeBuilder) -> Bench {
    // Runs wait while what replaces their driver is compiled, which takes long on a busy machine.
    let limits = Limits {
        deadline_ms: 60_000,
        ..Limits::default()
    };
    let bench = Bench::alone(&["payment", "probe"], |builder| set_up(builder.limits(limits)));
    bench.load(&first());
    bench
}

fn bind(bench: &Bench) {
    bench.bind("/accounts", "tally", "null", "each").unwrap();
}

/// What came to all, what went from all, and how many keys there are.
fn sums(bench: &Bench) -> (u64, u64, usize) {
    let sums = bench.control("/accounts", "sums", "null").unwrap();
    serde_json::from_str(&sums).unwrap()
}

fn instruct(bench: &Bench, how: &str) {
    bench
        .control("/accounts", "instruct", &format!("{how:?}"))
        .unwrap();
}

#[test]
fn a_newer_schema_comes_while_a_thousand_runs_go_on_and_none_is_lost_or_half() {
    const PAYERS: usize = 8;
    const RUNS_EACH: usize = 125;
    let bench = with_first(|builder| builder);
    bind(&bench);
    let second = second();
    let (paid, is_loaded) = (AtomicUsize::new(0), AtomicBool::new(false));
    let (before, all) = thread::scope(|scope| {
        let payers: Vec<_> = (0..PAYERS)
            .map(|payer| {
                let (bench, paid, is_loaded) = (bench.again(), &paid, &is_loaded);
                scope.spawn(move || {
                    let (caller, payee) = (format!("payer-{payer}"), format!("payee-{payer}"));
                    let mut mine = 0;
                    while mine < RUNS_EACH || !is_loaded.load(Ordering::SeqCst) {
                        bench.ask(&caller, pay(&payee, "1")).unwrap();
                        mine += 1;
                        paid.fetch_add(1, Ordering::SeqCst);
                    }
                    mine
                })
            })
            .collect();
        while paid.load(Ordering::SeqCst) < PAYERS * RUNS_EACH / 2 {
            thread::yield_now();
        }
        let loaded = load(&bench, &second);
        let before = paid.load(Ordering::SeqCst);
        is_loaded.store(true, Ordering::SeqCst);
        loaded.unwrap();
        let all: usize = payers.into_iter().map(|payer| payer.join().unwrap()).sum();
        (before, all)
    });
    assert!(before >= PAYERS * RUNS_EACH / 2 && all >= PAYERS * RUNS_EACH);
    // Each of them is in the new form, whole and once, and nothing of the old one is left.
    let all = u64::try_from(all).unwrap();
    assert_eq!(sums(&bench), (all, all, 2 * PAYERS));
    bench.ask("payer-0", pay("payee-0", "1")).unwrap();
    assert_eq!(sums(&bench), (all + 1, all + 1, 2 * PAYERS));
    assert!(bench.runtime.is_idle());
}

#[test]
fn a_run_that_wrote_with_the_old_driver_is_made_again_with_the_new_one() {
    let bench = with_first(|builder| builder);
    bind(&bench);
    bench.ask("alice", pay("bob", "1")).unwrap();
    let (other, second, is_replaced) = (bench.again(), second(), AtomicBool::new(false));
    bench.at("it is replaced now", move || {
        if !is_replaced.swap(true, Ordering::SeqCst) {
            load(&other, &second).unwrap();
        }
    });
    let script = Script::new()
        .intend("~/usd", "debit")
        .intend("/accounts/bob/usd", "credit")
        .transfer(0, 1, "2")
        .log("it is replaced now");
    let report = bench.perform("alice", script.request());
    assert_eq!((report.result.is_ok(), report.attempts), (true, 2));
    assert_eq!(sums(&bench), (3, 3, 2));
}

#[test]
fn a_run_that_only_looks_ends_on_the_driver_that_it_began_with() {
    let bench = with_first(|builder| builder);
    bind(&bench);
    bench.ask("alice", pay("bob", "1")).unwrap();
    let (other, second) = (bench.again(), second());
    bench.at("it is replaced now", move || {
        load(&other, &second).unwrap();
        let held = other.runtime.generations();
        let tally = held.iter().filter(|one| one.component.name.as_str() == "tally");
        let tally: Vec<_> = tally
            .map(|one| (one.component.generation, one.in_service))
            .collect();
        assert_eq!(tally, [(1, false), (2, true)]);
    });
    let script = Script::new()
        .intend("/accounts/bob/usd", "view")
        .log("it is replaced now")
        .view(0);
    let report = bench.perform("alice", script.request());
    report.result.unwrap();
    assert_eq!(report.attempts, 1);
    let held = bench.runtime.generations();
    assert!(held.iter().all(|one| one.in_service), "{held:?}");
    assert_eq!(bench.balance("/accounts/bob/usd"), "1");
}

#[test]
fn a_run_in_flight_keeps_the_driver_that_was_unloaded_until_it_ends() {
    let bench = with_first(|builder| builder);
    bind(&bench);
    let other = bench.again();
    let held = move || {
        let generations = other.runtime.generations().into_iter();
        let tally = generations.filter(|one| one.component.name.as_str() == "tally");
        tally.map(|one| one.in_service).collect::<Vec<_>>()
    };
    let (other, during) = (bench.again(), held.clone());
    bench.at("it goes now", move || {
        other.runtime.unload(&"tally".parse().unwrap()).unwrap();
        assert_eq!(during(), [false]);
    });
    assert_eq!(held(), [true]);
    let script = Script::new()
        .intend("~/usd", "debit")
        .intend("/accounts/bob/usd", "credit")
        .log("it goes now")
        .transfer(0, 1, "2");
    let report = bench.perform("alice", script.request());
    assert_eq!((report.result.is_ok(), report.attempts), (true, 1));
    assert!(held().is_empty());
    assert_eq!(
        bench.ask("alice", pay("bob", "1")).unwrap_err().code(),
        Code::NotFound
    );
    bench.load(&second());
    assert_eq!(sums(&bench), (2, 2, 2));
}

#[test]
fn a_migration_that_goes_wrong_leaves_the_old_driver_and_its_data() {
    let bench = with_first(|builder| builder.migrate_within(Duration::from_millis(1_500)));
    bind(&bench);
    bench.ask("alice", pay("bob", "5")).unwrap();
    let second = second();
    for (how, code, why) in [
        ("refuse", Code::Rejected, "told to refuse"),
        ("panic", Code::Trap, "told to"),
        ("loop", Code::DeadlineExceeded, "tally"),
        ("recurse", Code::LimitExceeded, "called too deep"),
        ("hoard", Code::LimitExceeded, "memory_bytes"),
        ("shout", Code::LimitExceeded, "host_call_bytes"),
        ("stay", Code::Rejected, "stays at schema version 1"),
        ("go back", Code::Rejected, "version 1 already"),
    ] {
        instruct(&bench, how);
        let (before, in_service) = (sums(&bench), bench.runtime.components());
        let error = load(&bench, &second).unwrap_err();
        assert_eq!(error.code(), code, "{how}: {error}");
        assert!(error.message().starts_with("driver tally: "), "{how}: {error}");
        assert!(error.message().contains(why), "{how}: {error}");
        let advised = error
            .hint_text()
            .is_some_and(|hint| hint.contains("one transaction"));
        assert_eq!(advised, how == "flood", "{error:?}");
        assert_eq!(bench.runtime.components(), in_service, "{how}");
        assert_eq!(sums(&bench), before, "{how}");
        bench.ask("alice", pay("bob", "1")).unwrap();
    }
    instruct(&bench, "");
    assert_eq!(load(&bench, &second).unwrap().generation, 2);
    assert_eq!(sums(&bench), (13, 13, 2));
    assert!(bench.runtime.is_idle());
}

#[test]
fn more_than_one_transaction_takes_cannot_be_migrated_and_is_said_how_it_can_be() {
    let bench = with_first(|builder| builder);
    bind(&bench);
    bench.ask("alice", pay("bob", "5")).unwrap();
    instruct(&bench, "flood");
    let error = load(&bench, &second()).unwrap_err();
    assert_eq!(error.code(), Code::LimitExceeded, "{error}");
    assert!(error.message().contains("storage_write_bytes"), "{error}");
    let hint = error.hint_text().unwrap();
    assert!(hint.contains("read the old form too"), "{hint}");
    assert_eq!(sums(&bench), (5, 5, 2));
}

#[test]
fn a_driver_that_is_older_than_what_is_stored_is_refused() {
    let bench = with_first(|builder| builder);
    bind(&bench);
    bench.ask("alice", pay("bob", "1")).unwrap();
    bench.load(&second());
    let older = load(&bench, &first()).unwrap_err();
    assert_eq!(older.code(), Code::Rejected);
    assert!(older.message().contains("it knows schema version 1"), "{older}");
    // Nor is one that does not know of versions at all.
    let none = component_with("ledger", |manifest| manifest.name = "tally".parse().unwrap());
    let none = load(&bench, &none).unwrap_err();
    assert_eq!(none.code(), Code::Rejected, "{none}");
    assert!(none.message().contains("schema version 2"), "{none}");
    bench.ask("alice", pay("bob", "1")).unwrap();
    assert_eq!(sums(&bench), (2, 2, 2));
}

#[test]
fn who_takes_a_name_out_of_service_waits_for_a_load_of_it() {
    // However long that may take.
    let bench = with_first(|builder| builder.migrate_within(Duration::MAX));
    let (other, unloading) = (bench.again(), Arc::new(Mutex::new(Vec::new())));
    let started = Arc::clone(&unloading);
    bench.at("migrating from 1", move || {
        let bench = other.again();
        let unload = move || bench.runtime.unload(&"tally".parse().unwrap());
        started.lock().unwrap().push(thread::spawn(unload));
    });
    assert_eq!(load(&bench, &first()).unwrap().generation, 2);
    let unloaded: Vec<_> = unloading.lock().unwrap().drain(..).collect();
    assert_eq!(unloaded.len(), 1);
    for unloaded in unloaded {
        assert_eq!(unloaded.join().unwrap().unwrap().generation, 2);
    }
}

#[test]
fn what_another_runtime_has_migrated_is_refused_to_the_old_driver_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let on = || with_first(|builder| builder.state(State::folder(folder.path())));
    let made = on();
    bind(&made);
    made.ask("alice", pay("bob", "1")).unwrap();
    drop(made);
    // It owns nothing, as it has not committed.
    let old = on();
    assert_eq!(old.balance("/accounts/bob/usd"), "1");
    let new = Bench::alone(&["payment"], |builder| {
        builder.state(State::folder(folder.path()))
    });
    new.load(&second());
    let error = old.ask("alice", pay("bob", "1")).unwrap_err();
    assert_eq!(error.code(), Code::Rejected, "{error}");
    assert!(
        error.message().contains("what is stored has version 2"),
        "{error}"
    );
    new.ask("alice", pay("bob", "1")).unwrap();
    assert_eq!(sums(&new), (2, 2, 2));
    old.load(&second());
    assert_eq!(old.balance("/accounts/bob/usd"), "2");
}
