//! What SQLite adds to the conformance suite: a file that lasts, several handles, and group commit.

mod damage;
mod examined;
mod files;
mod left;
mod processes;
mod recent;

use std::sync::Arc;

use airs_platform::{Check, Commit, Committed, Sqlite, Storage, StorageError};
use futures_util::future::{join_all, join3, poll_immediate, try_join_all};
use rusqlite::Connection;
use tokio::task::unconstrained;

use crate::{applied, bytes, get, put, run, text, writing};

#[test]
fn reopening_keeps_everything() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a/new/folder/state.db");
    let commit = || Commit {
        id: Some([1; 16]),
        ..writing(&[("key", Some("1"))])
    };
    run(async {
        let storage = Sqlite::open(&path).unwrap();
        let version = applied(&storage, commit()).await;
        let epoch = storage.acquire().await.unwrap();
        drop(storage);

        let storage = Sqlite::open(&path).unwrap();
        let stored = get(&storage, "key").await.unwrap();
        assert_eq!((stored.value, stored.version), (bytes("1"), version));
        assert_eq!(
            storage.commit(commit().into()).await.unwrap(),
            Committed::AlreadyApplied(version)
        );
        assert!(put(&storage, "key", "2").await > version);
        assert!(storage.acquire().await.unwrap() > epoch);
    });
}

#[test]
fn two_handles_on_one_file_see_each_other() {
    let folder = tempfile::tempdir().unwrap();
    let open = || Sqlite::open(&folder.path().join("state.db")).unwrap();
    let (one, two) = (open(), open());
    run(async {
        let first = put(&one, "key", "1").await;
        assert_eq!(get(&two, "key").await.unwrap().version, first);
        let mut before = one.snapshot().await.unwrap();
        let second = put(&two, "key", "2").await;
        assert!(second > first);
        assert_eq!(text(&mut *before, "key").await.as_deref(), Some("1"));
        assert_eq!(get(&one, "key").await.unwrap().version, second);

        let stale = Check::Key {
            key: "key".into(),
            version: first,
        };
        let stale = Commit {
            checks: vec![stale],
            ..writing(&[("key", Some("3"))])
        };
        assert_eq!(
            one.commit(stale.into()).await.unwrap(),
            Committed::Conflict(vec!["key".into()])
        );
    });
}

#[test]
fn one_at_a_time_owns_a_file_and_whoever_lost_it_is_fenced() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("state.db");
    let open = || Sqlite::open(&path).unwrap();
    let under = |epoch, value| Commit {
        epoch: Some(epoch),
        ..writing(&[("key", Some(value))])
    };
    run(async {
        let (one, two) = (open(), open());
        let first = one.acquire().await.unwrap();
        applied(&one, under(first, "1")).await;
        // Another one may look, and has to wait.
        assert!(get(&two, "key").await.is_some());
        for _ in 0..3 {
            assert!(matches!(two.acquire().await, Err(StorageError::Busy)));
        }
        let second = one.acquire().await.unwrap();
        applied(&one, under(second, "2")).await;

        // It ends: its commits are made, and another is the owner.
        let last = one.commit(under(second, "3").into());
        assert!(poll_immediate(last).await.is_none());
        drop(one);
        let third = two.acquire().await.unwrap();
        assert!(third > second && second > first);
        applied(&two, under(third, "4")).await;

        // Somebody takes its lock away: it does not commit any more, and does not fight for it either.
        std::fs::remove_file(path.with_file_name("state.db-owner")).unwrap();
        let three = open();
        let fourth = three.acquire().await.unwrap();
        let late = two.commit(under(third, "5").into()).await;
        assert!(matches!(late, Err(StorageError::Fenced)));
        applied(&three, under(fourth, "6")).await;
        assert_eq!(get(&three, "key").await.unwrap().value, bytes("6"));
    });
}

#[test]
fn a_commit_that_waits_for_others_until_its_deadline_is_not_made() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("state.db");
    run(async {
        let storage = Sqlite::open(&path).unwrap();
        put(&storage, "key", "1").await;
        let over = Commit {
            deadline: Some(std::time::Instant::now()),
            ..writing(&[("key", Some("2"))])
        };
        assert!(matches!(
            storage.commit(over.into()).await,
            Err(StorageError::Late)
        ));

        // The thread is busy with the first one, which has all the time that there is.
        let other = Connection::open(&path).unwrap();
        other.execute_batch("BEGIN IMMEDIATE").unwrap();
        let deadline = std::time::Instant::now() + std::time::Duration::from_millis(100);
        let patient = storage.commit(writing(&[("other", Some("2"))]).into());
        let waiting = storage.commit(
            Commit {
                deadline: Some(deadline),
                ..writing(&[("key", Some("3"))])
            }
            .into(),
        );
        let releasing = async {
            while std::time::Instant::now() < deadline {
                tokio::task::yield_now().await;
            }
            other.execute_batch("ROLLBACK").unwrap();
        };
        let (patient, waiting, ()) = join3(patient, waiting, releasing).await;
        assert!(matches!(patient, Ok(Committed::Applied(_))));
        assert!(matches!(waiting, Err(StorageError::Late)));
        assert_eq!(get(&storage, "key").await.unwrap().value, bytes("1"));
    });
}

