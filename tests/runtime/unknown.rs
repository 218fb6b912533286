//! Commits of which nobody learns what became of them.

use std::collections::VecDeque;
use std::future::pending;
use std::sync::{Arc, Mutex};
use std::thread;

use airs_driver::Context;
use airs_platform::{Commit, Committed, Memory, Snapshot, Storage, StorageError};
use airs_runtime::{
    ATTEMPTS_MAX, Capability, Code, Error, Event, Loaded, Name, Report, Request, RunId, Runtime,
};
use airs_tests::{Bench, component, component_with};
use futures_util::future::BoxFuture;

/// What becomes of a commit.
#[derive(Clone, Copy, Debug)]
enum Fate {
    /// It is applied, and that is said.
    Applied,
    /// It is applied, and nobody learns of it.
    Silent,
    /// It is lost, and nobody learns of it.
    Lost,
    /// It is on its way, and arrives before the next one does; nobody learns of it.
    Late,
    /// It is refused, for another reason.
    Refused,
    /// The storage fails in a way that it must not.
    Panic,
    /// It is never answered.
    Hung,
}

/// A storage whose answers get lost.
#[derive(Debug, Default)]
struct Unreliable {
    memory: Memory,
    fates: Mutex<VecDeque<Fate>>,
    /// What becomes of who wants to be the owner: it is, it does not learn it, or it is not answered.
    owners: Mutex<VecDeque<Fate>>,
    late: Mutex<Option<Arc<Commit>>>,
    applied: Mutex<usize>,
}

impl Unreliable {
    fn meet(&self, fates: &[Fate]) {
        *self.fates.lock().unwrap() = fates.iter().copied().collect();
    }

    fn applied(&self) -> usize {
        *self.applied.lock().unwrap()
    }

    async fn apply(&self, commit: Arc<Commit>) -> Result<Committed, StorageError> {
        let committed = self.memory.commit(commit).await?;
        if let Committed::Applied(_) = committed {
            *self.applied.lock().unwrap() += 1;
        }
        Ok(committed)
    }
}

fn unknown() -> StorageError {
    StorageError::OutcomeUnknown {
        source: Arc::new(std::io::Error::other("the answer got lost")),
    }
}

impl Storage for Unreliable {
    fn snapshot(&self) -> BoxFuture<'_, Result<Box<dyn Snapshot>, StorageError>> {
        self.memory.snapshot()
    }

    fn commit(&self, commit: Arc<Commit>) -> BoxFuture<'_, Result<Committed, StorageError>> {
        Box::pin(async move {
            let late = self.late.lock().unwrap().take();
            if let Some(late) = late {
                self.apply(late).await?;
            }
            let fate = self.fates.lock().unwrap().pop_front();
            match fate.unwrap_or(Fate::Applied) {
                Fate::Applied => return self.apply(commit).await,
                Fate::Silent => drop(self.apply(commit).await?),
                Fate::Lost => {}
                Fate::Late => *self.late.lock().unwrap() = Some(commit),
                Fate::Refused => return Err(StorageError::Busy),
                Fate::Panic => panic!("told to"),
                Fate::Hung => pending().await,
            }
            Err(unknown())
        })
    }

    fn acquire(&self) -> BoxFuture<'_, Result<u64, StorageError>> {
        Box::pin(async move {
            let fate = self.owners.lock().unwrap().pop_front();
            let epoch = self.memory.acquire().await?;
            match fate {
                None | Some(Fate::Applied) => Ok(epoch),
                Some(Fate::Hung) => pending().await,
                Some(_) => Err(unknown()),
            }
        })
    }
}

/// A context over a storage in which commits meet these fates, and the storage.
fn meeting(guests: &[&str], fates: &[Fate]) -> (Bench, Arc<Unreliable>) {
    let storage = Arc::new(Unreliable::default());
    let context = Context::new(Name::local(), Arc::clone(&storage) as Arc<dyn Storage>);
    let bench = Bench::alone(guests, |builder| builder.prepared(context));
    storage.meet(fates);
    (bench, storage)
}

/// Lists the bindings: with an id, that is a commit.
fn list(bench: &Bench, id: RunId) -> Report {
    bench.perform("alice", Request::bindings().id(id))
}

/// A run with an id whose commits meet these fates, then the same one again; and how many were applied.
fn settled(fates: &[Fate]) -> (Report, Report, usize) {
    let (bench, storage) = meeting(&[], fates);
    let id = Runtime::new_id();
    let first = list(&bench, id);
    storage.meet(&[]);
    let again = list(&bench, id);
    (first, again, storage.applied())
}

#[test]
fn a_run_with_an_id_finds_out_by_itself() {
    for (fates, attempts, replayed) in [
        (&[Fate::Silent][..], 2, true),
        (&[Fate::Lost], 2, false),
        (&[Fate::Lost, Fate::Lost, Fate::Silent], 4, true),
        (&[Fate::Late], 3, true),
        (&[Fate::Late, Fate::Lost], 3, true),
        (&[Fate::Lost, Fate::Late, Fate::Applied], 4, true),
    ] {
        let (first, again, applied) = settled(fates);
        assert!(first.result.is_ok(), "{fates:?}: {first:?}");
        assert_eq!(
            (first.attempts, first.replayed),
            (attempts, replayed),
            "{fates:?}"
        );
        assert!(again.replayed, "{fates:?}");
        assert_eq!(applied, 1, "{fates:?}");
    }
}

