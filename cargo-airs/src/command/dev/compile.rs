//! One build, which can be ended.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use cargo_metadata::PackageId;

use super::guard::{self, NOT_STARTED};
use super::hear::listen;
use crate::cargo::Call;
use crate::error::{Failure, Result};
use crate::settings::Manifest;
use crate::workspace::Crate;

/// What came of a build.
#[derive(Debug, Default)]
pub(super) struct Compiled {
    /// What the compiler has made, by package.
    pub(super) artifacts: BTreeMap<PackageId, PathBuf>,
    /// Whether nothing went wrong.
    pub(super) succeeded: bool,
    /// The packages in which the compiler has found mistakes.
    pub(super) mistaken: BTreeSet<PackageId>,
    /// What the compiler looked for in vain, as it says it.
    pub(super) missing: BTreeSet<PathBuf>,
    /// What the compiler and Cargo have to say, in full.
    pub(super) diagnostics: String,
    pub(super) took: Duration,
}

impl Compiled {
    /// Whether one of these crates was not made because of a mistake, its own or one in something that it may depend on. Without
    /// any it was a disk, memory, a network: nobody's fault, and gone with the next build.
    pub(super) fn blames(&self, one: &Crate, crates: &[&Crate]) -> bool {
        let concerns =
            |package: &PackageId| *package == one.id || crates.iter().all(|other| other.id != *package);
        !self.artifacts.contains_key(&one.id) && self.mistaken.iter().any(concerns)
    }
}

/// Ends the build that goes on, from another thread.
#[derive(Debug, Default)]
pub(super) struct Cancel {
    state: Mutex<Cancelling>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct Cancelling {
    /// Turns up to this one are not wanted any more.
    up_to: u64,
    /// What ends the build that goes on when it is dropped.
    build: Option<ChildStdin>,
}

impl Cancel {
    fn state(&self) -> MutexGuard<'_, Cancelling> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Ends the build of a turn, also if it has not begun.
    pub(super) fn turn(&self, turn: u64) {
        let mut state = self.state();
        state.up_to = state.up_to.max(turn);
        state.build = None;
        self.changed.notify_all();
    }

    pub(super) fn is_cancelled(&self, turn: u64) -> bool {
        self.state().up_to >= turn
    }

    /// Waits so long, unless the turn is cancelled meanwhile.
    pub(super) fn pause(&self, turn: u64, pause: Duration) {
        let wanted = |state: &mut Cancelling| state.up_to < turn;
        // Whether it was is asked before anything is done.
        drop(self.changed.wait_timeout_while(self.state(), pause, wanted));
    }

    /// Starts a child that is ended with the turn; none when that is cancelled already.
    pub(super) fn start(&self, turn: u64, start: impl FnOnce() -> Result<Child>) -> Result<Option<Child>> {
        let mut state = self.state();
        if state.up_to >= turn {
            return Ok(None);
        }
        let mut child = start()?;
        state.build = child.stdin.take();
        Ok(Some(child))
    }

    pub(super) fn ended(&self) {
        self.state().build = None;
    }
}

/// Has Cargo do all of `calls`; none when the turn was cancelled. It is told when the build script of a package has ended, and in
/// which folder that writes.
pub(super) fn compile(
    calls: &[Call],
    manifest: &Manifest,
    (turn, cancel): (u64, &Cancel),
    colored: bool,
    script_ended: &dyn Fn(&PackageId, &Path),
) -> Result<Option<Compiled>> {
    let begun = Instant::now();
    let mut compiled = Compiled {
        succeeded: true,
        ..Compiled::default()
    };
    let format = if colored {
        "json-diagnostic-rendered-ansi"
    } else {
        "json"
    };
    for call in calls {
        let mut command = guard::guarded(&call.command(manifest, format))?;
        let start = || {
            command
                .spawn()
                .map_err(|cause| Failure::unavailable("cannot start cargo").caused_by(cause))
        };
        let Some(child) = cancel.start(turn, start)? else {
            return Ok(None);
        };
        // Of a build that is ended this is the end of all of it: the next one does not meet what it still writes.
        let listened = listen(child, &mut compiled, script_ended);
        cancel.ended();
        if cancel.is_cancelled(turn) {
            return Ok(None);
        }
        let (status, heard) =
            listened.map_err(|cause| Failure::unavailable("cannot wait for cargo").caused_by(cause))?;
        if status.code() == Some(NOT_STARTED.into()) {
            return Err(Failure::unavailable("cannot start cargo"));
        }
        if !status.success() {
            compiled.succeeded = false;
            compiled.diagnostics.push_str(&heard);
        }
    }
    compiled.took = begun.elapsed();
    Ok(Some(compiled))
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::Cancel;

    #[test]
    fn a_pause_ends_with_its_turn() {
        let cancel = Cancel::default();
        cancel.turn(3);
        let begun = Instant::now();
        cancel.pause(3, Duration::from_secs(60));
        assert!(begun.elapsed() < Duration::from_secs(30));
        assert!(cancel.is_cancelled(2) && cancel.is_cancelled(3) && !cancel.is_cancelled(4));
    }

    #[test]
    fn a_turn_that_was_cancelled_starts_nothing() {
        let cancel = Cancel::default();
        cancel.turn(1);
        let started = cancel.start(1, || unreachable!("it is not wanted"));
        assert!(started.unwrap().is_none());
    }
}
