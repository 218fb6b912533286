//! Reading and writing files, so that what is there is whole.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use crate::error::{Failure, Result};
use crate::interrupt::Staged;

pub(crate) fn current_folder() -> Result<PathBuf> {
    std::env::current_dir()
        .map_err(|cause| Failure::unavailable("the current folder is not there").caused_by(cause))
}

/// A file's text, or none when there is no such file.
pub(crate) fn text(path: &Path) -> Result<Option<String>> {
    match fs::read_to_string(path) {
        Ok(text) => Ok(Some(text)),
        Err(cause) if cause.kind() == ErrorKind::NotFound => Ok(None),
        Err(cause) => Err(Failure::unavailable(format!("cannot read {}", path.display())).caused_by(cause)),
    }
}

pub(crate) fn bytes(path: &Path) -> Result<Vec<u8>> {
    fs::read(path)
        .map_err(|cause| Failure::unavailable(format!("cannot read {}", path.display())).caused_by(cause))
}

/// Writes a file that is there in whole or not at all; its folder is made when it is missing.
pub(crate) fn write(path: &Path, bytes: &[u8]) -> Result<()> {
    let failed = |cause| Failure::unavailable(format!("cannot write {}", path.display())).caused_by(cause);
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(failed)?;
    }
    let staged = Staged::new(beside(path));
    fs::write(staged.path(), bytes).map_err(failed)?;
    staged.keep_as(path)
}

/// A folder to fill under a temporary name beside `path`.
pub(crate) fn stage_folder(path: &Path) -> Result<Staged> {
    let staged = Staged::new(beside(path));
    fs::create_dir(staged.path())
        .map_err(|cause| Failure::unavailable(format!("cannot make {}", path.display())).caused_by(cause))?;
    Ok(staged)
}

/// `target`, as a person in `folder` finds it: by a short way from there, or from the root.
pub(crate) fn shown(target: &Path, folder: &Path) -> String {
    let relative = relative(target, folder);
    if relative.starts_with("../../..") {
        target.display().to_string()
    } else {
        relative
    }
}

/// Removes a file, if it is there.
pub(crate) fn remove_file(path: &Path) -> Result<()> {
    match fs::remove_file(path) {
        Err(cause) if cause.kind() != ErrorKind::NotFound => {
            Err(Failure::unavailable(format!("cannot remove {}", path.display())).caused_by(cause))
        }
        _ => Ok(()),
    }
}

/// Removes a file or a folder with all that is in it, if it is there.
pub(crate) fn remove(path: &Path) {
    if fs::remove_file(path).is_err() {
        let _ = fs::remove_dir_all(path);
    }
}

/// `target`, as seen from `folder`, with `/` between the parts; both are absolute.
pub(crate) fn relative(target: &Path, folder: &Path) -> String {
    let (mut target_parts, mut folder_parts) =
        (target.components().peekable(), folder.components().peekable());
    while target_parts.peek().is_some() && target_parts.peek() == folder_parts.peek() {
        target_parts.next();
        folder_parts.next();
    }
    let up = folder_parts.map(|_| "..".to_owned());
    let down = target_parts.map(|part| part.as_os_str().to_string_lossy().into_owned());
    let parts: Vec<_> = up.chain(down).collect();
    if parts.is_empty() {
        ".".to_owned()
    } else {
        parts.join("/")
    }
}

/// A name of this process beside `path`, on the same file system.
fn beside(path: &Path) -> PathBuf {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    path.with_file_name(format!(".{name}.{}.part", std::process::id()))
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    #[test]
    fn a_path_is_seen_from_a_folder() {
        let seen = |target: &str, folder: &str| super::relative(Path::new(target), Path::new(folder));
        assert_eq!(seen("/a/b", "/a"), "b");
        assert_eq!(seen("/a", "/a"), ".");
        assert_eq!(seen("/a/b/c", "/a/d"), "../b/c");
    }
}
