//! All that a context keeps, seen from below.

use std::collections::BTreeMap;

use airs_platform::{Range, Storage};

/// Every key with its value.
pub(crate) type Content = BTreeMap<Vec<u8>, Vec<u8>>;

/// What a storage holds.
pub(crate) fn content(storage: &dyn Storage) -> Content {
    let all = Range {
        prefix: Vec::new(),
        after: None,
        limit: u32::MAX,
    };
    let page = wait(async { storage.snapshot().await.unwrap().scan(&all).await.unwrap() });
    let entries = page.entries.into_iter();
    entries
        .map(|entry| (entry.key, entry.stored.value.to_vec()))
        .collect()
}

/// Waits for something that needs no threads of a runtime's.
pub(crate) fn wait<T>(future: impl Future<Output = T>) -> T {
    let executor = tokio::runtime::Builder::new_current_thread().build().unwrap();
    executor.block_on(future)
}

/// The keys in which two contents differ, readable.
pub(crate) fn differences(one: &Content, other: &Content) -> Vec<String> {
    let keys = one
        .keys()
        .chain(other.keys().filter(|key| !one.contains_key(*key)));
    let differing = keys.filter(|key| one.get(*key) != other.get(*key));
    differing
        .map(|key| String::from_utf8_lossy(key).escape_debug().to_string())
        .collect()
}
