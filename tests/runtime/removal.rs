//! How old answers of runs with an id are removed.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Instant;

use airs_driver::Context;
use airs_platform::{Commit, Committed, Memory, Snapshot, Storage, StorageError};
use airs_runtime::{Name, Request, Runtime};
use airs_tests::Bench;
use futures_util::future::BoxFuture;

use crate::ids::{HOUR, made};

/// A storage out of which nothing goes.
#[derive(Debug, Default)]
struct Everlasting {
    memory: Memory,
    removals: AtomicU32,
}

impl Storage for Everlasting {
    fn snapshot(&self) -> BoxFuture<'_, Result<Box<dyn Snapshot>, StorageError>> {
        self.memory.snapshot()
    }

    fn commit(&self, commit: Arc<Commit>) -> BoxFuture<'_, Result<Committed, StorageError>> {
        if commit.writes.iter().any(|(_, value)| value.is_none()) {
            self.removals.fetch_add(1, Ordering::Relaxed);
            return Box::pin(async { Ok(Committed::Applied(0)) });
        }
        self.memory.commit(commit)
    }

    fn acquire(&self) -> BoxFuture<'_, Result<u64, StorageError>> {
        self.memory.acquire()
    }
}

#[test]
fn nothing_is_removed_beside_runs_when_that_is_left_to_who_asks() {
    let storage = Arc::new(Everlasting::default());
    let keeping = |time| {
        let context = Context::new(Name::local(), Arc::clone(&storage) as Arc<dyn Storage>);
        Bench::alone(&[], |builder| {
            builder
                .prepared(context)
                .keep_answers_for(time)
                .forget_answers_when_asked()
        })
    };
    let list = |bench: &Bench, id| bench.perform("alice", Request::bindings().id(id)).result.unwrap();
    list(&keeping(24 * HOUR), made(2 * HOUR));
    let bench = keeping(HOUR);
    // Each of them would look for old answers, until it is seen that there are none.
    for _ in 0..200 {
        list(&bench, Runtime::new_id());
    }
    assert_eq!(storage.removals.load(Ordering::Relaxed), 0);
}

#[test]
fn the_next_run_with_an_id_goes_on_where_a_round_of_removal_ended() {
    let storage = Arc::new(Everlasting::default());
    let keeping = |time| {
        let context = Context::new(Name::local(), Arc::clone(&storage) as Arc<dyn Storage>);
        Bench::alone(&[], |builder| builder.prepared(context).keep_answers_for(time))
    };
    let list = |bench: &Bench, id| bench.perform("alice", Request::bindings().id(id)).result.unwrap();
    list(&keeping(24 * HOUR), made(2 * HOUR));
    let bench = keeping(HOUR);
    let started = Instant::now();
    // A round has 1,000 commits, and only one is due in an hour's 24th part.
    while storage.removals.load(Ordering::Relaxed) <= 1_000 {
        assert!(started.elapsed().as_secs() < 20, "there is no second round");
        list(&bench, Runtime::new_id());
    }
}
