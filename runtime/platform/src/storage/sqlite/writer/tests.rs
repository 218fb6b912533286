//! What the thread answers when SQLite fails it. The faults are put into the connection that it owns.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt;
use rusqlite::Connection;
use tempfile::TempDir;
use tokio::sync::oneshot::Receiver;

use super::super::super::{Bytes, Snapshot};
use super::super::reader::Readers;
use super::*;

/// Nobody waits longer for what comes at once.
const PATIENCE: Duration = Duration::from_secs(60);

/// Makes every commit fail in the last moment: SQLite looks at this foreign key when it commits.
const COMMIT_FAILS: &str = "
    PRAGMA foreign_keys = ON;
    CREATE TEMP TABLE parents (id INTEGER PRIMARY KEY);
    CREATE TEMP TABLE children (parent REFERENCES parents DEFERRABLE INITIALLY DEFERRED);
    CREATE TEMP TRIGGER orphan AFTER UPDATE ON main.meta BEGIN INSERT INTO children VALUES (1); END;
";

fn work(fault: &str) -> (TempDir, Work) {
    let folder = tempfile::tempdir().unwrap();
    let site = Site::of(&folder.path().join("state.db")).unwrap();
    let work = on(site);
    let connection = work.connection.as_ref().unwrap();
    connection.execute_batch(fault).unwrap();
    (folder, work)
}

fn on(site: Site) -> Work {
    Work {
        connection: Some(schema::open(&site).unwrap()),
        site,
        recent: Arc::default(),
        groups: Arc::default(),
        patience: Patience::default(),
        has_ended: false,
    }
}

/// A commit of one key, and where its answer arrives.
fn job(key: &str, value_bytes: usize) -> (Job, Receiver<Result<Committed, StorageError>>) {
    let mut id = [0; 16];
    id[..key.len()].copy_from_slice(key.as_bytes());
    let writes = vec![(key.into(), Some(Bytes::from(vec![b'x'; value_bytes])))];
    let commit = Commit {
        id: Some(id),
        writes,
        ..Commit::default()
    };
    let (to, answer) = oneshot::channel();
    let asked = Answer::to(to);
    (Job::Commit(commit.into(), asked), answer)
}

fn serve(work: &mut Work, jobs: &[(&str, usize)]) -> Vec<Result<Committed, StorageError>> {
    let jobs = jobs.iter().map(|(key, value_bytes)| job(key, *value_bytes));
    let (mut jobs, answers): (Vec<Job>, Vec<_>) = jobs.unzip();
    work.serve(&mut jobs, &mut Closed);
    answers
        .into_iter()
        .map(|answer| answer.now_or_never().unwrap().unwrap())
        .collect()
}

fn keys(path: &Path) -> Vec<String> {
    let connection = Connection::open(path).unwrap();
    let mut statement = connection
        .prepare("SELECT CAST(key AS TEXT) FROM kv ORDER BY key")
        .unwrap();
    statement
        .query_map((), |row| row.get(0))
        .unwrap()
        .collect::<Result<_, _>>()
        .unwrap()
}

#[test]
fn a_failing_sync_is_an_unknown_outcome_that_the_id_settles() {
    let (_folder, mut work) = work(COMMIT_FAILS);
    for answer in serve(&mut work, &[("a", 1), ("b", 1)]) {
        assert!(
            matches!(answer, Err(StorageError::OutcomeUnknown { .. })),
            "{answer:?}"
        );
    }
    assert_eq!(work.groups(), 0);
    // The connection, and with it the fault, is gone.
    let again = serve(&mut work, &[("a", 1), ("a", 1)]);
    assert!(matches!(
        again.as_slice(),
        [Ok(Committed::Applied(1)), Ok(Committed::AlreadyApplied(1))]
    ));
    assert_eq!((keys(work.site.path()), work.groups()), (vec!["a".into()], 1));
}

#[test]
fn what_did_not_become_durable_is_not_remembered() {
    let (_folder, mut work) = work(COMMIT_FAILS);
    serve(&mut work, &[("a", 1)]);
    // Somebody else's commit gets the number that this one would have had.
    let mut other = on(work.site.clone());
    assert!(matches!(
        serve(&mut other, &[("a", 2)])[..],
        [Ok(Committed::Applied(1))]
    ));
    let readers = Readers::new(work.site.clone(), Arc::clone(&work.recent));
    let value_bytes = || {
        let mut view = readers.view().now_or_never().unwrap().unwrap();
        let stored = view.get(b"a").now_or_never().unwrap().unwrap();
        stored.unwrap().value.len()
    };
    assert_eq!(value_bytes(), 2);
    serve(&mut work, &[("b", 1)]);
    assert_eq!(value_bytes(), 2);
}

