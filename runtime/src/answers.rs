//! How long the answers of runs with an id are kept, and their removal.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, UNIX_EPOCH};

use airs_core::{Code, Error, Result, RunId};
use airs_driver::expired;

use crate::contexts::Held;
use crate::runtime::{Inner, Runtime};

/// How long answers are kept unless said: somebody who was cut off finds out the next morning.
pub(crate) const KEPT: Duration = Duration::from_secs(24 * 60 * 60);

/// How long answers can be kept at most: at 1,000 runs a second a month is 2.6 thousand million rows.
pub const ANSWERS_KEPT_MAX: Duration = Duration::from_secs(31 * 24 * 60 * 60);

/// How far ahead of the host's clock an id may be: clocks differ, and one that is far ahead would make the
/// answer stay longer than it is to.
pub const ID_AHEAD_MAX: Duration = Duration::from_secs(5 * 60);

/// Answers stay this much longer than their ids are accepted: as long as a run may take at most, so that
/// none goes while a run looks for it.
const GRACE: Duration = Duration::from_secs(300);

/// How often old answers are looked for, as a part of the time for which they are kept: so many more than needed
/// are there at most.
const LOOKS_PER_TIME_KEPT: u32 = 24;

/// Commits after which one round of removal ends: others come in between. The next run with an id goes on.
const COMMITS_MAX: usize = 1_000;

impl Runtime {
    /// Makes an id for a run, unlike any other.
    pub fn new_id() -> RunId {
        RunId::from_bytes(ulid::Ulid::generate().to_bytes())
    }

    /// Removes all answers that are kept no longer, in every context, and returns how many there were. The
    /// runtime does so from time to time by itself, after runs with an id, unless it was
    /// [told not to](crate::RuntimeBuilder::forget_answers_when_asked).
    ///
    /// # Errors
    /// When a context's state cannot be read or written.
    pub async fn forget_expired_answers(&self) -> Result<usize> {
        let inner = Arc::clone(&self.inner);
        let all = self.inner.engine.executor().spawn(async move {
            let before_ms = inner.answers_end_ms();
            let mut forgotten = 0;
            for held in inner.contexts.all() {
                loop {
                    match held.context.forget_answers(before_ms).await? {
                        0 => break,
                        count => forgotten += count,
                    }
                }
            }
            Ok(forgotten)
        });
        let torn_down = |_| Error::new(Code::Internal, "the runtime ended before it had forgotten all");
        all.await.map_err(torn_down)?
    }
}

impl Inner {
    /// Whether an id is neither too old nor ahead of its time.
    pub(crate) fn check_id(&self, id: RunId) -> Result<()> {
        let now_ms = self.now_ms();
        if id.time_ms() > now_ms.saturating_add(milliseconds(ID_AHEAD_MAX)) {
            let message = format!("run id {id} is of a time that has not come yet");
            return Err(Error::new(Code::InvalidInput, message).hint(format!(
                "its clock, or this host's, is wrong by more than {} s",
                ID_AHEAD_MAX.as_secs()
            )));
        }
        if id.time_ms() < now_ms.saturating_sub(milliseconds(self.answers_kept)) {
            return Err(expired(id));
        }
        Ok(())
    }

    /// Ids made before this time have answers no longer.
    fn answers_end_ms(&self) -> u64 {
        self.now_ms()
            .saturating_sub(milliseconds(self.answers_kept + GRACE))
    }

    /// Removes old answers of a context in the background, when it is time to.
    pub(crate) fn forget_some_answers(self: &Arc<Self>, held: &Held) {
        if self.forgets_when_asked {
            return;
        }
        let now_ms = self.now_ms();
        let due_ms = held.answers_due_ms.load(Ordering::Relaxed);
        let next_ms = now_ms + milliseconds(self.answers_kept / LOOKS_PER_TIME_KEPT);
        // A clock that went back must not put it off.
        let is_due = now_ms >= due_ms || due_ms > next_ms;
        let due = &held.answers_due_ms;
        if !is_due
            || due
                .compare_exchange(due_ms, next_ms, Ordering::Relaxed, Ordering::Relaxed)
                .is_err()
        {
            return;
        }
        let (context, before_ms) = (held.context.clone(), self.answers_end_ms());
        let due = Arc::clone(due);
        self.engine.executor().spawn(async move {
            for _ in 0..COMMITS_MAX {
                // What cannot be removed now is removed another time.
                if !matches!(context.forget_answers(before_ms).await, Ok(1..)) {
                    return;
                }
            }
            due.store(0, Ordering::Relaxed);
        });
    }

    /// What time it is for runs, and so for their ids.
    fn now_ms(&self) -> u64 {
        let since = self.surroundings.clock.now().duration_since(UNIX_EPOCH);
        since.map_or(0, milliseconds)
    }
}

fn milliseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
