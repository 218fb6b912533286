//! What differs by operating system.

mod file;
pub(crate) mod socket;
mod terminal;

use std::path::PathBuf;
use std::process::Command;

pub(crate) use file::{access, file_watches_max, free_bytes, private_file, set_mode};
pub(crate) use terminal::Keyboard;

/// Puts what `command` starts into a process group of its own, so that it ends with everything that it
/// started in turn.
#[cfg(unix)]
pub(crate) fn own_group(command: &mut Command) {
    std::os::unix::process::CommandExt::process_group(command, 0);
}

/// Ends the process group that the process `id` leads.
#[cfg(unix)]
pub(crate) fn end_group(id: u32) {
    use rustix::process::{Pid, Signal, kill_process_group};
    if let Some(pid) = i32::try_from(id).ok().and_then(Pid::from_raw) {
        // Gone already is as good as ended.
        let _ = kill_process_group(pid, Signal::TERM);
    }
}

/// How long a process may take to end when it is told to; then it is made to.
#[cfg(unix)]
const ENDING_MAX: std::time::Duration = std::time::Duration::from_millis(300);

/// Waits until nothing of a process group is left that was told to end.
#[cfg(unix)]
pub(crate) fn await_end_of_group(id: u32) {
    use rustix::process::{Pid, Signal, kill_process_group, test_kill_process_group};
    let Some(pid) = i32::try_from(id).ok().and_then(Pid::from_raw) else {
        return;
    };
    let begun = std::time::Instant::now();
    while test_kill_process_group(pid).is_ok() {
        if begun.elapsed() > ENDING_MAX {
            let _ = kill_process_group(pid, Signal::KILL);
            return;
        }
        // No system tells of the end of processes that are not one's own.
        std::thread::park_timeout(std::time::Duration::from_millis(1));
    }
}

/// Whether there is a process of a number, whoever it is by now.
#[cfg(unix)]
pub(crate) fn is_there(process: u32) -> bool {
    use rustix::process::{Pid, test_kill_process};
    let Some(pid) = i32::try_from(process).ok().and_then(Pid::from_raw) else {
        return false;
    };
    // Somebody else's must not be asked, and is there.
    !matches!(test_kill_process(pid), Err(rustix::io::Errno::SRCH))
}

/// Nobody says so: it may be.
#[cfg(windows)]
pub(crate) fn is_there(_process: u32) -> bool {
    true
}

/// The tree of processes is gone when it was ended.
#[cfg(windows)]
pub(crate) fn await_end_of_group(_id: u32) {}

#[cfg(windows)]
pub(crate) fn own_group(command: &mut Command) {
    const CREATE_NEW_PROCESS_GROUP: u32 = 0x0000_0200;
    std::os::windows::process::CommandExt::creation_flags(command, CREATE_NEW_PROCESS_GROUP);
}

#[cfg(windows)]
pub(crate) fn end_group(id: u32) {
    let _ = Command::new("taskkill")
        .args(["/T", "/F", "/PID", &id.to_string()])
        .output();
}

/// Where programs of this user keep what they can make again.
#[cfg(all(unix, not(target_os = "macos")))]
pub(crate) fn cache_folder() -> Option<PathBuf> {
    let stated = std::env::var_os("XDG_CACHE_HOME").map(PathBuf::from);
    stated
        .filter(|folder| folder.is_absolute())
        .or_else(|| Some(home()?.join(".cache")))
}

#[cfg(target_os = "macos")]
pub(crate) fn cache_folder() -> Option<PathBuf> {
    Some(home()?.join("Library/Caches"))
}

#[cfg(windows)]
pub(crate) fn cache_folder() -> Option<PathBuf> {
    let folder = PathBuf::from(std::env::var_os("LOCALAPPDATA")?);
    folder.is_absolute().then_some(folder)
}

#[cfg(unix)]
fn home() -> Option<PathBuf> {
    let home = PathBuf::from(std::env::var_os("HOME")?);
    home.is_absolute().then_some(home)
}