#[test]
fn commits_that_wait_become_durable_with_one_sync() {
    const COMMITS: u64 = 100;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("state.db");
    let storage = Sqlite::open(&path).unwrap();
    let somebody_else = Connection::open(&path).unwrap();
    somebody_else.execute_batch("BEGIN IMMEDIATE").unwrap();
    run(async {
        let commits = (0..COMMITS).map(|number| {
            let key = number.to_string();
            storage.commit(writing(&[(key.as_str(), Some("1"))]).into())
        });
        let mut commits = Box::pin(try_join_all(commits));
        assert!(poll_immediate(commits.as_mut()).await.is_none());
        somebody_else.execute_batch("ROLLBACK").unwrap();
        let versions = commits.await.unwrap();
        assert!(
            versions
                .iter()
                .eq(&(1..=COMMITS).map(Committed::Applied).collect::<Vec<_>>())
        );
    });
    // The first group began when the first commit came, the second one took all the others.
    assert!(storage.groups() <= 2, "{} groups", storage.groups());
}

#[test]
fn a_conflict_leaves_the_others_of_its_group() {
    let (_folder, storage) = crate::sqlite();
    run(async {
        let create = |key: &'static str| Commit {
            checks: vec![Check::Key {
                key: "once".into(),
                version: 0,
            }],
            ..writing(&[("once", Some("1")), (key, Some("1"))])
        };
        let commits = [
            create("a"),
            writing(&[("b", Some("1"))]),
            create("c"),
            writing(&[("d", Some("1"))]),
        ];
        let answers = join_all(commits.map(|commit| storage.commit(commit.into()))).await;
        let answers: Vec<Committed> = answers.into_iter().map(Result::unwrap).collect();
        let conflict = Committed::Conflict(vec!["once".into()]);
        assert_eq!(
            answers,
            [
                Committed::Applied(1),
                Committed::Applied(2),
                conflict,
                Committed::Applied(3)
            ]
        );
        assert!(get(&*storage, "d").await.is_some() && get(&*storage, "c").await.is_none());
    });
}

#[test]
fn what_changes_nothing_is_not_synced() {
    let folder = tempfile::tempdir().unwrap();
    let storage = Sqlite::open(&folder.path().join("state.db")).unwrap();
    run(async {
        put(&storage, "key", "1").await;
        let checks = || {
            vec![Check::Key {
                key: "key".into(),
                version: 0,
            }]
        };
        storage
            .commit(
                Commit {
                    checks: checks(),
                    ..writing(&[("key", None)])
                }
                .into(),
            )
            .await
            .unwrap();
        storage.commit(Commit::default().into()).await.unwrap();
    });
    assert_eq!(storage.groups(), 1);
}

#[test]
fn dropping_a_storage_answers_nobody_late() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("state.db");
    let storage = Sqlite::open(&path).unwrap();
    run(async {
        // Asked, but nobody waits for the answer.
        let mut commit = storage.commit(writing(&[("key", Some("1"))]).into());
        assert!(poll_immediate(&mut commit).await.is_none());
    });
    drop(storage);
    let storage = Sqlite::open(&path).unwrap();
    assert!(run(get(&storage, "key")).is_some());
}

#[test]
fn snapshots_outlive_their_storage() {
    let (_folder, storage) = crate::sqlite();
    run(async {
        put(&*storage, "key", "1").await;
        let mut snapshot = storage.snapshot().await.unwrap();
        drop(storage);
        assert_eq!(text(&mut *snapshot, "key").await.as_deref(), Some("1"));
    });
}

#[test]
fn more_snapshots_than_places_wait_for_one() {
    let (_folder, storage) = crate::sqlite();
    run(async {
        put(&*storage, "key", "1").await;
        let readers = (0..300).map(|_| {
            let storage = Arc::clone(&storage);
            tokio::spawn(async move {
                let mut snapshot = storage.snapshot().await.unwrap();
                tokio::task::yield_now().await;
                text(&mut *snapshot, "key").await
            })
        });
        for read in try_join_all(readers).await.unwrap() {
            assert_eq!(read.as_deref(), Some("1"));
        }
        let mut held = Vec::new();
        let mut next = storage.snapshot();
        // Without tokio's budget, which may be used up by all those before.
        while let Some(snapshot) = poll_immediate(unconstrained(&mut next)).await {
            held.push(snapshot.unwrap());
            next = storage.snapshot();
        }
        assert!(held.len() >= 16, "only {} snapshots at once", held.len());
        // A commit needs none of the places.
        put(&*storage, "key", "2").await;
        held.pop();
        assert_eq!(text(&mut *next.await.unwrap(), "key").await.as_deref(), Some("2"));
    });
}
