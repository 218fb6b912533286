//! What every backend does: snapshots, commits, ids and epochs.

use std::sync::Arc;

use airs_platform::{COMMIT_IDS_KEPT, Check, Commit, CommitId, Committed, Key, Storage, StorageError};
use futures_util::future::{join_all, try_join_all};

use crate::{applied, bytes, get, put, text, writing};

type Backend = Arc<dyn Storage>;

fn check(key: &str, version: u64) -> Check {
    Check::Key {
        key: key.into(),
        version,
    }
}

fn id(number: u64) -> CommitId {
    u128::from(number).to_be_bytes()
}

pub(crate) async fn a_snapshot_keeps_its_view_while_others_commit(storage: Backend) {
    put(&*storage, "kept", "old").await;
    put(&*storage, "gone", "old").await;
    let mut before = storage.snapshot().await.unwrap();
    applied(
        &*storage,
        writing(&[("kept", Some("new")), ("gone", None), ("born", Some("new"))]),
    )
    .await;

    assert_eq!(text(&mut *before, "kept").await.as_deref(), Some("old"));
    assert_eq!(text(&mut *before, "gone").await.as_deref(), Some("old"));
    assert_eq!(text(&mut *before, "born").await, None);
    let mut after = storage.snapshot().await.unwrap();
    assert_eq!(text(&mut *after, "kept").await.as_deref(), Some("new"));
    assert_eq!(text(&mut *after, "gone").await, None);
    assert_eq!(text(&mut *after, "born").await.as_deref(), Some("new"));
}

pub(crate) async fn a_snapshot_sees_every_commit_that_was_answered_before(storage: Backend) {
    for round in 0..50 {
        let version = put(&*storage, "key", &round.to_string()).await;
        assert_eq!(get(&*storage, "key").await.unwrap().version, version);
    }
}

pub(crate) async fn a_key_has_the_version_of_the_commit_that_wrote_it(storage: Backend) {
    let first = applied(&*storage, writing(&[("a", Some("1")), ("b", Some("1"))])).await;
    let second = put(&*storage, "b", "2").await;
    assert!(0 < first && first < second);
    assert_eq!(get(&*storage, "a").await.unwrap().version, first);
    assert_eq!(get(&*storage, "b").await.unwrap().version, second);
    assert_eq!(get(&*storage, "c").await, None);
}

pub(crate) async fn a_deleted_key_is_absent_and_its_versions_never_return(storage: Backend) {
    let first = put(&*storage, "key", "same").await;
    let deletion = applied(&*storage, writing(&[("key", None)])).await;
    assert_eq!(get(&*storage, "key").await, None);
    let again = put(&*storage, "key", "same").await;
    assert!(first < deletion && deletion < again);

    let stale = Commit {
        checks: vec![check("key", first)],
        ..writing(&[("key", Some("x"))])
    };
    assert_eq!(
        storage.commit(stale.into()).await.unwrap(),
        Committed::Conflict(vec!["key".into()])
    );
}

pub(crate) async fn the_last_write_of_a_key_wins(storage: Backend) {
    let writes = [
        ("a", Some("1")),
        ("b", Some("1")),
        ("a", None),
        ("b", None),
        ("a", Some("2")),
    ];
    applied(&*storage, writing(&writes)).await;
    assert_eq!(get(&*storage, "a").await.unwrap().value, bytes("2"));
    assert_eq!(get(&*storage, "b").await, None);
}

pub(crate) async fn a_commit_is_applied_whole_or_not_at_all(storage: Backend) {
    let version = put(&*storage, "held", "old").await;
    let checks = vec![check("held", version), check("absent", version)];
    let commit = Commit {
        checks,
        ..writing(&[("held", Some("new")), ("other", Some("new"))])
    };
    assert_eq!(
        storage.commit(commit.into()).await.unwrap(),
        Committed::Conflict(vec!["absent".into()])
    );
    assert_eq!(get(&*storage, "held").await.unwrap().value, bytes("old"));
    assert_eq!(get(&*storage, "other").await, None);
}

pub(crate) async fn a_stale_check_is_a_conflict_that_names_the_key(storage: Backend) {
    let read = put(&*storage, "key", "1").await;
    put(&*storage, "key", "2").await;
    let commit = Commit {
        checks: vec![check("key", read)],
        ..writing(&[("key", Some("3"))])
    };
    assert_eq!(
        storage.commit(commit.into()).await.unwrap(),
        Committed::Conflict(vec!["key".into()])
    );
    assert_eq!(get(&*storage, "key").await.unwrap().value, bytes("2"));
}

pub(crate) async fn an_absence_that_was_read_is_checked(storage: Backend) {
    let create = || Commit {
        checks: vec![check("key", 0)],
        ..writing(&[("key", Some("1"))])
    };
    applied(&*storage, create()).await;
    assert_eq!(
        storage.commit(create().into()).await.unwrap(),
        Committed::Conflict(vec!["key".into()])
    );
    applied(&*storage, writing(&[("key", None)])).await;
    applied(&*storage, create()).await;
}

