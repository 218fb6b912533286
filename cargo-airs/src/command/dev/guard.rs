//! A build that does not outlive the loop, however the loop ends, and is over when it is said to be.
//!
//! Cargo and its compilers are started by a process of this program that reads a pipe from the loop. Nothing is ever
//! written to it: when it is closed, the build is not wanted any more, or the loop has ended; then all that was started
//! is ended, waited for, and only then the process ends itself.

use std::ffi::OsString;
use std::io::Read;
use std::process::{Command, ExitCode, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use crate::error::{Failure, Result};
use crate::os;

/// What makes this program guard another and do nothing else; no command, and nobody types it.
const GUARD: &str = "__end-with-parent";

/// Ends the process if it was started to guard another.
pub(crate) fn served(arguments: &[OsString]) -> Option<ExitCode> {
    let [_, word, program, rest @ ..] = arguments else {
        return None;
    };
    (word == GUARD).then(|| guard(program, rest))
}

/// `command`, guarded: it ends when the standard input of what is started is closed.
pub(super) fn guarded(command: &Command) -> Result<Command> {
    let this = os::this_program()
        .map_err(|cause| Failure::unavailable("cannot find this program").caused_by(cause))?;
    let mut guarded = Command::new(this);
    guarded
        .arg(GUARD)
        .arg(command.get_program())
        .args(command.get_args())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    for (name, value) in command.get_envs() {
        match value {
            Some(value) => guarded.env(name, value),
            None => guarded.env_remove(name),
        };
    }
    // Ctrl-C is for the loop.
    os::own_group(&mut guarded);
    Ok(guarded)
}

fn guard(program: &OsString, arguments: &[OsString]) -> ExitCode {
    os::adopt_orphans();
    let mut command = Command::new(program);
    command.args(arguments).stdin(Stdio::null());
    os::own_group(&mut command);
    let Ok(mut child) = command.spawn() else {
        return ExitCode::from(NOT_STARTED);
    };
    let group = child.id();
    thread::spawn(move || {
        let mut nothing = [0];
        // A byte never comes; whatever else happens to the pipe is its end.
        let _ = std::io::stdin().read(&mut nothing);
        ENDS.store(true, Ordering::SeqCst);
        os::end_whole_group(group);
        #[allow(
            clippy::exit,
            reason = "nobody wants to know any more how the build has ended"
        )]
        std::process::exit(i32::from(NOT_STARTED));
    });
    let code = child.wait().ok().and_then(|status| status.code());
    while ENDS.load(Ordering::SeqCst) {
        // What Cargo has started may go on for a moment.
        thread::park();
    }
    code.and_then(|code| u8::try_from(code).ok())
        .map_or(ExitCode::FAILURE, ExitCode::from)
}

/// Whether the build is being ended.
static ENDS: AtomicBool = AtomicBool::new(false);

/// The shell's code for a program that is not there.
pub(super) const NOT_STARTED: u8 = 127;
