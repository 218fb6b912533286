//! State in memory that fails when it is told to.

use std::fmt;
use std::io;
use std::pin::Pin;
use std::sync::Arc;

use airs_runtime::storage::{
    Commit, Committed, Key, Memory, Page, Range, Reading, Snapshot, Storage, StorageError, Stored,
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
            match self.faults.due(|place| *place == Place::Commit) {
                None => self.memory.commit(commit).await,
                Some(Way::AnswerLost) => self.memory.commit(commit).await.and(Err(unknown())),
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

/// A view of the state, and what is to go wrong with reading it.
struct View {
    snapshot: Box<dyn Snapshot>,
    faults: Faults,
}

impl View {
    fn fault(&self) -> Option<StorageError> {
        self.faults
            .due(|place| *place == Place::Read)
            .map(|way| match way {
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
        match self.fault() {
            Some(error) => fails(error),
            None => self.snapshot.get(key),
        }
    }

    fn get_many<'a>(&'a mut self, keys: &'a [Key]) -> Reading<'a, Vec<Option<Stored>>> {
        match self.fault() {
            Some(error) => fails(error),
            None => self.snapshot.get_many(keys),
        }
    }

    fn value_bytes<'a>(&'a mut self, key: &'a [u8]) -> Reading<'a, Option<u64>> {
        match self.fault() {
            Some(error) => fails(error),
            None => self.snapshot.value_bytes(key),
        }
    }

    fn counted_bytes<'a>(&'a mut self, prefix: &'a [u8]) -> Reading<'a, u64> {
        match self.fault() {
            Some(error) => fails(error),
            None => self.snapshot.counted_bytes(prefix),
        }
    }

    fn scan<'a>(&'a mut self, range: &'a Range) -> Reading<'a, Page> {
        match self.fault() {
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
