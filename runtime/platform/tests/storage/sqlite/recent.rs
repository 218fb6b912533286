//! What is kept in memory of a file is what the file has.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use airs_platform::{Check, Commit, Committed, Snapshot, Sqlite, Storage, StorageError};
use futures_util::future::{BoxFuture, join_all, poll_immediate, try_join_all};
use rusqlite::Connection;

use crate::model::{SQLITE_HISTORIES, follow, histories};
use crate::{bytes, get, put, run, text, writing};

#[test]
fn each_commit_of_a_group_rests_on_those_before_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("state.db");
    let storage = Sqlite::open(&path).unwrap();
    run(put(&storage, "key", "1234"));
    let somebody_else = Connection::open(&path).unwrap();
    somebody_else.execute_batch("BEGIN IMMEDIATE").unwrap();
    // With room for so many bytes of keys and values.
    let within = |bytes_max, value| Commit {
        checks: vec![Check::Room {
            prefix: b"k".to_vec(),
            bytes_max,
        }],
        ..writing(&[("key", value)])
    };
    let rests_on = |version| Commit {
        checks: vec![Check::Key {
            key: b"key".to_vec(),
            version,
        }],
        ..writing(&[("other", Some("1"))])
    };
    let commits = [
        within(10, Some("12345678")),
        rests_on(1),
        rests_on(2),
        within(11, Some("12345678")),
        within(9, Some("123456789")),
        within(9, None),
        rests_on(4),
        rests_on(0),
        within(4, Some("12")),
    ];
    run(async {
        let commits = commits.map(|commit| storage.commit(commit.into()));
        let mut commits = Box::pin(join_all(commits));
        assert!(poll_immediate(commits.as_mut()).await.is_none());
        somebody_else.execute_batch("ROLLBACK").unwrap();
        let answers: Vec<Committed> = commits.await.into_iter().map(Result::unwrap).collect();
        let conflict = |key: &str| Committed::Conflict(vec![key.into()]);
        let expected = [
            Committed::Applied(2),
            conflict("key"),
            Committed::Applied(3),
            Committed::Applied(4),
            conflict("k"),
            Committed::Applied(5),
            conflict("key"),
            Committed::Applied(6),
            Committed::Applied(7),
        ];
        assert_eq!(answers, expected);
        let mut snapshot = storage.snapshot().await.unwrap();
        assert_eq!(snapshot.counted_bytes(b"k").await.unwrap(), 4);
    });
    // One before, one for the first of them, and one for all others.
    assert!(storage.groups() <= 3, "{} groups", storage.groups());
}

#[test]
fn what_was_read_or_written_lately_is_not_read_again() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("state.db");
    run(put(&Sqlite::open(&path).unwrap(), "read", "1"));
    let storage = Sqlite::open(&path).unwrap();
    run(async {
        put(&storage, "written", "1").await;
        get(&storage, "read").await.unwrap();
        // Not as anybody would who keeps to the format.
        let vandal = Connection::open(&path).unwrap();
        vandal.execute("UPDATE kv SET value = x'32'", ()).unwrap();
        for key in ["read", "written"] {
            assert_eq!(get(&storage, key).await.unwrap().value, bytes("1"));
        }
        drop(storage);
        let storage = Sqlite::open(&path).unwrap();
        let mut snapshot = storage.snapshot().await.unwrap();
        let again = snapshot.get(b"read").await;
        assert!(matches!(again, Err(StorageError::Corrupt { .. })), "{again:?}");
    });
}

#[test]
fn how_many_bytes_there_are_is_not_read_again_and_is_in_the_file_all_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("state.db");
    let open = || Sqlite::open(&path).unwrap();
    let write = |value| Commit {
        checks: vec![Check::Room {
            prefix: b"k".to_vec(),
            bytes_max: 10,
        }],
        ..writing(&[("key", Some(value))])
    };
    let counted = async |storage: &Sqlite| {
        let mut snapshot = storage.snapshot().await.unwrap();
        snapshot.counted_bytes(b"k").await
    };
    run(async {
        let storage = open();
        // As many bytes at first, then more, then as many again.
        for value in ["12", "34", "567", "890"] {
            storage.commit(write(value).into()).await.unwrap();
        }
        let file = Connection::open(&path).unwrap();
        let said: u32 = file
            .query_row("SELECT bytes FROM counted", (), |row| row.get(0))
            .unwrap();
        assert_eq!(said, 5);
        // Not as anybody would who keeps to the format.
        file.execute("UPDATE counted SET bytes = 9", ()).unwrap();
        assert_eq!(counted(&storage).await.unwrap(), 5);
        drop(storage);
        let again = counted(&open()).await;
        assert!(matches!(again, Err(StorageError::Corrupt { .. })), "{again:?}");
    });
}

#[test]
fn snapshots_show_each_commit_whole_while_others_are_made() {
    const COMMITS: u32 = 300;
    let (_folder, storage) = crate::sqlite();
    let write = |left: u32| {
        let (left, right) = (left.to_string(), (COMMITS - left).to_string());
        writing(&[("left", Some(left.as_str())), ("right", Some(right.as_str()))])
    };
    run(async {
        storage.commit(write(0).into()).await.unwrap();
        let done = Arc::new(AtomicBool::new(false));
        let readers = (0..4).map(|_| {
            let (storage, done) = (Arc::clone(&storage), Arc::clone(&done));
            tokio::spawn(async move {
                let mut reads = 0;
                while reads == 0 || !done.load(Ordering::Relaxed) {
                    reads += 1;
                    let mut snapshot = storage.snapshot().await.unwrap();
                    let mut number = async |key| -> u32 {
                        tokio::task::yield_now().await;
                        text(&mut *snapshot, key).await.unwrap().parse().unwrap()
                    };
                    let (left, right, again) =
                        (number("left").await, number("right").await, number("left").await);
                    assert_eq!((left + right, left), (COMMITS, again));
                }
            })
        });
        let readers: Vec<_> = readers.collect();
        for left in 1..=COMMITS {
            storage.commit(write(left).into()).await.unwrap();
        }
        done.store(true, Ordering::Relaxed);
        try_join_all(readers).await.unwrap();
    });
}

#[test]
fn two_handles_on_one_file_do_what_the_model_does() {
    histories(SQLITE_HISTORIES, |steps| {
        let folder = tempfile::tempdir().unwrap();
        let open = || Sqlite::open(&folder.path().join("state.db")).unwrap();
        let turn = AtomicUsize::new(0);
        crate::run(follow(&InTurns([open(), open()], turn), steps));
    });
}

/// Two handles, each of which remembers what it has read and written, and hears nothing of the other. Now the one is
/// asked, now the other, at times twice.
#[derive(Debug)]
struct InTurns([Sqlite; 2], AtomicUsize);

impl InTurns {
    fn next(&self) -> &Sqlite {
        &self.0[usize::from(self.1.fetch_add(1, Ordering::Relaxed).is_multiple_of(3))]
    }
}

impl Storage for InTurns {
    fn snapshot(&self) -> BoxFuture<'_, Result<Box<dyn Snapshot>, StorageError>> {
        self.next().snapshot()
    }

    fn commit(&self, commit: Arc<Commit>) -> BoxFuture<'_, Result<Committed, StorageError>> {
        self.next().commit(commit)
    }

    /// Always the same one: the lock is its own until it is dropped.
    fn acquire(&self) -> BoxFuture<'_, Result<u64, StorageError>> {
        self.0[0].acquire()
    }
}
