//! A storage that can be made to fail in one call, and be given other contents.

use std::fmt;
use std::future::ready;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use airs_platform::{Commit, Committed, Entry, Key, Memory, Range, Snapshot, Storage, StorageError};
use futures_util::future::BoxFuture;

use super::before::{Before, view};
use super::state::{Content, content, restore};

/// How a call fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    /// It is not carried out, and says so.
    Unavailable,
    /// There is no room; what is read is damaged.
    Full,
    /// It is not carried out, and does not say so.
    Lost,
    /// It is carried out, and does not say so.
    AnswerLost,
    /// It is carried out, and says that it was not: a backend that breaks its word.
    Lie,
}

/// A storage in memory with one fault to come.
pub(crate) struct Faulty {
    memory: Arc<Memory>,
    plan: Arc<Plan>,
}

#[derive(Default)]
struct Plan {
    calls: AtomicUsize,
    fault: Mutex<Option<(usize, Way)>>,
    /// Whether somebody else changes everything just before the first commit.
    rivalled: Mutex<bool>,
}

impl Plan {
    /// Counts a call; the way in which it is to fail, if it is.
    fn call(&self) -> Option<Way> {
        let number = 1 + self.calls.fetch_add(1, Ordering::SeqCst);
        let fault = *self.fault.lock().unwrap();
        fault.filter(|(at, _)| *at == number).map(|(_, way)| way)
    }

    fn read(&self) -> Result<(), StorageError> {
        match self.call() {
            None => Ok(()),
            Some(Way::Full) => Err(StorageError::Corrupt {
                what: "a page is".into(),
            }),
            Some(_) => Err(unavailable()),
        }
    }
}

impl Before for Plan {
    fn before(&self) -> BoxFuture<'_, Result<(), StorageError>> {
        Box::pin(ready(self.read()))
    }
}

fn unavailable() -> StorageError {
    StorageError::Unavailable {
        doing: "do what was asked".into(),
        source: Arc::new(std::io::Error::other("told to fail")),
    }
}

fn unknown() -> StorageError {
    StorageError::OutcomeUnknown {
        source: Arc::new(std::io::Error::other("told to fail")),
    }
}

impl Faulty {
    pub(crate) fn new() -> Self {
        Self {
            memory: Arc::default(),
            plan: Arc::default(),
        }
    }

    pub(crate) fn content(&self) -> Content {
        content(&*self.memory)
    }

    /// Holds this and nothing else, and fails in no call.
    pub(crate) fn reset(&self, content: &Content) {
        restore(&*self.memory, content);
        self.arm(None, false);
    }

    /// From now on the n-th call fails, counted from 1.
    pub(crate) fn arm(&self, fault: Option<(usize, Way)>, rivalled: bool) {
        *self.plan.fault.lock().unwrap() = fault;
        *self.plan.rivalled.lock().unwrap() = rivalled;
        self.plan.calls.store(0, Ordering::SeqCst);
    }

    /// Calls since the last time that it was armed.
    pub(crate) fn calls(&self) -> usize {
        self.plan.calls.load(Ordering::SeqCst)
    }

    /// Writes everything anew, as it is: whoever has read something meets a conflict.
    async fn disturb(memory: &Memory) {
        let all = Range {
            prefix: Key::new(),
            after: None,
            limit: u32::MAX,
        };
        let page = memory.snapshot().await.unwrap().scan(&all).await.unwrap();
        let rewrite = |Entry { key, stored }| (key, Some(stored.value));
        let commit = Commit {
            writes: page.entries.into_iter().map(rewrite).collect(),
            ..Commit::default()
        };
        memory.commit(commit.into()).await.unwrap();
    }
}

impl Storage for Faulty {
    fn snapshot(&self) -> BoxFuture<'_, Result<Box<dyn Snapshot>, StorageError>> {
        Box::pin(view(&*self.memory, Arc::clone(&self.plan)))
    }

    fn commit(&self, commit: Arc<Commit>) -> BoxFuture<'_, Result<Committed, StorageError>> {
        let (memory, way) = (Arc::clone(&self.memory), self.plan.call());
        let rivalled = std::mem::take(&mut *self.plan.rivalled.lock().unwrap());
        Box::pin(async move {
            if rivalled {
                Self::disturb(&memory).await;
            }
            match way {
                None => memory.commit(commit).await,
                Some(Way::Unavailable) => Err(unavailable()),
                Some(Way::Full) => Err(StorageError::Full {
                    doing: "write".into(),
                }),
                Some(Way::Lost) => Err(unknown()),
                Some(Way::AnswerLost) => memory.commit(commit).await.and(Err(unknown())),
                Some(Way::Lie) => memory.commit(commit).await.and(Err(unavailable())),
            }
        })
    }

    fn acquire(&self) -> BoxFuture<'_, Result<u64, StorageError>> {
        let (memory, way) = (Arc::clone(&self.memory), self.plan.call());
        Box::pin(async move {
            match way {
                None => memory.acquire().await,
                Some(Way::Unavailable) => Err(unavailable()),
                Some(Way::Full) => Err(StorageError::Full {
                    doing: "write".into(),
                }),
                Some(Way::Lost) => Err(unknown()),
                Some(Way::AnswerLost) => memory.acquire().await.and(Err(unknown())),
                Some(Way::Lie) => memory.acquire().await.and(Err(unavailable())),
            }
        })
    }
}

impl fmt::Debug for Faulty {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Faulty").finish_non_exhaustive()
    }
}
