//! The storage service: one conformance suite that runs on every backend, and what SQLite adds to it.
#![cfg(test)]

mod conformance;
mod model;
mod pages;
mod ranges;
mod room;
mod sqlite;
#[path = "../../../../tests/src/untested.rs"]
mod untested;

use std::future::Future;
use std::sync::Arc;

use airs_platform::{Bytes, Commit, Committed, Key, Memory, Snapshot, Sqlite, Storage, Stored, Version};
use tempfile::TempDir;

/// Makes a test of each function for each backend.
macro_rules! on_every_backend {
    ($($suite:ident: $($name:ident)+;)+) => {
        mod on_memory {
            $($(#[test] fn $name() { crate::run(crate::$suite::$name(crate::memory())); })+)+
        }

        mod on_sqlite {
            $($(#[test] fn $name() {
                let (_folder, storage) = crate::sqlite();
                crate::run(crate::$suite::$name(storage));
            })+)+
        }
    };
}

on_every_backend! {
    conformance:
        a_snapshot_keeps_its_view_while_others_commit
        a_snapshot_sees_every_commit_that_was_answered_before
        a_key_has_the_version_of_the_commit_that_wrote_it
        a_deleted_key_is_absent_and_its_versions_never_return
        the_last_write_of_a_key_wins
        a_commit_is_applied_whole_or_not_at_all
        a_stale_check_is_a_conflict_that_names_the_key
        an_absence_that_was_read_is_checked
        every_conflicting_key_is_named_once_and_in_order
        a_commit_without_writes_validates_only
        an_id_is_applied_once
        an_id_is_looked_at_before_the_checks
        an_id_of_a_refused_commit_is_not_used_up
        the_oldest_ids_are_forgotten
        only_the_newest_epoch_may_commit
        a_fenced_commit_changes_nothing
        keys_and_values_are_any_bytes
        a_big_value_comes_back_whole
        many_keys_are_read_in_the_order_asked
        concurrent_commits_lose_no_update
        nothing_happens_before_the_future_is_polled;
    ranges:
        a_range_holds_its_prefix_in_byte_order
        pages_join_to_the_whole_range
        a_range_may_start_after_a_key_that_is_not_there
        the_empty_prefix_is_every_key
        a_prefix_of_only_the_highest_byte_has_an_end
        an_insert_into_a_range_is_a_conflict
        a_delete_from_a_range_is_a_conflict
        a_change_within_a_range_is_a_conflict
        what_lies_outside_a_range_is_no_conflict
        a_page_vouches_for_what_it_showed
        whether_there_was_more_is_checked
        a_range_that_was_empty_is_checked;
    pages:
        a_page_of_big_values_is_short
        a_short_page_is_checked_as_far_as_it_goes;
    room:
        what_fits_is_written_and_what_does_not_is_a_conflict
        what_takes_less_room_is_written_whatever_there_is
        bytes_that_were_there_before_they_were_counted_are_counted
        only_the_last_write_of_a_key_is_counted
        a_refused_commit_counts_nothing
        commits_of_different_keys_do_not_meet_in_their_room
        a_snapshot_counts_what_it_shows;
}

pub(crate) fn memory() -> Arc<dyn Storage> {
    Arc::new(Memory::new())
}

pub(crate) fn sqlite() -> (TempDir, Arc<dyn Storage>) {
    let folder = tempfile::tempdir().unwrap();
    let storage = Sqlite::open(&folder.path().join("state.db")).unwrap();
    (folder, Arc::new(storage))
}

pub(crate) fn run<T>(test: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .build()
        .unwrap();
    runtime.block_on(test)
}

pub(crate) fn bytes(text: impl AsRef<[u8]>) -> Bytes {
    Bytes::from(text.as_ref())
}

/// A commit that only writes.
pub(crate) fn writing(writes: &[(&str, Option<&str>)]) -> Commit {
    let writes = writes
        .iter()
        .map(|(key, value)| (Key::from(*key), value.map(bytes)));
    Commit {
        writes: writes.collect(),
        ..Commit::default()
    }
}

pub(crate) async fn put(storage: &dyn Storage, key: &str, value: &str) -> Version {
    applied(storage, writing(&[(key, Some(value))])).await
}

pub(crate) async fn applied(storage: &dyn Storage, commit: Commit) -> Version {
    match storage.commit(commit.into()).await.unwrap() {
        Committed::Applied(version) => version,
        other => panic!("not applied: {other:?}"),
    }
}

pub(crate) async fn get(storage: &dyn Storage, key: &str) -> Option<Stored> {
    let mut snapshot = storage.snapshot().await.unwrap();
    snapshot.get(key.as_bytes()).await.unwrap()
}

/// A key's value as text; nothing when the key is absent.
pub(crate) async fn text(snapshot: &mut dyn Snapshot, key: &str) -> Option<String> {
    let stored = snapshot.get(key.as_bytes()).await.unwrap()?;
    Some(String::from_utf8(stored.value.to_vec()).unwrap())
}
