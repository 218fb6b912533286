//! What differs by operating system.

use std::fs::OpenOptions;
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

/// Makes a folder, and those above it that are missing, for this user alone.
pub(crate) fn make_private_folders(folder: &Path) -> io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

/// Has a file be made for this user alone, if it is made.
pub(crate) fn private(options: &mut OpenOptions) -> &mut OpenOptions {
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(options, 0o600);
    options
}

/// Takes a file that is there from all others, without opening it.
#[cfg(unix)]
pub(crate) fn make_private(path: &Path) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;

    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600))
}

/// Who may read a file is the folder's affair.
#[cfg(windows)]
pub(crate) fn make_private(_path: &Path) -> io::Result<()> {
    Ok(())
}
