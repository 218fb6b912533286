//! What differs by operating system.

use std::io;
use std::path::Path;

/// Whether this process may write to a file or folder, asked for without opening it.
#[cfg(unix)]
pub(crate) fn writable(path: &Path) -> io::Result<()> {
    Ok(rustix::fs::access(path, rustix::fs::Access::WRITE_OK)?)
}

/// A folder's mark does not say what may be done in it.
#[cfg(windows)]
pub(crate) fn writable(path: &Path) -> io::Result<()> {
    let about = std::fs::metadata(path)?;
    match about.is_file() && about.permissions().readonly() {
        true => Err(io::ErrorKind::PermissionDenied.into()),
        false => Ok(()),
    }
}
