//! State in memory that fails when it is told to.

use std::fmt;
use std::io;
use std::pin::Pin;
use std::sync::Arc;

use airs_runtime::storage::{
    Commit, Committed, Key, Memory, Page, Range, Reading, Snapshot, Storage, StorageError, Stored,
    driver_of_key,
};

use super::faults::{Faults, Place, Way};

pub(super) type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// A state in memory, and what is to go wrong with it.
pub(super) struct Faulty {
    memory: Memory,
    faults: Faults,
}

impl Faulty {
    pub(super) fn new(faults: Faults) -> Self {
        Self {
            memory: Memory::new(),
            faults,
        }
    }
}

impl Storage for Faulty {
    fn snapshot(&self) -> BoxFuture<'_, Result<Box<dyn Snapshot>, StorageError>> {
        Box::pin(async {
            let (snapshot, faults) = (self.memory.snapshot().await?, self.faults.clone());
            let view: Box<dyn Snapshot> = Box::new(View { snapshot, faults });
            Ok(view)
        })
    }

    fn commit(&self, commit: Arc<Commit>) -> BoxFuture<'_, Result<Committed, StorageError>> {
        Box::pin(async move {
            let due = self.faults.due(|place| *place == Place::Commit);
            match due.as_ref().map(|due| &due.way) {
                None => self.memory.commit(commit).await,
                Some(Way::AnswerLost) => match self.memory.commit(commit).await {
                    Ok(Committed::Applied(_) | Committed::AlreadyApplied(_)) => Err(unknown()),
                    // It was not carried out, and its answer is another one.
                    other => {
                        due.iter().for_each(|due| self.faults.put_off(due));
                        other
                    }
                },
                Some(Way::Lost) => Err(unknown()),
                Some(Way::Conflict) => {
                    let mut written: Vec<Key> = commit.writes.iter().map(|(key, _)| key.clone()).collect();
                    written.sort_unstable();
                    Ok(Committed::Conflict(written))
                }
                Some(Way::Full) => Err(StorageError::Full {
                    doing: "commit".to_owned(),
                }),
                Some(_) => Err(unavailable()),
            }
        })
    }

    fn acquire(&self) -> BoxFuture<'_, Result<u64, StorageError>> {
        self.memory.acquire()
    }
}

/// A view of the state, and what is to go wrong with what drivers read of it: that is what a test knows of. The host
/// reads for itself, too, and looks at how large things are before they are written.
struct View {
    snapshot: Box<dyn Snapshot>,
    faults: Faults,
}

impl View {
    /// What goes wrong where this key is read, or what begins with it.
    fn fault(&self, key: &[u8]) -> Option<StorageError> {
        let reads = driver_of_key(key)?;
        let here = |place: &Place| matches!(place, Place::Read { driver } if driver.as_deref().is_none_or(|driver| driver == reads));
        self.faults.due(here).map(|due| match due.way {
            Way::Corrupt => StorageError::Corrupt {
                what: "what was read, as its test wants".to_owned(),
            },
            _ => unavailable(),
        })
    }
}

/// What a read answers that goes wrong.
fn fails<'a, T: Send + 'a>(error: StorageError) -> Reading<'a, T> {
    Reading::Right(Box::pin(async { Err(error) }))
}

impl Snapshot for View {
    fn get<'a>(&'a mut self, key: &'a [u8]) -> Reading<'a, Option<Stored>> {
        match self.fault(key) {
            Some(error) => fails(error),
            None => self.snapshot.get(key),
        }
    }

    fn get_many<'a>(&'a mut self, keys: &'a [Key]) -> Reading<'a, Vec<Option<Stored>>> {
        match keys.iter().find_map(|key| self.fault(key)) {
            Some(error) => fails(error),
            None => self.snapshot.get_many(keys),
        }
    }

    fn value_bytes<'a>(&'a mut self, key: &'a [u8]) -> Reading<'a, Option<u64>> {
        self.snapshot.value_bytes(key)
    }

    fn counted_bytes<'a>(&'a mut self, prefix: &'a [u8]) -> Reading<'a, u64> {
        self.snapshot.counted_bytes(prefix)
    }

    fn scan<'a>(&'a mut self, range: &'a Range) -> Reading<'a, Page> {
        match self.fault(&range.prefix) {
            Some(error) => fails(error),
            None => self.snapshot.scan(range),
        }
    }
}

fn unavailable() -> StorageError {
    StorageError::Unavailable {
        doing: "reach the state".to_owned(),
        source: Arc::new(as_wanted()),
    }
}

fn unknown() -> StorageError {
    StorageError::OutcomeUnknown {
        source: Arc::new(as_wanted()),
    }
}

fn as_wanted() -> io::Error {
    io::Error::other("its test wants that")
}

impl fmt::Debug for Faulty {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Faulty").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use airs_runtime::storage::{Check, Commit, Committed, Storage, StorageError};

    use super::super::faults::{Fault, Faults};
    use super::Faulty;

    fn faults(fault: serde_json::Value) -> Faults {
        let (faults, fault) = (Faults::default(), serde_json::from_value::<Fault>(fault).unwrap());
        faults.add(fault, &[]).unwrap();
        faults
    }

    fn at(executor: &tokio::runtime::Runtime, state: &Faulty, key: &[u8]) -> Result<(), StorageError> {
        executor.block_on(async {
            let mut snapshot = state.snapshot().await?;
            snapshot.get(key).await.map(drop)
        })
    }

    #[test]
    fn the_answer_is_lost_of_a_commit_that_was_carried_out() {
        let executor = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let lost = serde_json::json!({"place": "commit", "way": "answer-lost", "after": 0, "times": 1});
        let faults = faults(lost);
        let state = Faulty::new(faults.clone());
        let commit = |version| {
            let key = b"a".to_vec();
            let commit = Commit {
                checks: vec![Check::Key {
                    key: key.clone(),
                    version,
                }],
                writes: vec![(key, Some(b"1".as_slice().into()))],
                ..Commit::default()
            };
            executor.block_on(state.commit(Arc::new(commit)))
        };
        // Another one was faster: nobody is in doubt.
        assert!(matches!(commit(7), Ok(Committed::Conflict(_))));
        assert_eq!(faults.left(), 1);
        assert!(matches!(commit(0), Err(StorageError::OutcomeUnknown { .. })));
        assert_eq!(faults.left(), 0);
        assert!(matches!(commit(1), Ok(Committed::Applied(_))));
    }

    #[test]
    fn only_what_drivers_read_can_go_wrong() {
        let executor = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let read = serde_json::json!({"place": {"read": {"driver": null}}, "way": "unavailable", "after": 0, "times": 1});
        let state = Faulty::new(faults(read));
        at(&executor, &state, b"\x00b/watch").unwrap();
        assert!(at(&executor, &state, b"\x01\x05watch/watch").is_err());
        at(&executor, &state, b"\x01\x05watch/watch").unwrap();
    }
}