pub(crate) async fn every_conflicting_key_is_named_once_and_in_order(storage: Backend) {
    let b = put(&*storage, "b", "1").await;
    let checks = vec![check("c", 9), check("b", b), check("a", 9), check("c", 8)];
    let commit = Commit {
        checks,
        ..Commit::default()
    };
    let named = vec![Key::from("a"), Key::from("c")];
    assert_eq!(
        storage.commit(commit.into()).await.unwrap(),
        Committed::Conflict(named)
    );
}

pub(crate) async fn a_commit_without_writes_validates_only(storage: Backend) {
    let newest = put(&*storage, "key", "1").await;
    let validation = |version| Commit {
        id: Some(id(1)),
        checks: vec![check("key", version)],
        ..Commit::default()
    };
    assert_eq!(
        storage.commit(validation(newest).into()).await.unwrap(),
        Committed::Applied(newest)
    );
    assert_eq!(
        storage.commit(validation(newest).into()).await.unwrap(),
        Committed::Applied(newest)
    );
    assert_eq!(
        storage.commit(validation(9).into()).await.unwrap(),
        Committed::Conflict(vec!["key".into()])
    );
}

pub(crate) async fn an_id_is_applied_once(storage: Backend) {
    let commit = |value| Commit {
        id: Some(id(7)),
        ..writing(&[("key", Some(value))])
    };
    let first = applied(&*storage, commit("1")).await;
    assert_eq!(
        storage.commit(commit("2").into()).await.unwrap(),
        Committed::AlreadyApplied(first)
    );
    put(&*storage, "other", "1").await;
    assert_eq!(
        storage.commit(commit("3").into()).await.unwrap(),
        Committed::AlreadyApplied(first)
    );
    assert_eq!(get(&*storage, "key").await.unwrap().value, bytes("1"));

    let same = || {
        storage.commit(
            Commit {
                id: Some(id(8)),
                ..writing(&[("key", Some("4"))])
            }
            .into(),
        )
    };
    let both = join_all([same(), same(), same(), same()]).await;
    let both: Vec<Committed> = both.into_iter().map(Result::unwrap).collect();
    assert_eq!(
        both.iter()
            .filter(|answer| matches!(answer, Committed::Applied(_)))
            .count(),
        1
    );
}

pub(crate) async fn an_id_is_looked_at_before_the_checks(storage: Backend) {
    let commit = || Commit {
        id: Some(id(1)),
        checks: vec![check("key", 0)],
        ..writing(&[("key", Some("1"))])
    };
    let version = applied(&*storage, commit()).await;
    assert_eq!(
        storage.commit(commit().into()).await.unwrap(),
        Committed::AlreadyApplied(version)
    );
}

pub(crate) async fn an_id_of_a_refused_commit_is_not_used_up(storage: Backend) {
    let commit = |version| Commit {
        id: Some(id(1)),
        checks: vec![check("key", version)],
        ..writing(&[("key", Some("1"))])
    };
    assert!(matches!(
        storage.commit(commit(5).into()).await.unwrap(),
        Committed::Conflict(_)
    ));
    applied(&*storage, commit(0)).await;
}

pub(crate) async fn the_oldest_ids_are_forgotten(storage: Backend) {
    let commit = |number| Commit {
        id: Some(id(number)),
        ..writing(&[("key", Some("1"))])
    };
    let commit_all = |numbers: std::ops::Range<u64>| {
        try_join_all(
            numbers
                .map(|number| storage.commit(commit(number).into()))
                .collect::<Vec<_>>(),
        )
    };
    let kept = u64::try_from(COMMIT_IDS_KEPT).unwrap();
    // In steps, so that a waiting commit costs little; without an id nothing is remembered.
    for start in (0..kept).step_by(500) {
        commit_all(start..start + 500).await.unwrap();
        put(&*storage, "other", "1").await;
    }
    assert!(matches!(
        storage.commit(commit(0).into()).await.unwrap(),
        Committed::AlreadyApplied(_)
    ));
    applied(&*storage, commit(kept)).await;
    assert!(matches!(
        storage.commit(commit(1).into()).await.unwrap(),
        Committed::AlreadyApplied(_)
    ));
    applied(&*storage, commit(0)).await;
}

pub(crate) async fn only_the_newest_epoch_may_commit(storage: Backend) {
    let under = |epoch| {
        storage.commit(
            Commit {
                epoch,
                ..writing(&[("key", Some("1"))])
            }
            .into(),
        )
    };
    let first = storage.acquire().await.unwrap();
    assert!(matches!(under(Some(first)).await, Ok(Committed::Applied(_))));
    let second = storage.acquire().await.unwrap();
    assert!(first < second);
    assert!(matches!(under(Some(first)).await, Err(StorageError::Fenced)));
    assert!(matches!(under(Some(second + 1)).await, Err(StorageError::Fenced)));
    assert!(matches!(under(Some(second)).await, Ok(Committed::Applied(_))));
    assert!(matches!(under(None).await, Ok(Committed::Applied(_))));
}

