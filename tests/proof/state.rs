//! All that a context keeps, seen from below.

use std::collections::BTreeMap;

use airs_platform::{Bytes, Commit, Committed, Range, Storage};

/// Every key with its value.
pub(crate) type Content = BTreeMap<Vec<u8>, Vec<u8>>;

/// What a storage holds.
pub(crate) fn content(storage: &dyn Storage) -> Content {
    let mut range = Range {
        prefix: Vec::new(),
        after: None,
        limit: u32::MAX,
    };
    let mut snapshot = wait(storage.snapshot()).unwrap();
    let mut content = Content::new();
    loop {
        let page = wait(snapshot.scan(&range)).unwrap();
        let entries = page.entries.into_iter();
        content.extend(entries.map(|entry| (entry.key, entry.stored.value.to_vec())));
        if !page.more {
            return content;
        }
        range.after = content.keys().next_back().cloned();
    }
}

/// Makes a storage hold this and nothing else.
pub(crate) fn restore(storage: &dyn Storage, wanted: &Content) {
    let gone = content(storage).into_keys().map(|key| (key, None));
    let there = wanted
        .iter()
        .map(|(key, value)| (key.clone(), Some(Bytes::from(value.as_slice()))));
    let commit = Commit {
        writes: gone.chain(there).collect(),
        ..Commit::default()
    };
    let committed = wait(storage.commit(commit.into())).unwrap();
    assert!(matches!(committed, Committed::Applied(_)));
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
