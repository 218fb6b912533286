//! A storage that lets others go first, now and then: runs come between each other's calls.

use std::sync::{Arc, Mutex};

use airs_platform::{Commit, Committed, Snapshot, Storage, StorageError};
use futures_util::future::BoxFuture;
use tokio::task::yield_now;

use super::before::{Before, view};
use super::chance::Chance;

/// How often a call waits for its turn, at most.
const TURNS_MAX: usize = 6;

/// A storage whose calls wait for some turns of the executor.
#[derive(Debug)]
pub(crate) struct Jittery {
    inner: Arc<dyn Storage>,
    turns: Arc<Turns>,
}

impl Jittery {
    pub(crate) fn over(inner: Arc<dyn Storage>) -> Self {
        Self {
            inner,
            turns: Arc::new(Turns(Mutex::new(Chance::of(0, 0)))),
        }
    }

    /// What it stands before.
    pub(crate) fn inner(&self) -> &dyn Storage {
        &*self.inner
    }

    /// From now on chance is this.
    pub(crate) fn shuffle(&self, chance: Chance) {
        *self.turns.0.lock().unwrap() = chance;
    }
}

/// Chance decides for how many turns.
#[derive(Debug)]
struct Turns(Mutex<Chance>);

impl Turns {
    async fn wait(&self) {
        let turns = self.0.lock().unwrap().below(TURNS_MAX);
        for _ in 0..turns {
            yield_now().await;
        }
    }
}

impl Before for Turns {
    fn before(&self) -> BoxFuture<'_, Result<(), StorageError>> {
        Box::pin(async {
            self.wait().await;
            Ok(())
        })
    }
}

impl Storage for Jittery {
    fn snapshot(&self) -> BoxFuture<'_, Result<Box<dyn Snapshot>, StorageError>> {
        Box::pin(view(&*self.inner, Arc::clone(&self.turns)))
    }

    fn commit(&self, commit: Arc<Commit>) -> BoxFuture<'_, Result<Committed, StorageError>> {
        Box::pin(async move {
            self.turns.wait().await;
            let committed = self.inner.commit(commit).await;
            self.turns.wait().await;
            committed
        })
    }

    fn acquire(&self) -> BoxFuture<'_, Result<u64, StorageError>> {
        self.inner.acquire()
    }
}
