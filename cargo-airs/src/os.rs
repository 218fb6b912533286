//! What differs by operating system.

mod file;
pub(crate) mod socket;
mod terminal;

use std::path::PathBuf;
use std::process::Command;

pub(crate) use file::{
    access, access_behind_links, file_watches_max, free_bytes, identity, private_file, set_mode, written,
};
pub(crate) use terminal::{
    Keyboard, give_back as give_terminal_back, give_back_before_stops as give_terminal_back_before_stops,
};

/// This program, to be started once more: also when its file was replaced meanwhile, as by an upgrade.
pub(crate) fn this_program() -> std::io::Result<PathBuf> {
    // The name of a file that was replaced leads to the new one, or to none; this leads to what is executed.
    let itself = std::path::Path::new("/proc/self/exe");
    if cfg!(target_os = "linux") && itself.exists() {
        return Ok(itself.to_owned());
    }
    std::env::current_exe()
}

/// Whether the system tells, to those who watch a folder, that a file was closed by who wrote it.
pub(crate) const TELLS_OF_CLOSING: bool = cfg!(any(target_os = "linux", target_os = "android"));

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

/// How long it is waited for processes that were made to end: some wait for a disk first.
#[cfg(unix)]
const MADE_TO_END_MAX: std::time::Duration = std::time::Duration::from_secs(10);

/// Makes this process the parent of what processes that it has started leave behind: it can wait for their end.
pub(crate) fn adopt_orphans() {
    #[cfg(target_os = "linux")]
    // Where it cannot, it is looked whether they are there.
    let _ = rustix::process::set_child_subreaper(Some(rustix::process::getpid()));
}

/// Ends the process group that a child of this process leads, and waits until nothing of it is left.
#[cfg(unix)]
pub(crate) fn end_whole_group(id: u32) {
    use rustix::process::{Pid, Signal, kill_process_group};
    let Some(group) = i32::try_from(id).ok().and_then(Pid::from_raw) else {
        return;
    };
    end_group(id);
    let begun = std::time::Instant::now();
    while goes_on(group) && begun.elapsed() < MADE_TO_END_MAX {
        if begun.elapsed() > ENDING_MAX {
            let _ = kill_process_group(group, Signal::KILL);
        }
        // No system tells of the end of processes that are not one's own.
        std::thread::park_timeout(std::time::Duration::from_millis(1));
    }
}

/// Ends what is left of a process group whose leader has ended, as [`end_whole_group`] does.
#[cfg(unix)]
pub(crate) fn end_rest_of_group(id: u32) {
    end_whole_group(id);
}

/// The tree of processes has ended with its root.
#[cfg(windows)]
pub(crate) fn end_rest_of_group(_id: u32) {}

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

/// Whether something of a group goes on. What has ended and is a child of this process is taken note of.
#[cfg(unix)]
fn goes_on(group: rustix::process::Pid) -> bool {
    use rustix::process::{WaitOptions, test_kill_process_group, waitpgid};
    while let Ok(Some(_)) = waitpgid(group, WaitOptions::NOHANG) {}
    test_kill_process_group(group).is_ok()
}

/// The tree of processes is gone when it was ended.
#[cfg(windows)]
pub(crate) fn end_whole_group(id: u32) {
    end_group(id);
}

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

/// Tells, from a thread of its own, when nobody can read any more what is written to standard output.
#[cfg(unix)]
pub(crate) fn once_stdout_is_closed(tell: impl FnOnce() + Send + 'static) {
    use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
    use std::os::fd::AsFd;

    std::thread::spawn(move || {
        let stdout = std::io::stdout();
        // The end is told whether it is asked for or not.
        let mut waited = [PollFd::new(stdout.as_fd(), PollFlags::empty())];
        loop {
            match poll(&mut waited, PollTimeout::NONE) {
                Err(nix::errno::Errno::EINTR) => {}
                Err(_) => return,
                Ok(_) => return tell(),
            }
        }
    });
}

/// It is found out when something is written.
#[cfg(not(unix))]
pub(crate) fn once_stdout_is_closed(_tell: impl FnOnce() + Send + 'static) {}

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
