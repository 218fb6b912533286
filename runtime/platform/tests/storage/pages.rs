//! What every backend does with a page of large values.

use std::sync::Arc;

use airs_platform::{PAGE_BYTES_MAX, Storage};

use crate::put;
use crate::ranges::{commits_after, keys, range};

type Backend = Arc<dyn Storage>;

/// A page ends when it has enough, however few entries that are, and the next one goes on after it.
pub(crate) async fn a_page_of_big_values_is_short(storage: Backend) {
    let big = "x".repeat(PAGE_BYTES_MAX / 4);
    for number in 0..10 {
        put(&*storage, &format!("big/{number}"), &big).await;
    }
    let mut found = Vec::new();
    let mut range = range("big/", 100);
    loop {
        let (page, more) = keys(&*storage, range.clone()).await;
        assert!((1..=4).contains(&page.len()), "{page:?}");
        range.after = page.last().map(|key| key.clone().into());
        found.extend(page);
        if !more {
            break;
        }
    }
    assert_eq!(
        found,
        (0..10).map(|number| format!("big/{number}")).collect::<Vec<_>>()
    );
}

/// What lies after a page that was cut short is none of its business, but that there is something.
pub(crate) async fn a_short_page_is_checked_as_far_as_it_goes(storage: Backend) {
    let big = "x".repeat(PAGE_BYTES_MAX / 2);
    for key in ["big/1", "big/2", "big/3", "big/4"] {
        put(&*storage, key, &big).await;
    }
    let big = || range("big/", 100);
    assert!(commits_after(&*storage, big(), &[("big/5", Some("1"))]).await);
    assert!(commits_after(&*storage, big(), &[("big/4", None)]).await);
    assert!(!commits_after(&*storage, big(), &[("big/11", Some("1"))]).await);
    assert!(!commits_after(&*storage, big(), &[("big/2", Some("1"))]).await);
    put(&*storage, "big/2", &"x".repeat(PAGE_BYTES_MAX / 2)).await;
    put(&*storage, "big/11", &"x".repeat(PAGE_BYTES_MAX / 2)).await;
    let all_after: &[(&str, Option<&str>)] = &[("big/2", None), ("big/3", None), ("big/5", None)];
    assert!(!commits_after(&*storage, big(), all_after).await);
}
