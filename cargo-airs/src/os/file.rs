//! Whose files are, and how much room there is for more.

use std::fs::Metadata;
use std::path::Path;
use std::time::SystemTime;

use crate::error::{Failure, Result};

/// Whose something is, and who may do what with it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Access {
    /// Whether it is this user's.
    pub(crate) mine: bool,
    pub(crate) is_folder: bool,
    /// The permissions, without what kind of file it is.
    pub(crate) mode: u32,
}

/// Who may do what with a file or a folder, a link itself; none when it is not there, or the system has other ways to say
/// that.
pub(crate) fn access(path: &Path) -> Option<Access> {
    path.symlink_metadata().ok().as_ref().and_then(of)
}

/// The same of what a link leads to.
pub(crate) fn access_behind_links(path: &Path) -> Option<Access> {
    path.metadata().ok().as_ref().and_then(of)
}

#[cfg(unix)]
fn of(about: &std::fs::Metadata) -> Option<Access> {
    use std::os::unix::fs::MetadataExt;

    Some(Access {
        mine: about.uid() == rustix::process::geteuid().as_raw(),
        is_folder: about.is_dir(),
        mode: about.mode() & 0o7777,
    })
}

#[cfg(not(unix))]
fn of(_about: &std::fs::Metadata) -> Option<Access> {
    None
}

/// When a file was written, or came to be where it is: the later of the two, where the system knows both.
pub(crate) fn written(about: &Metadata) -> Option<SystemTime> {
    about.modified().ok().max(changed(about))
}

/// When the system has last noted something of a file, its name among it: nobody can set that.
#[cfg(unix)]
fn changed(about: &Metadata) -> Option<SystemTime> {
    use std::os::unix::fs::MetadataExt;
    use std::time::Duration;

    let seconds = Duration::from_secs(about.ctime().try_into().ok()?);
    let rest = Duration::from_nanos(about.ctime_nsec().try_into().ok()?);
    SystemTime::UNIX_EPOCH.checked_add(seconds + rest)
}

#[cfg(not(unix))]
fn changed(_about: &Metadata) -> Option<SystemTime> {
    None
}

/// What tells a file from every other one as long as both are there, where the system has such a thing.
#[cfg(unix)]
pub(crate) fn identity(about: &Metadata) -> Option<(u64, u64)> {
    use std::os::unix::fs::MetadataExt;

    Some((about.dev(), about.ino()))
}

#[cfg(not(unix))]
pub(crate) fn identity(_about: &Metadata) -> Option<(u64, u64)> {
    None
}

/// Sets who may do what with a file or a folder.
#[cfg(unix)]
pub(crate) fn set_mode(path: &Path, mode: u32) -> Result<()> {
    use std::os::unix::fs::PermissionsExt;

    std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).map_err(|cause| {
        Failure::unavailable(format!("cannot set the mode of {}", path.display())).caused_by(cause)
    })
}

#[cfg(not(unix))]
pub(crate) fn set_mode(path: &Path, _mode: u32) -> Result<()> {
    Err(Failure::unavailable(format!("{} has no mode", path.display())))
}

/// Opens a file to read and to write it; it is made, for its owner alone, when it is not there.
pub(crate) fn private_file(path: &Path) -> std::io::Result<std::fs::File> {
    let mut options = std::fs::File::options();
    let options = options.create(true).truncate(false).read(true).write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(options, 0o600);
    options.open(path)
}

/// How many bytes this user may still write where a folder is, if the system says so.
#[cfg(unix)]
pub(crate) fn free_bytes(folder: &Path) -> Option<u64> {
    let about = nix::sys::statvfs::statvfs(folder).ok()?;
    // Their types differ by system.
    #[allow(clippy::useless_conversion, reason = "on some systems they are smaller")]
    let (blocks, bytes) = (
        u64::from(about.blocks_available()),
        u64::from(about.fragment_size()),
    );
    blocks.checked_mul(bytes)
}

#[cfg(not(unix))]
pub(crate) fn free_bytes(_folder: &Path) -> Option<u64> {
    None
}

/// How many folders the system watches for this user at most, where it has such a number.
pub(crate) fn file_watches_max() -> Option<u64> {
    let text = std::fs::read_to_string("/proc/sys/fs/inotify/max_user_watches").ok()?;
    text.trim().parse().ok()
}