#[test]
fn who_cannot_find_out_says_so_and_the_same_id_settles_it() {
    for fates in [
        &[Fate::Lost; ATTEMPTS_MAX as usize][..],
        // Another failure does not tell what became of the first commit.
        &[Fate::Lost, Fate::Refused],
        &[Fate::Late, Fate::Refused],
    ] {
        let (first, again, applied) = settled(fates);
        let error = first.result.unwrap_err();
        assert_eq!(error.code(), Code::OutcomeUnknown, "{fates:?}: {error}");
        assert!(again.result.is_ok(), "{fates:?}: {again:?}");
        assert_eq!(applied, 1, "{fates:?}");
    }
}

#[test]
fn a_run_is_in_doubt_until_its_deadline_at_most() {
    let (bench, _) = meeting(&[], &[Fate::Lost; 8]);
    let request = Request::bindings().id(Runtime::new_id()).deadline_ms(500);
    let report = bench.perform("alice", request);
    assert_eq!(report.result.unwrap_err().code(), Code::OutcomeUnknown);
    assert!(report.attempts < ATTEMPTS_MAX, "{}", report.attempts);
}

#[test]
fn a_run_without_an_id_is_not_attempted_again_and_says_what_to_do() {
    for fate in [Fate::Lost, Fate::Silent] {
        let (bench, storage) = meeting(&["probe-driver"], &[fate]);
        let bind = || bench.bind("/a", "probe-driver", "{}", "alice");
        let error = bind().unwrap_err();
        assert_eq!(error.code(), Code::OutcomeUnknown, "{error}");
        assert!(error.hint_text().unwrap().contains("given an id"), "{error:?}");
        match storage.applied() {
            0 => bind().unwrap(),
            _ => assert_eq!(bind().unwrap_err().code(), Code::AlreadyBound),
        }
    }
}

#[test]
fn a_run_that_is_lost_while_it_is_committed_says_that_nobody_knows() {
    let (first, again, applied) = settled(&[Fate::Panic]);
    assert_eq!(first.attempts, 1);
    assert_eq!(first.result.unwrap_err().code(), Code::OutcomeUnknown);
    assert!(again.result.is_ok() && !again.replayed);
    assert_eq!(applied, 1);
}

#[test]
fn a_run_that_was_not_sent_is_not_in_doubt() {
    let (bench, storage) = meeting(&[], &[]);
    storage.owners.lock().unwrap().push_back(Fate::Silent);
    let first = bench.perform("alice", Request::bindings().id(Runtime::new_id()));
    let error = first.result.unwrap_err();
    assert_eq!(error.code(), Code::StorageUnavailable, "{error}");
    assert_eq!(error.message(), "cannot become the owner of the state");
    assert_eq!(storage.applied(), 0);
    list(&bench, Runtime::new_id()).result.unwrap();
}

#[test]
fn who_waits_to_be_the_owner_waits_until_the_deadline() {
    let (bench, storage) = meeting(&[], &[]);
    storage.owners.lock().unwrap().extend([Fate::Hung; 2]);
    let (one, other) = thread::scope(|scope| {
        let ask = || {
            let request = Request::bindings().id(Runtime::new_id()).deadline_ms(100);
            bench.perform("alice", request).result.unwrap_err()
        };
        let (one, other) = (scope.spawn(ask), scope.spawn(ask));
        (one.join().unwrap(), other.join().unwrap())
    });
    for error in [one, other] {
        // Nobody else is there who could keep it busy.
        assert_eq!(error.code(), Code::DeadlineExceeded, "{error}");
    }
    storage.owners.lock().unwrap().clear();
    list(&bench, Runtime::new_id()).result.unwrap();
}

/// What a second version of a driver is told whose migration meets these fates; what is told of it; and whether the
/// data is in its form afterwards.
fn migrated(fates: &[Fate]) -> (Result<Loaded, Error>, Vec<String>, bool) {
    let (storage, told) = (Arc::new(Unreliable::default()), Arc::new(Mutex::new(Vec::new())));
    let context = Context::new(Name::local(), Arc::clone(&storage) as Arc<dyn Storage>);
    let telling = Arc::clone(&told);
    let bench = Bench::alone(&[], |builder| {
        builder.prepared(context).on_event(move |event| {
            if let Event::Migrated { from, to, .. } = event {
                telling.lock().unwrap().push(format!("from {from} to {to}"));
            }
        })
    });
    bench.load(&component("tally"));
    told.lock().unwrap().clear();
    storage.meet(fates);
    let second = component_with("tally-next", |manifest| manifest.name = "tally".parse().unwrap());
    let loaded = bench.runtime.load(&second, &[Capability::Storage].into());
    storage.meet(&[]);
    let told = told.lock().unwrap().clone();
    // Who is older is refused.
    let is_done = bench
        .runtime
        .load(&component("tally"), &[Capability::Storage].into())
        .is_err();
    (loaded, told, is_done)
}

#[test]
fn a_migration_in_doubt_looks_what_became_of_it() {
    for fates in [
        &[Fate::Silent][..],
        &[Fate::Lost],
        &[Fate::Late],
        &[Fate::Lost, Fate::Silent],
    ] {
        let (loaded, told, is_done) = migrated(fates);
        loaded.unwrap();
        assert_eq!(
            (told, is_done),
            (vec!["from 1 to 2".to_owned()], true),
            "{fates:?}"
        );
    }
}

#[test]
fn a_migration_that_stays_in_doubt_says_so() {
    for fates in [&[Fate::Lost, Fate::Refused][..], &[Fate::Lost; 8]] {
        let (loaded, told, is_done) = migrated(fates);
        let error = loaded.unwrap_err();
        assert_eq!(error.code(), Code::OutcomeUnknown, "{fates:?}: {error}");
        assert!(error.hint_text().unwrap().contains("load it again"), "{error:?}");
        assert_eq!((told.len(), is_done), (0, false), "{fates:?}");
    }
}
