//! Bytes under a prefix: counted by the commits that write there, and never over what there may be.

use std::sync::Arc;

use airs_platform::{Check, Commit, Committed, Storage};
use futures_util::future::join_all;

use crate::{applied, put, writing};

type Backend = Arc<dyn Storage>;

/// A commit of writes, with room for so many bytes under `a/`.
fn within(bytes_max: u64, writes: &[(&str, Option<&str>)]) -> Commit {
    Commit {
        checks: vec![Check::Room {
            prefix: b"a/".to_vec(),
            bytes_max,
        }],
        ..writing(writes)
    }
}

async fn refused(storage: &dyn Storage, commit: Commit) {
    let answer = storage.commit(commit.into()).await.unwrap();
    assert_eq!(answer, Committed::Conflict(vec![b"a/".to_vec()]));
}

async fn counted(storage: &dyn Storage) -> u64 {
    let mut snapshot = storage.snapshot().await.unwrap();
    snapshot.counted_bytes(b"a/").await.unwrap()
}

pub(crate) async fn what_fits_is_written_and_what_does_not_is_a_conflict(storage: Backend) {
    // A key counts without the prefix.
    applied(
        &*storage,
        within(10, &[("a/key", Some("1234567")), ("b/key", Some("elsewhere"))]),
    )
    .await;
    assert_eq!(counted(&*storage).await, 10);
    refused(&*storage, within(10, &[("a/", Some("1"))])).await;
    refused(&*storage, within(10, &[("a/key", Some("12345678"))])).await;
    applied(
        &*storage,
        within(10, &[("a/key", Some("1")), ("a/other", Some("1"))]),
    )
    .await;
    assert_eq!(counted(&*storage).await, 4 + 6);
    applied(&*storage, within(11, &[("a/", Some("1"))])).await;
    applied(&*storage, within(11, &[("b/more", Some("is not counted"))])).await;
    assert_eq!(counted(&*storage).await, 11);
}

pub(crate) async fn what_takes_less_room_is_written_whatever_there_is(storage: Backend) {
    applied(
        &*storage,
        within(100, &[("a/1", Some("1234")), ("a/2", Some("1234"))]),
    )
    .await;
    refused(&*storage, within(3, &[("a/3", Some(""))])).await;
    applied(&*storage, within(3, &[("a/1", Some("4321"))])).await;
    applied(&*storage, within(3, &[("a/1", None), ("a/3", Some("123"))])).await;
    applied(&*storage, within(3, &[("a/2", None)])).await;
    assert_eq!(counted(&*storage).await, 4);
    applied(
        &*storage,
        within(3, &[("a/3", None), ("a/3", None), ("a/none", None)]),
    )
    .await;
    assert_eq!(counted(&*storage).await, 0);
}

pub(crate) async fn bytes_that_were_there_before_they_were_counted_are_counted(storage: Backend) {
    for key in ["a/", "a/1", "a/2", "a", "b", "a0"] {
        put(&*storage, key, "1234").await;
    }
    assert_eq!(counted(&*storage).await, 4 + 5 + 5);
    refused(&*storage, within(15, &[("a/3", Some("1"))])).await;
    applied(&*storage, within(16, &[("a/3", Some("1"))])).await;
    assert_eq!(counted(&*storage).await, 16);
    let mut snapshot = storage.snapshot().await.unwrap();
    assert_eq!(snapshot.value_bytes(b"a/1").await.unwrap(), Some(4));
    assert_eq!(snapshot.value_bytes(b"a/9").await.unwrap(), None);
}

pub(crate) async fn only_the_last_write_of_a_key_is_counted(storage: Backend) {
    let writes = [
        ("a/1", Some("1234567890")),
        ("a/2", None),
        ("a/1", Some("1")),
        ("a/2", Some("12")),
    ];
    applied(&*storage, within(5, &writes)).await;
    assert_eq!(counted(&*storage).await, 2 + 3);
}

pub(crate) async fn a_refused_commit_counts_nothing(storage: Backend) {
    applied(&*storage, within(10, &[("a/1", Some("1"))])).await;
    let mut stale = within(10, &[("a/2", Some("2"))]);
    stale.checks.push(Check::Key {
        key: "a/1".into(),
        version: 77,
    });
    assert_eq!(
        storage.commit(stale.into()).await.unwrap(),
        Committed::Conflict(vec!["a/1".into()])
    );
    refused(&*storage, within(3, &[("a/2", Some("2"))])).await;
    assert_eq!(counted(&*storage).await, 2);
    let twice = Commit {
        id: Some([7; 16]),
        ..within(10, &[("a/3", Some("3"))])
    };
    applied(&*storage, twice.clone()).await;
    assert!(matches!(
        storage.commit(twice.into()).await.unwrap(),
        Committed::AlreadyApplied(_)
    ));
    assert_eq!(counted(&*storage).await, 4);
}

pub(crate) async fn commits_of_different_keys_do_not_meet_in_their_room(storage: Backend) {
    let keys: Vec<String> = (100..200).map(|key| format!("a/{key}")).collect();
    let commits = keys
        .iter()
        .map(|key| storage.commit(within(1_000, &[(key, Some("1234567"))]).into()));
    let answers = join_all(commits).await;
    assert!(
        answers
            .iter()
            .all(|answer| matches!(answer, Ok(Committed::Applied(_)))),
        "{answers:?}"
    );
    assert_eq!(counted(&*storage).await, 1_000);
    // There is room for exactly as many as fit, however they come.
    let more = keys
        .iter()
        .map(|key| storage.commit(within(1_005, &[(key, Some("12345678"))]).into()));
    let fitted = join_all(more).await;
    assert_eq!(
        fitted
            .iter()
            .filter(|answer| matches!(answer, Ok(Committed::Applied(_))))
            .count(),
        5
    );
    assert_eq!(counted(&*storage).await, 1_005);
}

pub(crate) async fn a_snapshot_counts_what_it_shows(storage: Backend) {
    applied(&*storage, within(100, &[("a/1", Some("1"))])).await;
    let mut before = storage.snapshot().await.unwrap();
    applied(&*storage, within(100, &[("a/2", Some("2"))])).await;
    assert_eq!(before.counted_bytes(b"a/").await.unwrap(), 2);
    assert_eq!(counted(&*storage).await, 4);
}
