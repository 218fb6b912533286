//! What the thread that writes is asked, and what it answers.

use std::sync::Arc;
use std::time::Instant;

use tokio::sync::oneshot;

use super::super::super::{Commit, Committed};
use super::super::group::{Fenced, Group};
use crate::StorageError;

/// What the thread is asked to do.
pub(super) enum Job {
    Commit(Arc<Commit>, Answer<Committed>),
    Acquire(Answer<u64>),
}

/// What one asker will be told, once its group is durable.
pub(super) struct Answer<T> {
    result: Option<Result<T, StorageError>>,
    to: oneshot::Sender<Result<T, StorageError>>,
}

impl Job {
    /// How much it writes.
    pub(super) fn bytes(&self) -> usize {
        let Self::Commit(commit, _) = self else { return 0 };
        let values = commit.writes.iter().filter_map(|(_, value)| value.as_ref());
        let keys = commit.writes.iter().map(|(key, _)| key.len());
        values.map(|value| value.len()).chain(keys).sum()
    }

    pub(super) fn apply(&mut self, group: &mut Group<'_>) -> rusqlite::Result<()> {
        match self {
            Self::Commit(commit, answer) => {
                answer.result = Some(match commit.deadline {
                    Some(deadline) if Instant::now() >= deadline => Err(StorageError::Late),
                    _ => group.apply(commit)?.map_err(|Fenced| StorageError::Fenced),
                });
            }
            Self::Acquire(answer) => answer.result = Some(Ok(group.acquire())),
        }
        Ok(())
    }

    pub(super) fn answer(self) {
        match self {
            Self::Commit(_, answer) => answer.tell(),
            Self::Acquire(answer) => answer.tell(),
        }
    }

    pub(super) fn fail(self, error: StorageError) {
        match self {
            Self::Commit(_, answer) => Answer {
                result: Some(Err(error)),
                ..answer
            }
            .tell(),
            Self::Acquire(answer) => Answer {
                result: Some(Err(error)),
                ..answer
            }
            .tell(),
        }
    }
}

impl<T> Answer<T> {
    pub(super) fn to(to: oneshot::Sender<Result<T, StorageError>>) -> Self {
        Self { result: None, to }
    }

    fn tell(self) {
        if let Some(result) = self.result {
            // Who asked may have gone away.
            let _ = self.to.send(result);
        }
    }
}
