//! The folder of the cache: whose it is, and how full.

use std::fs::{self, File, Metadata};
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use crate::os;

/// How entries' names end.
pub(super) const ENDING: &str = ".cwasm";
/// How names of files begin that are being written.
const TEMPORARY: &str = "writing-";
/// A file that has been written for longer was left behind.
const LEFT_BEHIND: Duration = Duration::from_secs(3_600);

/// A folder that only its owner can change.
#[derive(Clone, Debug)]
pub(super) struct Folder(PathBuf);

impl Folder {
    /// Makes the folder if it is not there; why it is not private, if it is not.
    pub(super) fn open(path: &Path) -> io::Result<Result<Self, String>> {
        os::make_private_folder(path)?;
        // Links are refused where they lead to it, and followed above it: there only who may write counts.
        if fs::symlink_metadata(path)?.is_symlink() {
            return Ok(Err("it is a link".to_owned()));
        }
        let path = path.canonicalize()?;
        Ok(match os::check_private(&path)? {
            Ok(()) => Ok(Self(path)),
            Err(why) => Err(why),
        })
    }

    pub(super) fn path(&self) -> &Path {
        &self.0
    }

    /// Removes what was not used for longest, until so many bytes more are within the limit.
    pub(super) fn make_room(&self, bytes: u64, bytes_max: u64) -> io::Result<()> {
        let mut entries = Vec::new();
        for file in fs::read_dir(&self.0)? {
            let file = file?;
            let name = file.file_name();
            let name = name.to_string_lossy();
            // It may be gone by now.
            let Ok(about) = file.metadata() else { continue };
            let used = about.modified().unwrap_or(SystemTime::UNIX_EPOCH);
            if name.ends_with(ENDING) {
                entries.push((used, about.len(), file.path()));
            } else if name.starts_with(TEMPORARY) && used.elapsed().is_ok_and(|age| age > LEFT_BEHIND) {
                let _ = fs::remove_file(file.path());
            }
        }
        let mut total: u64 = entries.iter().map(|(_, bytes, _)| bytes).sum();
        entries.sort();
        for (_, entry_bytes, path) in entries {
            if total.saturating_add(bytes) <= bytes_max {
                break;
            }
            // Gone already is as good.
            let _ = fs::remove_file(path);
            total -= entry_bytes;
        }
        Ok(())
    }
}

/// Opens a file that is its owner's alone; nothing when it is something else, such as a link or a pipe.
pub(super) fn open_own(path: &Path) -> io::Result<Option<(File, Metadata)>> {
    // Before it is opened: opening a pipe waits for who writes into it.
    if !fs::symlink_metadata(path)?.is_file() {
        return Ok(None);
    }
    let file = File::open(path)?;
    let about = file.metadata()?;
    Ok((about.is_file() && os::is_own(&about)).then_some((file, about)))
}

/// A new file that only its owner can read, to be renamed. Its name is one of chance: several processes may have one
/// number, each in a container of its own.
pub(super) fn temporary(folder: &Path) -> io::Result<Temporary> {
    let mut chance = [0; 16];
    getrandom::fill(&mut chance).map_err(io::Error::other)?;
    let path = folder.join(format!("{TEMPORARY}{:032x}", u128::from_le_bytes(chance)));
    let file = os::make_private_file(&path)?;
    Ok(Temporary { path, file })
}

/// A file that is removed unless it was moved.
pub(super) struct Temporary {
    path: PathBuf,
    pub(super) file: File,
}

impl Temporary {
    /// Gives it a name, and takes that from what has it.
    pub(super) fn rename(self, to: &Path) -> io::Result<()> {
        fs::rename(&self.path, to)
    }

    /// Gives it a name that nothing has.
    pub(super) fn link(&self, to: &Path) -> io::Result<()> {
        fs::hard_link(&self.path, to)
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        // Moved already is as good.
        let _ = fs::remove_file(&self.path);
    }
}
