//! Ctrl-C: what was started goes too, and nothing half-written stays.
//!
//! The signal ends the children that run, if any; the main thread then finds out at its next [`check`] and
//! unwinds, removing what it has staged on the way. Should it not get there in time, the listener removes
//! what is staged, gives the terminal back and ends the process itself.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::task::Poll;
use std::time::Duration;

use tokio::sync::Notify;

use crate::error::{Failure, Result};
use crate::exit::Exit;
use crate::os;

/// How long the main thread has to unwind. It is at most in the middle of reading one component.
const GRACE: Duration = Duration::from_secs(2);

static STATE: Mutex<State> = Mutex::new(State {
    interrupted: false,
    children: BTreeSet::new(),
    staged: BTreeSet::new(),
    exit: Exit::Interrupted,
});

struct State {
    interrupted: bool,
    children: BTreeSet<u32>,
    staged: BTreeSet<PathBuf>,
    exit: Exit,
}

fn state() -> MutexGuard<'static, State> {
    STATE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Listens for Ctrl-C, and on Unix for a polite request to end.
pub(crate) fn listen() -> Result<()> {
    ctrlc::set_handler(on_signal)
        .map_err(|cause| Failure::unavailable("cannot listen for Ctrl-C").caused_by(cause))
}

/// From here on Ctrl-C is how this command is meant to end, and no failure.
pub(crate) fn is_meant() {
    state().exit = Exit::Done;
}

/// Told when Ctrl-C was pressed, for a run that is waited for.
static PRESSED: Notify = Notify::const_new();

/// Waits for what a runtime does. Ctrl-C drops it, which cancels it.
pub(crate) fn unless_pressed<T>(work: impl Future<Output = T>) -> Result<T> {
    // From here on a press is heard, by everyone who waits.
    let pressed = PRESSED.notified();
    check()?;
    let executor = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let executor =
        executor.map_err(|cause| Failure::unavailable("cannot wait for a run").caused_by(cause))?;
    executor.block_on(async {
        let mut work = std::pin::pin!(work);
        let mut pressed = std::pin::pin!(pressed);
        std::future::poll_fn(|context| {
            if let Poll::Ready(done) = work.as_mut().poll(context) {
                return Poll::Ready(Ok(done));
            }
            pressed
                .as_mut()
                .poll(context)
                .map(|()| Err(Failure::interrupted()))
        })
        .await
    })
}

/// Tells of Ctrl-C, from a thread of its own.
pub(crate) fn on_press(tell: impl FnOnce() + Send + 'static) {
    std::thread::spawn(|| {
        // It ends with Ctrl-C, and in no other way.
        let _ = unless_pressed(std::future::pending::<()>());
        tell();
    });
}

fn on_signal() {
    {
        let mut state = state();
        state.interrupted = true;
        // What children leave behind when they end can be waited for then.
        os::adopt_orphans();
        state.children.iter().copied().for_each(os::end_group);
    }
    PRESSED.notify_waiters();
    std::thread::park_timeout(GRACE);
    os::give_terminal_back();
    let state = state();
    for path in &state.staged {
        crate::files::remove(path);
    }
    #[allow(clippy::exit, reason = "the main thread did not unwind in time")]
    std::process::exit(i32::from(state.exit.code()));
}

/// Fails when Ctrl-C was pressed.
pub(crate) fn check() -> Result<()> {
    if state().interrupted {
        return Err(Failure::interrupted());
    }
    Ok(())
}

/// Runs a command that reads nothing, until it ends or this process is interrupted, and takes what it says.
pub(crate) fn output(command: &mut Command) -> Result<Output> {
    let command = command.stdin(Stdio::null()).stdout(Stdio::piped());
    Running::start(command.stderr(Stdio::piped()))?.output()
}

/// Ends all child processes, with what they have started: nobody waits for them any more.
pub(crate) fn end_children() {
    let children = std::mem::take(&mut state().children);
    children.into_iter().for_each(os::end_whole_group);
}

/// Notes the end of a child process. When this one is interrupted nothing goes on of what that has started, whether it wants to end
/// or not.
fn has_ended(child: u32) -> Result<()> {
    state().children.remove(&child);
    check().inspect_err(|_| os::end_rest_of_group(child))
}

/// A child process that ends when this one is interrupted.
#[derive(Debug)]
pub(crate) struct Running(Child);

impl Running {
    pub(crate) fn start(command: &mut Command) -> Result<Self> {
        os::own_group(command);
        let mut state = state();
        if state.interrupted {
            return Err(Failure::interrupted());
        }
        let child = command.spawn().map_err(|cause| {
            let program = command.get_program().to_string_lossy().into_owned();
            Failure::unavailable(format!("cannot start {program}")).caused_by(cause)
        })?;
        state.children.insert(child.id());
        Ok(Self(child))
    }

    pub(crate) fn stdout(&mut self) -> Option<std::process::ChildStdout> {
        self.0.stdout.take()
    }

    pub(crate) fn stderr(&mut self) -> Option<std::process::ChildStderr> {
        self.0.stderr.take()
    }

    /// What it says until it ends, when both its outputs are pipes.
    pub(crate) fn output(self) -> Result<Output> {
        let id = self.0.id();
        let output = self.0.wait_with_output();
        has_ended(id)?;
        output.map_err(|cause| Failure::unavailable("cannot wait for a child process").caused_by(cause))
    }

    /// Has it end as Ctrl-C does, and waits for that.
    pub(crate) fn end(self) -> Result<()> {
        os::end_group(self.0.id());
        self.wait().map(drop)
    }

    pub(crate) fn wait(mut self) -> Result<ExitStatus> {
        let status = self.0.wait();
        has_ended(self.0.id())?;
        status.map_err(|cause| Failure::unavailable("cannot wait for a child process").caused_by(cause))
    }
}

/// A file or folder that is being made under a temporary name, or is there as long as this process only; removed unless
/// it is kept.
#[derive(Debug)]
pub(crate) struct Staged(PathBuf);

impl Staged {
    pub(crate) fn new(path: PathBuf) -> Self {
        state().staged.insert(path.clone());
        Self(path)
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }

    /// Gives it its name.
    pub(crate) fn keep_as(self, name: &Path) -> Result<()> {
        check()?;
        std::fs::rename(&self.0, name).map_err(|cause| {
            Failure::unavailable(format!("cannot write {}", name.display())).caused_by(cause)
        })
    }
}

impl Drop for Staged {
    fn drop(&mut self) {
        crate::files::remove(&self.0);
        state().staged.remove(&self.0);
    }
}