pub(crate) async fn a_fenced_commit_changes_nothing(storage: Backend) {
    let old = storage.acquire().await.unwrap();
    storage.acquire().await.unwrap();
    let commit = |epoch| Commit {
        id: Some(id(1)),
        epoch,
        ..writing(&[("key", Some("1"))])
    };
    assert!(storage.commit(commit(Some(old)).into()).await.is_err());
    assert_eq!(get(&*storage, "key").await, None);
    applied(&*storage, commit(None)).await;
}

pub(crate) async fn keys_and_values_are_any_bytes(storage: Backend) {
    let keys: Vec<Key> = vec![
        vec![],
        vec![0],
        vec![0, 0],
        vec![0, 255],
        b"a".to_vec(),
        vec![255],
        vec![255; 300],
    ];
    let writes = keys.iter().map(|key| (key.clone(), Some(bytes(key)))).collect();
    applied(
        &*storage,
        Commit {
            writes,
            ..Commit::default()
        },
    )
    .await;
    let mut snapshot = storage.snapshot().await.unwrap();
    for key in &keys {
        assert_eq!(snapshot.get(key).await.unwrap().unwrap().value, bytes(key));
    }
    assert_eq!(snapshot.get(&[0, 0, 0]).await.unwrap(), None);
    assert_eq!(snapshot.get(&[255; 299]).await.unwrap(), None);
}

pub(crate) async fn a_big_value_comes_back_whole(storage: Backend) {
    let value: Vec<u8> = (0..8_u32 << 20)
        .map(|place| (place.wrapping_mul(2_654_435_761) >> 24) as u8)
        .collect();
    let writes = vec![(Key::from("big"), Some(bytes(&value)))];
    applied(
        &*storage,
        Commit {
            writes,
            ..Commit::default()
        },
    )
    .await;
    assert_eq!(get(&*storage, "big").await.unwrap().value, bytes(&value));
    put(&*storage, "big", "small").await;
    assert_eq!(get(&*storage, "big").await.unwrap().value, bytes("small"));
}

pub(crate) async fn many_keys_are_read_in_the_order_asked(storage: Backend) {
    applied(
        &*storage,
        writing(&[("a", Some("1")), ("b", Some("2")), ("c", Some("3"))]),
    )
    .await;
    let keys = ["c", "x", "a", "c"].map(Key::from);
    let mut snapshot = storage.snapshot().await.unwrap();
    let found = snapshot.get_many(&keys).await.unwrap();
    let values: Vec<_> = found
        .into_iter()
        .map(|stored| stored.map(|stored| stored.value))
        .collect();
    assert_eq!(
        values,
        [Some(bytes("3")), None, Some(bytes("1")), Some(bytes("3"))]
    );
    assert!(snapshot.get_many(&[]).await.unwrap().is_empty());
}

pub(crate) async fn concurrent_commits_lose_no_update(storage: Backend) {
    const TASKS: u64 = 8;
    const EACH: u64 = 40;
    let tasks = (0..TASKS).map(|task| {
        let storage = Arc::clone(&storage);
        tokio::spawn(async move {
            let own = format!("task/{task}");
            for done in 1..=EACH {
                while !increment(&*storage, &own, done).await {}
            }
        })
    });
    try_join_all(tasks).await.unwrap();

    assert_eq!(number(get(&*storage, "total").await), TASKS * EACH);
    for task in 0..TASKS {
        assert_eq!(number(get(&*storage, &format!("task/{task}")).await), EACH);
    }
}

/// One more in `total`, and `done` in a key of the task's own, unless somebody else was faster.
async fn increment(storage: &dyn Storage, own: &str, done: u64) -> bool {
    let total = get(storage, "total").await;
    let version = total.as_ref().map_or(0, |stored| stored.version);
    let (total, done) = ((number(total) + 1).to_string(), done.to_string());
    let writes = writing(&[("total", Some(&total)), (own, Some(&done))]);
    let commit = Commit {
        checks: vec![check("total", version)],
        ..writes
    };
    matches!(
        storage.commit(commit.into()).await.unwrap(),
        Committed::Applied(_)
    )
}

fn number(stored: Option<airs_platform::Stored>) -> u64 {
    stored.map_or(0, |stored| {
        std::str::from_utf8(&stored.value).unwrap().parse().unwrap()
    })
}

pub(crate) async fn nothing_happens_before_the_future_is_polled(storage: Backend) {
    drop(storage.commit(writing(&[("key", Some("1"))]).into()));
    drop(storage.acquire());
    assert_eq!(get(&*storage, "key").await, None);
    assert_eq!(storage.acquire().await.unwrap(), 1);
}
