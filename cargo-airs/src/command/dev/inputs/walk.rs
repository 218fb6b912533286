//! What is in the folders of a crate, but for what is nobody's work.

use std::fs;
use std::path::{Path, PathBuf};

/// A crate with more files and folders than this is not one that somebody edits by hand; what is beyond is not looked at.
const SEARCHED_MAX: usize = 20_000;

/// The file by which a folder says that it can be made again, as those do that Cargo builds in.
const CACHE: &str = "CACHEDIR.TAG";

/// Looks through folders.
#[derive(Debug, Default)]
pub(super) struct Walk {
    /// Where builds write: nothing there is an input.
    outputs: Vec<PathBuf>,
}

impl Walk {
    pub(super) fn without(outputs: Vec<PathBuf>) -> Self {
        Self { outputs }
    }

    pub(super) fn is_output(&self, path: &Path) -> bool {
        self.outputs.iter().any(|output| path.starts_with(output))
    }

    pub(super) fn outputs(&self) -> &[PathBuf] {
        &self.outputs
    }

    /// The files in folders.
    pub(super) fn files(&self, folders: &[PathBuf]) -> Vec<PathBuf> {
        let mut found = Vec::new();
        for folder in folders {
            self.each(folder, &mut |path, is_folder| {
                if !is_folder {
                    found.push(path);
                }
            });
        }
        found
    }

    /// Tells of a folder and what is in it, but for what is hidden, written by builds, or here for a moment.
    pub(super) fn each(&self, folder: &Path, tell: &mut dyn FnMut(PathBuf, bool)) {
        let mut left = SEARCHED_MAX;
        self.within(folder, tell, &mut left);
    }

    fn within(&self, folder: &Path, tell: &mut dyn FnMut(PathBuf, bool), left: &mut usize) {
        tell(folder.to_owned(), true);
        let Ok(entries) = fs::read_dir(folder) else { return };
        for entry in entries.flatten() {
            let path = entry.path();
            if self.is_output(&path) || is_passing(&path) || *left == 0 {
                continue;
            }
            *left -= 1;
            match path.metadata() {
                // A link to a folder may lead back up.
                Ok(metadata) if metadata.is_dir() && !path.is_symlink() && !path.join(CACHE).is_file() => {
                    self.within(&path, tell, left);
                }
                Ok(metadata) if metadata.is_file() => tell(path, false),
                _ => {}
            }
        }
    }
}

/// What editors and tools leave for a moment: hidden files, copies, and files that try whether one can be made.
pub(super) fn is_passing(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let is_copy = ["~", ".tmp", "___"].iter().any(|end| name.ends_with(end));
    is_copy || name.starts_with(['.', '#']) || name.bytes().all(|byte| byte.is_ascii_digit())
}
