//! Who may commit in a context: one process at a time.

use std::io;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use airs_platform::{Commit, Committed, Storage, StorageError};
use futures_util::future::poll_immediate;
use tokio::sync::Mutex;
use tokio::time::{sleep_until, timeout_at};

use crate::alarms::Alarms;
use crate::context::Context;

/// How often to look whether another process has ended. Its commits take some milliseconds each.
const LOOK_AGAIN: Duration = Duration::from_millis(20);

/// How long after its deadline a commit that the backend has begun is waited for, unless said. Nobody learns what becomes
/// of one that takes longer: its disk has hung for half a minute.
const GRACE: Duration = Duration::from_secs(30);

/// The owner epoch under which this process commits; 0 until its first commit.
///
/// Whoever only reads owns nothing, and so does not wait for whoever does, nor makes others wait.
#[derive(Debug)]
pub(crate) struct Ownership {
    epoch: AtomicU64,
    /// Held by whoever asks for it.
    asking: Mutex<()>,
    /// Whether another process was the owner when it was last asked for.
    is_taken: AtomicBool,
    grace: Duration,
    alarms: Alarms,
}

impl Context {
    /// Commits, as the owner of the state. While another process is that, it `waits`, which is told once, until the
    /// deadline at most.
    pub(crate) async fn commit(
        &self,
        mut commit: Commit,
        deadline: Instant,
        waits: impl Fn(),
    ) -> (Arc<Commit>, Result<Committed, StorageError>) {
        commit.deadline = Some(deadline);
        let owned = match self.ownership().known() {
            Some(epoch) => Ok(epoch),
            // Boxed: it happens once, and would make the future of every commit larger.
            None => Box::pin(self.ownership().ask(self.storage(), deadline, waits)).await,
        };
        let commit = match owned {
            Ok(epoch) => {
                commit.epoch = Some(epoch);
                Arc::new(commit)
            }
            Err(error) => return (Arc::new(commit), Err(error)),
        };
        let mut committed = pin!(self.storage().commit(Arc::clone(&commit)));
        // Most often it is answered at once, or after a sync, and no timer goes off.
        let committed = match poll_immediate(committed.as_mut()).await {
            Some(committed) => committed,
            None => {
                let Ownership { alarms, grace, .. } = self.ownership();
                let waited = alarms.before(deadline + *grace, committed).await;
                waited.unwrap_or_else(|| Err(hung()))
            }
        };
        (commit, committed)
    }
}

impl Default for Ownership {
    fn default() -> Self {
        Self::with_grace(GRACE)
    }
}

impl Ownership {
    pub(crate) fn with_grace(grace: Duration) -> Self {
        Self {
            epoch: AtomicU64::default(),
            asking: Mutex::default(),
            is_taken: AtomicBool::default(),
            grace,
            alarms: Alarms::default(),
        }
    }

    fn known(&self) -> Option<u64> {
        Some(self.epoch.load(Ordering::Acquire)).filter(|epoch| *epoch != 0)
    }

    async fn ask(
        &self,
        storage: &dyn Storage,
        deadline: Instant,
        waits: impl Fn(),
    ) -> Result<u64, StorageError> {
        let asking = timeout_at(deadline.into(), self.asking.lock()).await;
        let _asking = asking.map_err(|_| self.in_vain())?;
        if let Some(epoch) = self.known() {
            return Ok(epoch);
        }
        let mut told = false;
        loop {
            // Whoever gives up waiting may have become the owner all the same. It does not know its epoch, and asks
            // for the next one.
            let asked = timeout_at(deadline.into(), storage.acquire()).await;
            let asked = asked.unwrap_or_else(|_| Err(self.in_vain()));
            self.is_taken
                .store(matches!(asked, Err(StorageError::Busy)), Ordering::Release);
            match asked {
                Ok(epoch) => {
                    self.epoch.store(epoch, Ordering::Release);
                    return Ok(epoch);
                }
                Err(StorageError::Busy) if Instant::now() < deadline => {
                    if !std::mem::replace(&mut told, true) {
                        waits();
                    }
                    sleep_until((Instant::now() + LOOK_AGAIN).min(deadline).into()).await;
                }
                // It is the epoch's commit that is in doubt, and not the run's, which was not sent.
                Err(StorageError::OutcomeUnknown { source }) => {
                    return Err(StorageError::Unavailable {
                        doing: "become the owner of the state".into(),
                        source,
                    });
                }
                Err(error) => return Err(error),
            }
        }
    }

    /// Why there was nothing to be had until the deadline: another process has it, or the state does not answer.
    fn in_vain(&self) -> StorageError {
        if self.is_taken.load(Ordering::Acquire) {
            StorageError::Busy
        } else {
            StorageError::Late
        }
    }
}

fn hung() -> StorageError {
    StorageError::OutcomeUnknown {
        source: Arc::new(io::Error::from(io::ErrorKind::TimedOut)),
    }
}
