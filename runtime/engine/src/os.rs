//! What differs by operating system.

use std::fs::{File, Metadata};
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus};
use std::time::SystemTime;

/// What tells a file from any other, and from itself after a change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Identity {
    device: u64,
    number: u64,
    bytes: u64,
    /// When the file itself was changed last, or what is known of it: nobody can set that.
    pub(crate) changed: SystemTime,
}

/// Which limit a process has met.
#[derive(Clone, Copy)]
#[cfg_attr(not(unix), expect(dead_code, reason = "other systems do not say"))]
pub(crate) enum Limit {
    Time,
    Memory,
    /// One that is not its own: the system ends who takes too much of what is left.
    System,
}

/// Whether it is what an operating system says, and not a guest.
pub(crate) fn is_error_of_the_system(error: &(dyn std::error::Error + 'static)) -> bool {
    #[cfg(unix)]
    if error.is::<rustix::io::Errno>() {
        return true;
    }
    error.is::<io::Error>()
}

#[cfg(unix)]
mod unix {
    use std::fs::{self, DirBuilder, File, Metadata, OpenOptions};
    use std::io;
    use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _, OpenOptionsExt as _};
    use std::os::unix::process::{CommandExt as _, ExitStatusExt as _};
    use std::path::{Path, PathBuf};
    use std::process::{Child, Command, ExitStatus};
    use std::time::{Duration, UNIX_EPOCH};

    use super::{Identity, Limit};

    /// What group and others must not have.
    const FOREIGN: u32 = 0o077;
    const FOREIGN_WRITE: u32 = 0o022;
    /// In a folder with this bit, only who owns a file can rename or remove it.
    const STICKY: u32 = 0o1000;
    const ROOT: u32 = 0;

    pub(super) fn make_private_folder(path: &Path) -> io::Result<()> {
        DirBuilder::new().recursive(true).mode(0o700).create(path)
    }

    pub(super) fn make_private_file(path: &Path) -> io::Result<File> {
        OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(path)
    }

    pub(super) fn is_own(about: &Metadata) -> bool {
        about.uid() == rustix::process::geteuid().as_raw() && about.mode() & FOREIGN == 0
    }

    pub(super) fn identity(about: &Metadata) -> Option<Identity> {
        let since = Duration::new(
            u64::try_from(about.ctime()).ok()?,
            u32::try_from(about.ctime_nsec()).ok()?,
        );
        Some(Identity {
            device: about.dev(),
            number: about.ino(),
            bytes: about.len(),
            changed: UNIX_EPOCH.checked_add(since)?,
        })
    }

    pub(super) fn limit_process(memory_bytes: u64, cpu_seconds: u64) -> io::Result<()> {
        use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
        use rustix::time::{ClockId, clock_gettime};

        #[cfg(target_os = "linux")]
        expendable();
        // What it took before was for another component: this one has as much again.
        let taken = clock_gettime(ClockId::ProcessCPUTime).tv_sec;
        let cpu_seconds = cpu_seconds.saturating_add(u64::try_from(taken).unwrap_or(0));
        let limits = [
            (Resource::Cpu, cpu_seconds, true),
            (Resource::As, memory_bytes, false),
            // It writes no files, and leaves no picture of its memory behind.
            (Resource::Fsize, 0, false),
            (Resource::Core, 0, false),
        ];
        for (resource, wanted, can_grow) in limits {
            // What it was given less of than that it keeps: only root may take more.
            let given = getrlimit(resource).maximum;
            let current = Some(given.map_or(wanted, |given| wanted.min(given)));
            let limit = Rlimit {
                current,
                maximum: if can_grow { given } else { current },
            };
            match setrlimit(resource, limit) {
                Ok(()) => {}
                // macOS does not know a limit on address space; the others hold there too.
                Err(_) if cfg!(target_os = "macos") && matches!(resource, Resource::As) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(())
    }

    /// This process goes before others when the machine's memory runs out.
    #[cfg(target_os = "linux")]
    fn expendable() {
        // Where it cannot, its limits hold all the same.
        let _ = fs::write("/proc/self/oom_score_adj", "1000");
    }

    pub(super) fn own_group(command: &mut Command) {
        command.process_group(0);
    }

    pub(super) fn end_group(leader: &mut Child) {
        use rustix::process::{Pid, Signal, kill_process_group};

        if let Some(group) = i32::try_from(leader.id()).ok().and_then(Pid::from_raw) {
            // Ended already is as good.
            let _ = kill_process_group(group, Signal::KILL);
        }
    }

    pub(super) fn limit_met(status: ExitStatus) -> Option<Limit> {
        use rustix::process::Signal;

        match status.signal().and_then(Signal::from_named_raw)? {
            Signal::XCPU => Some(Limit::Time),
            Signal::ABORT | Signal::SEGV | Signal::BUS => Some(Limit::Memory),
            Signal::KILL => Some(Limit::System),
            _ => None,
        }
    }

    pub(super) fn this_program() -> io::Result<PathBuf> {
        // The name of a file that was replaced leads to the new one, or to none; this leads to what is executed.
        let itself = Path::new("/proc/self/exe");
        if cfg!(target_os = "linux") && itself.exists() {
            return Ok(itself.to_owned());
        }
        std::env::current_exe()
    }

    pub(super) fn check_private(path: &Path) -> io::Result<Result<(), String>> {
        let me = rustix::process::geteuid().as_raw();
        let about = fs::metadata(path)?;
        if !about.is_dir() {
            return Ok(Err("it is no folder".to_owned()));
        }
        if !is_own(&about) {
            let (mode, owner) = (about.mode() & 0o7777, about.uid());
            return Ok(Err(format!(
                "its mode is {mode:o}, not 700, or its owner {owner}, not {me}"
            )));
        }
        for above in path.ancestors().skip(1) {
            let about = fs::metadata(above)?;
            let owned = [ROOT, me].contains(&about.uid());
            let guarded = about.mode() & FOREIGN_WRITE == 0 || about.mode() & STICKY != 0;
            if !owned || !guarded {
                return Ok(Err(format!("others can write to {}", above.display())));
            }
        }
        Ok(Ok(()))
    }
}

/// A folder of the user's own is private by the access control lists that it inherits.
#[cfg(not(unix))]
mod windows {
    use std::fs::{self, File, Metadata, OpenOptions};
    use std::io;
    use std::path::{Path, PathBuf};
    use std::process::{Child, Command, ExitStatus};

    use super::{Identity, Limit};

    pub(super) fn make_private_folder(path: &Path) -> io::Result<()> {
        fs::create_dir_all(path)
    }

    pub(super) fn make_private_file(path: &Path) -> io::Result<File> {
        OpenOptions::new().write(true).create_new(true).open(path)
    }

    pub(super) fn is_own(_: &Metadata) -> bool {
        true
    }

    /// Whoever owns a file can set its times.
    pub(super) fn identity(_: &Metadata) -> Option<Identity> {
        None
    }

    /// Only the time that passes is limited, by who started the process.
    pub(super) fn limit_process(_: u64, _: u64) -> io::Result<()> {
        Ok(())
    }

    pub(super) fn own_group(_: &mut Command) {}

    /// The process alone; what it has started itself goes on.
    pub(super) fn end_group(leader: &mut Child) {
        // Ended already is as good.
        let _ = leader.kill();
    }

    pub(super) fn limit_met(_: ExitStatus) -> Option<Limit> {
        None
    }

    pub(super) fn this_program() -> io::Result<PathBuf> {
        std::env::current_exe()
    }

    pub(super) fn check_private(path: &Path) -> io::Result<Result<(), String>> {
        match fs::metadata(path)?.is_dir() {
            true => Ok(Ok(())),
            false => Ok(Err("it is no folder".to_owned())),
        }
    }
}

#[cfg(unix)]
use unix as here;
#[cfg(not(unix))]
use windows as here;

/// Makes a folder, with what is missing above it, that only its owner can look into.
pub(crate) fn make_private_folder(path: &Path) -> io::Result<()> {
    here::make_private_folder(path)
}

/// Makes a file that only its owner can read; it must not be there.
pub(crate) fn make_private_file(path: &Path) -> io::Result<File> {
    here::make_private_file(path)
}

/// Whether what is there belongs to whoever executes this, and to nobody else.
pub(crate) fn is_own(about: &Metadata) -> bool {
    here::is_own(about)
}

/// What tells the file from any other, where the system knows.
pub(crate) fn identity(about: &Metadata) -> Option<Identity> {
    here::identity(about)
}

/// Limits this process in what it takes of memory and, from now on, of processor time, and in files that it writes.
pub(crate) fn limit_process(memory_bytes: u64, cpu_seconds: u64) -> io::Result<()> {
    here::limit_process(memory_bytes, cpu_seconds)
}

/// Puts what a command starts into a group of its own, which can be ended as a whole.
pub(crate) fn own_group(command: &mut Command) {
    here::own_group(command);
}

/// Ends a process that leads a [group of its own](own_group), with all that it has started; it must not have been waited
/// for yet.
pub(crate) fn end_group(leader: &mut Child) {
    here::end_group(leader);
}

/// What a process that was ended by the system has done too much of: out of memory, or of stack, Rust aborts.
pub(crate) fn limit_met(status: ExitStatus) -> Option<Limit> {
    here::limit_met(status)
}

/// What starts this program again.
pub(crate) fn this_program() -> io::Result<PathBuf> {
    here::this_program()
}

/// Why others could change what is in a folder, if they could: it is theirs, it is open to them, or they could put
/// another one in its place.
pub(crate) fn check_private(path: &Path) -> io::Result<Result<(), String>> {
    here::check_private(path)
}
