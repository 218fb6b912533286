//! A build that does not outlive the loop, however the loop ends.
//!
//! Cargo and its compilers are started by a process of this program that leads their group and reads a pipe from the
//! loop. Nothing is ever written to it: when it ends, the loop has, and the group is ended.

use std::ffi::OsString;
use std::io::Read;
use std::process::{Command, ExitCode, Stdio};
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

/// `command`, guarded, in a process group of its own.
pub(super) fn guarded(command: &Command) -> Result<Command> {
    let this = std::env::current_exe()
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
    os::own_group(&mut guarded);
    Ok(guarded)
}

fn guard(program: &OsString, arguments: &[OsString]) -> ExitCode {
    let child = Command::new(program).args(arguments).stdin(Stdio::null()).spawn();
    let Ok(mut child) = child else {
        return ExitCode::from(NOT_STARTED);
    };
    thread::spawn(|| {
        let mut nothing = [0];
        // A byte never comes; whatever else happens to the pipe is its end.
        let _ = std::io::stdin().read(&mut nothing);
        os::end_group(std::process::id());
    });
    let code = child.wait().ok().and_then(|status| status.code());
    code.and_then(|code| u8::try_from(code).ok())
        .map_or(ExitCode::FAILURE, ExitCode::from)
}

/// The shell's code for a program that is not there.
pub(super) const NOT_STARTED: u8 = 127;
