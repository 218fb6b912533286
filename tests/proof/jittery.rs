//! A storage that lets others go first, now and then: runs come between each other's calls.

use std::sync::{Arc, Mutex};

use airs_platform::{Commit, Committed, Key, Page, Range, Snapshot, Storage, StorageError, Stored};
use futures_util::future::BoxFuture;
use tokio::task::yield_now;

use super::chance::Chance;

/// How often a call waits for its turn, at most.
const TURNS_MAX: usize = 6;

/// A storage whose calls wait for some turns of the executor.
#[derive(Debug)]
pub(crate) struct Jittery {
    inner: Arc<dyn Storage>,
    chance: Arc<Mutex<Chance>>,
}

impl Jittery {
    pub(crate) fn over(inner: Arc<dyn Storage>) -> Self {
        Self {
            inner,
            chance: Arc::new(Mutex::new(Chance::of(0, 0))),
        }
    }

    /// What it stands before.
    pub(crate) fn inner(&self) -> &dyn Storage {
        &*self.inner
    }

    /// From now on chance is this.
    pub(crate) fn shuffle(&self, chance: Chance) {
        *self.chance.lock().unwrap() = chance;
    }
}

async fn wait(chance: &Mutex<Chance>) {
    let turns = chance.lock().unwrap().below(TURNS_MAX);
    for _ in 0..turns {
        yield_now().await;
    }
}

impl Storage for Jittery {
    fn snapshot(&self) -> BoxFuture<'_, Result<Box<dyn Snapshot>, StorageError>> {
        Box::pin(async move {
            wait(&self.chance).await;
            let inner = self.inner.snapshot().await?;
            let chance = Arc::clone(&self.chance);
            Ok(Box::new(JitteryView { inner, chance }) as Box<dyn Snapshot>)
        })
    }

    fn commit(&self, commit: Arc<Commit>) -> BoxFuture<'_, Result<Committed, StorageError>> {
        Box::pin(async move {
            wait(&self.chance).await;
            let committed = self.inner.commit(commit).await;
            wait(&self.chance).await;
            committed
        })
    }

    fn acquire(&self) -> BoxFuture<'_, Result<u64, StorageError>> {
        self.inner.acquire()
    }
}

struct JitteryView {
    inner: Box<dyn Snapshot>,
    chance: Arc<Mutex<Chance>>,
}

impl Snapshot for JitteryView {
    fn get<'a>(&'a mut self, key: &'a [u8]) -> BoxFuture<'a, Result<Option<Stored>, StorageError>> {
        Box::pin(async move {
            wait(&self.chance).await;
            self.inner.get(key).await
        })
    }

    fn get_many<'a>(
        &'a mut self,
        keys: &'a [Key],
    ) -> BoxFuture<'a, Result<Vec<Option<Stored>>, StorageError>> {
        Box::pin(async move {
            wait(&self.chance).await;
            self.inner.get_many(keys).await
        })
    }

    fn value_bytes<'a>(&'a mut self, key: &'a [u8]) -> BoxFuture<'a, Result<Option<u64>, StorageError>> {
        Box::pin(async move {
            wait(&self.chance).await;
            self.inner.value_bytes(key).await
        })
    }

    fn counted_bytes<'a>(&'a mut self, prefix: &'a [u8]) -> BoxFuture<'a, Result<u64, StorageError>> {
        Box::pin(async move {
            wait(&self.chance).await;
            self.inner.counted_bytes(prefix).await
        })
    }

    fn scan<'a>(&'a mut self, range: &'a Range) -> BoxFuture<'a, Result<Page, StorageError>> {
        Box::pin(async move {
            wait(&self.chance).await;
            self.inner.scan(range).await
        })
    }
}
