//! How far a run has come.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

use airs_core::Code;

/// How far a run has come, for whoever gives it up, or loses it, before it has answered. All clones are one.
///
/// ```
/// use airs_core::Code;
/// use airs_process::Progress;
///
/// let progress = Progress::default();
/// assert_eq!((progress.attempts(), progress.given_up()), (0, Code::Cancelled));
/// ```
#[derive(Clone, Debug, Default)]
pub struct Progress(Arc<Reached>);

#[derive(Debug, Default)]
struct Reached {
    attempts: AtomicU32,
    committing: AtomicBool,
}

impl Progress {
    /// How many attempts were begun.
    pub fn attempts(&self) -> u32 {
        self.0.attempts.load(Ordering::Relaxed)
    }

    /// What became of the run if nobody goes on with it: [`Code::Cancelled`], and nothing of it remains; or
    /// [`Code::OutcomeUnknown`], because it is with the backend already.
    pub fn given_up(&self) -> Code {
        if self.0.committing.load(Ordering::Relaxed) {
            Code::OutcomeUnknown
        } else {
            Code::Cancelled
        }
    }

    pub(crate) fn attempt(&self, number: u32) {
        self.0.attempts.store(number, Ordering::Relaxed);
    }

    /// From now on the backend decides.
    pub(crate) fn commit(&self) {
        self.0.committing.store(true, Ordering::Relaxed);
    }

    /// The backend refused, for certain.
    pub(crate) fn refused(&self) {
        self.0.committing.store(false, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use airs_core::Code;

    use super::Progress;

    #[test]
    fn what_the_backend_has_may_be_committed_until_it_is_refused() {
        let progress = Progress::default();
        progress.attempt(1);
        progress.commit();
        assert_eq!(progress.given_up(), Code::OutcomeUnknown);
        progress.refused();
        progress.attempt(2);
        assert_eq!((progress.attempts(), progress.given_up()), (2, Code::Cancelled));
    }
}
