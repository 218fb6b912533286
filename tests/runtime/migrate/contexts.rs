//! What is migrated in several contexts.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::channel;
use std::sync::{Arc, Mutex};
use std::thread;

use airs_driver::Context;
use airs_platform::{Commit, Committed, Memory, Snapshot, Storage, StorageError};
use airs_runtime::{Code, Event, Name};
use airs_tests::{Bench, Script, pay};
use futures_util::future::BoxFuture;

use super::{bind, first, instruct, load, second, sums};

/// A runtime with the contexts `local` and `guests`, and what was migrated there.
fn in_two_contexts() -> (Bench, Arc<Mutex<Vec<String>>>) {
    let told = Arc::new(Mutex::new(Vec::new()));
    let telling = Arc::clone(&told);
    let bench = Bench::watched(&["payment", "probe"], move |event| {
        if let Event::Migrated {
            context,
            driver,
            generation,
            from,
            to,
        } = event
        {
            let told = format!("{driver} {generation} in {context}: {from} to {to}");
            telling.lock().unwrap().push(told);
        }
    });
    bench.load(&first());
    let bench = bench.within("local");
    for bench in [&bench, &bench.within("guests")] {
        bind(bench);
        bench.ask("alice", pay("bob", "1")).unwrap();
    }
    (bench, told)
}

#[test]
fn a_migration_is_told_where_something_was_changed_and_only_there() {
    let (bench, told) = in_two_contexts();
    bench.load(&first());
    bench.load(&second());
    bench.load(&second());
    assert_eq!(
        *told.lock().unwrap(),
        [
            "tally 1 in local: 0 to 1",
            "tally 1 in guests: 0 to 1",
            "tally 3 in local: 1 to 2",
            "tally 3 in guests: 1 to 2",
        ]
    );
}

#[test]
fn what_cannot_be_migrated_in_one_context_is_migrated_in_none() {
    let (bench, told) = in_two_contexts();
    let guests = bench.within("guests");
    instruct(&guests, "refuse");
    let error = load(&bench, &second()).unwrap_err();
    assert_eq!(error.code(), Code::Rejected);
    assert!(
        error.message().starts_with("driver tally: context guests: "),
        "{error}"
    );
    assert_eq!(told.lock().unwrap().len(), 2);
    for bench in [bench, guests] {
        bench.ask("alice", pay("bob", "1")).unwrap();
        assert_eq!(sums(&bench), (2, 2, 2));
    }
}

#[test]
fn a_run_that_meets_migrated_data_waits_for_the_driver_that_it_is_for() {
    let (bench, _) = in_two_contexts();
    let (started, starts) = channel();
    let started = Mutex::new(started);
    bench.at("it has begun", move || {
        // The second attempt has nobody to tell.
        let _ = started.lock().unwrap().send(());
    });
    let (waiting, times) = (Arc::new(Mutex::new(None)), AtomicUsize::new(0));
    let (other, run, starts) = (bench.again(), Arc::clone(&waiting), Mutex::new(starts));
    bench.at("migrating from 1", move || {
        // Rehearsed in both contexts, done in the first, and about to be done in the second.
        if times.fetch_add(1, Ordering::SeqCst) != 3 {
            return;
        }
        let bench = other.again();
        let script = Script::new()
            .log("it has begun")
            .intend("~/usd", "debit")
            .intend("/accounts/bob/usd", "credit")
            .transfer(0, 1, "1");
        let made = thread::spawn(move || bench.perform("alice", script.request()));
        starts.lock().unwrap().recv().unwrap();
        *run.lock().unwrap() = Some(made);
    });
    bench.load(&second());
    let made = waiting.lock().unwrap().take().unwrap();
    let report = made.join().unwrap();
    assert_eq!((report.result.is_ok(), report.attempts), (true, 2));
    assert_eq!(sums(&bench), (2, 2, 2));
}

/// A storage that takes no commits while it is told so.
#[derive(Debug, Default)]
struct Refusing {
    memory: Memory,
    refuses: AtomicBool,
}

impl Storage for Refusing {
    fn snapshot(&self) -> BoxFuture<'_, Result<Box<dyn Snapshot>, StorageError>> {
        self.memory.snapshot()
    }

    fn commit(&self, commit: Arc<Commit>) -> BoxFuture<'_, Result<Committed, StorageError>> {
        Box::pin(async move {
            if self.refuses.load(Ordering::SeqCst) {
                return Err(StorageError::Full {
                    doing: "write".to_owned(),
                });
            }
            self.memory.commit(commit).await
        })
    }

    fn acquire(&self) -> BoxFuture<'_, Result<u64, StorageError>> {
        self.memory.acquire()
    }
}

#[test]
fn what_was_migrated_in_one_context_only_is_named_and_the_next_load_goes_on() {
    let storage = Arc::new(Refusing::default());
    let guests: Name = "guests".parse().unwrap();
    let context = Context::new(guests.clone(), Arc::clone(&storage) as Arc<dyn Storage>);
    let bench = Bench::alone(&["payment"], |builder| {
        builder.context(Name::local()).prepared(context)
    });
    bench.load(&first());
    let guests = bench.within("guests");
    for bench in [&bench, &guests] {
        bind(bench);
        bench.ask("alice", pay("bob", "1")).unwrap();
    }
    storage.refuses.store(true, Ordering::SeqCst);
    let error = load(&bench, &second()).unwrap_err();
    assert_eq!(error.code(), Code::StorageFull, "{error}");
    assert!(error.message().contains("context guests: "), "{error}");
    let hint = error.hint_text().unwrap();
    assert!(hint.contains("was migrated already in local"), "{hint}");
    let error = bench.ask("alice", pay("bob", "1")).unwrap_err();
    assert_eq!(error.code(), Code::Rejected);
    let hint = error.hint_text().unwrap();
    assert!(hint.contains("load that version"), "{hint}");
    assert_eq!(guests.balance("/accounts/bob/usd"), "1");

    storage.refuses.store(false, Ordering::SeqCst);
    bench.load(&second());
    for bench in [bench, guests] {
        bench.ask("alice", pay("bob", "1")).unwrap();
        assert_eq!(sums(&bench), (2, 2, 2));
    }
}
