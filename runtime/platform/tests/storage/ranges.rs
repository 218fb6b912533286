//! What every backend does with ranges: pages, order, and phantoms.

use std::sync::Arc;

use airs_platform::{Check, Commit, Committed, Key, Page, Range, Storage};

use crate::{applied, put, writing};

type Backend = Arc<dyn Storage>;

pub(crate) fn range(prefix: &str, limit: u32) -> Range {
    Range {
        prefix: prefix.into(),
        after: None,
        limit,
    }
}

fn after(prefix: &str, key: &str, limit: u32) -> Range {
    Range {
        after: Some(key.into()),
        ..range(prefix, limit)
    }
}

async fn scan(storage: &dyn Storage, range: &Range) -> Page {
    storage.snapshot().await.unwrap().scan(range).await.unwrap()
}

pub(crate) async fn keys(storage: &dyn Storage, range: Range) -> (Vec<String>, bool) {
    let page = scan(storage, &range).await;
    let keys = page
        .entries
        .into_iter()
        .map(|entry| String::from_utf8(entry.key).unwrap());
    (keys.collect(), page.more)
}

async fn filled(storage: &dyn Storage, keys: &[&str]) {
    for key in keys {
        put(storage, key, "1").await;
    }
}

/// Reads a range, lets `writes` happen, and then commits what depends on the range.
pub(crate) async fn commits_after(
    storage: &dyn Storage,
    range: Range,
    writes: &[(&str, Option<&str>)],
) -> bool {
    let page = scan(storage, &range).await;
    applied(storage, writing(writes)).await;
    let seen = page
        .entries
        .into_iter()
        .map(|entry| (entry.key, entry.stored.version))
        .collect();
    let prefix = range.prefix.clone();
    let checks = vec![Check::Range {
        range,
        seen,
        more: page.more,
    }];
    match storage
        .commit(
            Commit {
                checks,
                ..writing(&[("result", Some("1"))])
            }
            .into(),
        )
        .await
        .unwrap()
    {
        Committed::Conflict(named) => {
            assert_eq!(named, [prefix]);
            false
        }
        _ => true,
    }
}

pub(crate) async fn a_range_holds_its_prefix_in_byte_order(storage: Backend) {
    filled(
        &*storage,
        &["p/b", "p", "p/a/x", "p0", "p/", "o/z", "p/a", "p/é", "q"],
    )
    .await;
    let found = keys(&*storage, range("p/", 10)).await;
    assert_eq!(
        found,
        (
            ["p/", "p/a", "p/a/x", "p/b", "p/é"].map(String::from).to_vec(),
            false
        )
    );
    let page = scan(&*storage, &range("p/a", 1)).await;
    assert!(page.more);
    let [entry] = page.entries.as_slice() else {
        panic!("one entry was asked for")
    };
    assert_eq!(Some(&entry.stored), crate::get(&*storage, "p/a").await.as_ref());
}

pub(crate) async fn pages_join_to_the_whole_range(storage: Backend) {
    let names: Vec<String> = (0..25).map(|number| format!("p/{number:02}")).collect();
    filled(&*storage, &names.iter().map(String::as_str).collect::<Vec<_>>()).await;
    filled(&*storage, &["o", "q"]).await;
    for limit in [1, 5, 24, 25, 26] {
        let mut snapshot = storage.snapshot().await.unwrap();
        let (mut range, mut found) = (range("p/", limit), Vec::new());
        loop {
            let page = snapshot.scan(&range).await.unwrap();
            found.extend(page.entries.into_iter().map(|entry| entry.key));
            range.after = found.last().cloned();
            if !page.more {
                break;
            }
        }
        assert!(
            found.iter().eq(names.iter().map(String::as_bytes)),
            "in pages of {limit}"
        );
    }
    assert_eq!(keys(&*storage, range("p/", 0)).await, (vec![], true));
    assert_eq!(keys(&*storage, range("x/", 0)).await, (vec![], false));
    assert_eq!(keys(&*storage, range("p/", u32::MAX)).await.0.len(), 25);
}

pub(crate) async fn a_range_may_start_after_a_key_that_is_not_there(storage: Backend) {
    filled(&*storage, &["p/a", "p/c", "q"]).await;
    assert_eq!(
        keys(&*storage, after("p/", "p/b", 9)).await,
        (vec!["p/c".into()], false)
    );
    assert_eq!(keys(&*storage, after("p/", "a", 9)).await.0, ["p/a", "p/c"]);
    assert_eq!(keys(&*storage, after("p/", "p/", 9)).await.0, ["p/a", "p/c"]);
    assert_eq!(keys(&*storage, after("p/", "p/c", 9)).await, (vec![], false));
    assert_eq!(keys(&*storage, after("p/", "z", 9)).await, (vec![], false));
    assert_eq!(keys(&*storage, after("p/", "p/a", 0)).await, (vec![], true));
}

