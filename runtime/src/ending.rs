//! That a run has ended is told once, however it ends.

use std::panic::{AssertUnwindSafe, catch_unwind};

use airs_core::{Code, Event};
use airs_process::Run;

use crate::runtime::Inner;

/// A run that has begun. Dropped without having been told, it was given up: by its caller, by the end of the
/// executor, or by a panic of the host.
pub(crate) struct Ending<'a> {
    inner: &'a Inner,
    run: &'a Run,
    told: bool,
}

impl<'a> Ending<'a> {
    pub(crate) fn of(inner: &'a Inner, run: &'a Run) -> Self {
        Self {
            inner,
            run,
            told: false,
        }
    }

    pub(crate) fn tell(&mut self, attempts: u32, replayed: bool, failure: Option<Code>) {
        // First of all: an observer that panics is not told a second time.
        self.told = true;
        let Run { id, work, caller, .. } = self.run;
        self.inner.emit(&Event::RunEnded {
            run: id,
            what: work.name(),
            caller: &caller.id,
            attempts,
            replayed,
            failure,
        });
    }
}

impl Drop for Ending<'_> {
    fn drop(&mut self) {
        if self.told {
            return;
        }
        let progress = &self.run.progress;
        let (attempts, given_up) = (progress.attempts(), progress.given_up());
        let failure = match given_up {
            Code::Cancelled if std::thread::panicking() => Code::Internal,
            code => code,
        };
        // A panic of the observer on top of another would abort the process.
        let _ = catch_unwind(AssertUnwindSafe(|| self.tell(attempts, false, Some(failure))));
    }
}