#[test]
fn a_commit_that_is_too_big_for_the_disk_leaves_the_others_of_its_group() {
    let (_folder, mut work) = work("PRAGMA max_page_count = 20");
    let answers = serve(&mut work, &[("a", 1_000), ("b", 1_000_000), ("c", 1_000)]);
    let [Ok(Committed::Applied(1)), Err(full), Ok(Committed::Applied(2))] = answers.as_slice() else {
        panic!("{answers:?}");
    };
    assert_eq!(
        airs_core::Error::from(full.clone()).code(),
        airs_core::Code::StorageFull
    );
    assert_eq!(keys(work.site.path()), ["a", "c"]);
}

#[test]
fn a_connection_that_cannot_write_is_opened_again() {
    let (_folder, mut work) = work("PRAGMA query_only = ON");
    let [Err(error)] = &serve(&mut work, &[("a", 1)])[..] else {
        panic!("it was written")
    };
    assert!(matches!(error, StorageError::Unavailable { .. }), "{error:?}");
    assert!(error.to_string().contains("read-only"), "{error}");
    assert!(matches!(
        serve(&mut work, &[("a", 1)])[..],
        [Ok(Committed::Applied(1))]
    ));
}

#[test]
fn a_file_that_another_connection_keeps_locked_is_busy() {
    let (_folder, mut work) = work("PRAGMA busy_timeout = 0");
    let other = Connection::open(work.site.path()).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    for answer in serve(&mut work, &[("a", 1), ("b", 1)]) {
        assert!(matches!(answer, Err(StorageError::Busy)), "{answer:?}");
    }
    other.execute_batch("ROLLBACK").unwrap();
    assert!(matches!(
        serve(&mut work, &[("a", 1)])[..],
        [Ok(Committed::Applied(1))]
    ));
}

#[test]
fn an_asker_that_went_away_is_no_fault() {
    let (_folder, mut work) = work("");
    let (job, answer) = job("a", 1);
    drop(answer);
    work.serve(&mut vec![job], &mut Closed);
    assert_eq!(keys(work.site.path()), ["a"]);
}

impl Work {
    fn groups(&self) -> u64 {
        self.groups.load(Ordering::Relaxed)
    }
}

/// Jobs that come after so many looks.
struct Later(u32, Vec<Job>);

impl Queue for Later {
    fn next(&mut self) -> Option<Job> {
        self.0 = self.0.saturating_sub(1);
        if self.0 == 0 { self.1.pop() } else { None }
    }

    fn waiting(&self) -> usize {
        self.1.len()
    }
}

#[test]
fn those_that_come_back_while_a_group_waits_for_them_share_its_sync() {
    let groups_with = |expected: usize| {
        let (_folder, mut work) = work("");
        let before = Patience::default().begin();
        work.patience
            .learn(&before, expected, 0, Duration::from_millis(8));
        let (first, answer) = job("a", 1);
        let (jobs, answers): (Vec<_>, Vec<_>) = ["b", "c"].map(|key| job(key, 1)).into_iter().unzip();
        let mut later = Later(2, jobs);
        work.serve(&mut vec![first], &mut later);
        while let Some(job) = later.next() {
            work.serve(&mut vec![job], &mut Closed);
        }
        for answer in answers.into_iter().chain([answer]) {
            assert!(matches!(
                answer.now_or_never(),
                Some(Ok(Ok(Committed::Applied(_))))
            ));
        }
        work.groups()
    };
    assert_eq!(groups_with(3), 1);
    // Nobody is expected.
    assert_eq!(groups_with(1), 3);
}

/// Who commits to a state whose thread is busy waits in a queue, and beside it when that is full.
#[test]
fn no_more_commits_than_the_queue_has_places_are_taken() {
    const OUTSIDE: usize = 40;
    let folder = tempfile::tempdir().unwrap();
    let site = Site::of(&folder.path().join("state.db")).unwrap();
    let writer = Writer::start(schema::open(&site).unwrap(), site.clone(), Arc::default()).unwrap();
    let commit = |deadline| {
        let writes = vec![(b"key".to_vec(), None)];
        let commit = Commit {
            deadline,
            writes,
            ..Commit::default()
        };
        writer.commit(commit.into())
    };
    let executor = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build()
        .unwrap();
    executor.block_on(async {
        let busy = writer.work.lock().await;
        // One is with the thread, which waits as well.
        let mut waiting: Vec<_> = (0..=QUEUE_COMMITS_MAX + OUTSIDE)
            .map(|_| Box::pin(commit(None)))
            .collect();
        for commit in &mut waiting {
            assert!(commit.as_mut().now_or_never().is_none());
        }
        let queue = writer.queue.as_ref().unwrap();
        assert_eq!((queue.max_capacity(), queue.capacity()), (QUEUE_COMMITS_MAX, 0));
        // While nobody serves the queue: it was not in it.
        let late = timeout_at((Instant::now() + PATIENCE).into(), commit(Some(Instant::now()))).await;
        assert!(matches!(late, Ok(Err(StorageError::Late))), "{late:?}");
        drop(busy);
        for (commit, version) in waiting.into_iter().zip(1..) {
            assert!(matches!(commit.await, Ok(Committed::Applied(found)) if found == version));
        }
    });
    assert!(writer.groups() >= 2, "{} groups", writer.groups());
}