pub(crate) async fn the_empty_prefix_is_every_key(storage: Backend) {
    let all: Vec<Key> = vec![vec![], vec![0], vec![1, 0], vec![255], vec![255, 255]];
    let writes = all
        .iter()
        .map(|key| (key.clone(), Some(crate::bytes(""))))
        .collect();
    applied(
        &*storage,
        Commit {
            writes,
            ..Commit::default()
        },
    )
    .await;
    let found = scan(&*storage, &range("", 9)).await;
    assert!(found.entries.iter().map(|entry| &entry.key).eq(&all));
    let rest = scan(&*storage, &after("", "", 9)).await;
    assert_eq!(rest.entries, found.entries[1..]);
}

pub(crate) async fn a_prefix_of_only_the_highest_byte_has_an_end(storage: Backend) {
    let all: Vec<Key> = vec![
        vec![254, 255],
        vec![254, 255, 255],
        vec![255],
        vec![255, 0],
        vec![255, 255],
    ];
    let writes = all
        .iter()
        .map(|key| (key.clone(), Some(crate::bytes(""))))
        .collect();
    applied(
        &*storage,
        Commit {
            writes,
            ..Commit::default()
        },
    )
    .await;
    for (prefix, expected) in [
        (vec![255], &all[2..]),
        (vec![254, 255], &all[..2]),
        (vec![255, 255], &all[4..]),
    ] {
        let found = scan(
            &*storage,
            &Range {
                prefix,
                after: None,
                limit: 9,
            },
        )
        .await;
        assert!(found.entries.iter().map(|entry| &entry.key).eq(expected) && !found.more);
    }
}

pub(crate) async fn an_insert_into_a_range_is_a_conflict(storage: Backend) {
    filled(&*storage, &["p/b", "p/d"]).await;
    for key in ["p/a", "p/c", "p/e", "p/"] {
        assert!(
            !commits_after(&*storage, range("p/", 9), &[(key, Some("1"))]).await,
            "{key}"
        );
    }
}

pub(crate) async fn a_delete_from_a_range_is_a_conflict(storage: Backend) {
    filled(&*storage, &["p/a", "p/b", "p/c"]).await;
    for key in ["p/b", "p/a", "p/c"] {
        assert!(
            !commits_after(&*storage, range("p/", 9), &[(key, None)]).await,
            "{key}"
        );
    }
}

pub(crate) async fn a_change_within_a_range_is_a_conflict(storage: Backend) {
    filled(&*storage, &["p/a", "p/b"]).await;
    // The same value again is a change too, and so is a delete with an insert.
    assert!(!commits_after(&*storage, range("p/", 9), &[("p/b", Some("1"))]).await);
    assert!(!commits_after(&*storage, range("p/", 9), &[("p/a", None), ("p/a", Some("1"))]).await);
}

pub(crate) async fn what_lies_outside_a_range_is_no_conflict(storage: Backend) {
    filled(&*storage, &["o/z", "p", "p/a", "p0", "q"]).await;
    let outside = [
        ("o/z", None),
        ("p", Some("2")),
        ("p0", Some("2")),
        ("q", None),
        ("r", Some("1")),
    ];
    assert!(commits_after(&*storage, range("p/", 9), &outside).await);
    // Within the prefix, but before the page.
    assert!(
        commits_after(
            &*storage,
            after("p/", "p/a", 9),
            &[("p/a", None), ("p/", Some("1"))]
        )
        .await
    );
    // An insert that the range never saw, because it was taken back.
    assert!(commits_after(&*storage, range("p/", 9), &[("p/x", Some("1")), ("p/x", None)]).await);
}

pub(crate) async fn a_page_vouches_for_what_it_showed(storage: Backend) {
    filled(&*storage, &["p/a", "p/c", "p/e", "p/g"]).await;
    assert!(
        commits_after(
            &*storage,
            range("p/", 2),
            &[("p/e", Some("2")), ("p/d", Some("1"))]
        )
        .await
    );
    assert!(!commits_after(&*storage, range("p/", 2), &[("p/c", Some("2"))]).await);
    assert!(!commits_after(&*storage, range("p/", 2), &[("p/b", Some("1"))]).await);
    assert!(commits_after(&*storage, after("p/", "p/b", 1), &[("p/b", None), ("p/d", None)]).await);
    // The page's last key goes, and the next one takes its place.
    assert!(!commits_after(&*storage, range("p/", 2), &[("p/c", None)]).await);
}

pub(crate) async fn whether_there_was_more_is_checked(storage: Backend) {
    filled(&*storage, &["p/a", "p/b"]).await;
    assert!(!commits_after(&*storage, range("p/", 2), &[("p/c", Some("1"))]).await);
    assert!(!commits_after(&*storage, range("p/", 2), &[("p/c", None)]).await);
    assert!(!commits_after(&*storage, range("p/", 0), &[("p/a", None), ("p/b", None)]).await);
    assert!(!commits_after(&*storage, range("p/", 0), &[("p/a", Some("1"))]).await);
}

pub(crate) async fn a_range_that_was_empty_is_checked(storage: Backend) {
    filled(&*storage, &["o", "q"]).await;
    assert!(commits_after(&*storage, range("p/", 9), &[("p", Some("1"))]).await);
    assert!(!commits_after(&*storage, range("p/", 9), &[("p/a", Some("1"))]).await);
}
