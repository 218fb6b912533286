//! A folder of this machine, for components to look into.

use std::io::{self, Read};
use std::path::{Path, PathBuf};

use airs_core::{FileStat, Folder, FolderError, FolderPath};
use cap_fs_ext::{DirEntryExt, MetadataExt, OpenOptionsSyncExt};
use cap_std::ambient_authority;
use cap_std::fs::{Dir, DirEntry, Metadata, OpenOptions};

/// The most entries of a folder that are listed: each takes some hundred bytes.
const ENTRIES_MAX: usize = 4_096;

/// How often a file is opened that was replaced since it was looked at. Who replaces files does not do it all the time.
const OPEN_ATTEMPTS_MAX: usize = 8;

/// How often a path is looked at once more, after its file was opened, before that is believed to be what belongs there.
///
/// No system tells at once what a path leads to and how many names that has. A hard link that is removed in just that
/// moment looks like a file with one name, and so it does when it was put back and is removed again while it is opened. It
/// would have to happen in each of these moments, too.
const LOOKS_AFTER: usize = 3;

/// A folder of this machine, to be looked into.
///
/// Paths are followed below it and nowhere else: a link that leads out of it leads nowhere, also when it is made while
/// a path is being followed. What is neither a file nor a folder is not opened, nor is a file that has another name,
/// by a hard link: that may be outside, and so not even its size is told. Neither is listed. A folder that is not there
/// is empty.
///
/// ```
/// use airs_core::{Folder, FolderError, FolderPath};
/// use airs_platform::LocalFolder;
///
/// # let place = tempfile::tempdir()?;
/// std::fs::write(place.path().join("rates.json"), "{}")?;
/// let folder = LocalFolder::new(place.path());
/// let (stat, content) = folder.open(&FolderPath::root().join("rates.json")?)?;
/// assert_eq!((stat.bytes, std::io::read_to_string(content)?), (2, "{}".to_owned()));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct LocalFolder(PathBuf);

impl LocalFolder {
    /// The folder at a path, which need not be there yet.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self(path.into())
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.0
    }

    fn root(&self) -> Result<Dir, FolderError> {
        Dir::open_ambient_dir(&self.0, ambient_authority()).map_err(|error| fault(&error))
    }

    fn look(&self, path: &FolderPath) -> Result<Metadata, FolderError> {
        let found = self.root()?.metadata(path.to_string());
        let found = found.map_err(|error| fault(&error))?;
        if path.is_folder() && !found.is_dir() {
            return Err(FolderError::NotAFolder);
        }
        Ok(found)
    }

    /// Whether a path still leads to a file that was found there, which still has one name.
    fn leads_to(&self, path: &FolderPath, found: &Metadata) -> Result<bool, FolderError> {
        for _ in 0..LOOKS_AFTER {
            let again = self.look(path)?;
            read_stat(&again)?;
            if !is_same(&again, found) {
                return Ok(false);
            }
        }
        Ok(true)
    }
}

fn is_same(one: &Metadata, other: &Metadata) -> bool {
    (one.dev(), one.ino()) == (other.dev(), other.ino())
}

impl Folder for LocalFolder {
    fn stat(&self, path: &FolderPath) -> Result<FileStat, FolderError> {
        match self.look(path) {
            Err(FolderError::NotFound) if path.segments().is_empty() => Ok(FileStat::FOLDER),
            looked => read_stat(&looked?),
        }
    }

    fn open(&self, path: &FolderPath) -> Result<(FileStat, Box<dyn Read + Send>), FolderError> {
        if path.segments().is_empty() {
            return Err(FolderError::NotAFile);
        }
        for _ in 0..OPEN_ATTEMPTS_MAX {
            // A device may do something when it is opened.
            let looked = self.look(path)?;
            if read_stat(&looked)?.is_folder {
                return Err(FolderError::NotAFile);
            }
            let mut options = OpenOptions::new();
            // A pipe that has taken the file's place would be waited for.
            options.read(true).nonblock(true);
            let opened = self.root()?.open_with(path.to_string(), &options);
            let file = opened.map_err(|error| fault(&error))?;
            let found = file.metadata().map_err(|error| fault(&error))?;
            if is_same(&looked, &found) && self.leads_to(path, &found)? {
                return Ok((read_stat(&found)?, Box::new(file)));
            }
        }
        // It is another one each time.
        Err(FolderError::Unreadable)
    }

    fn list(&self, path: &FolderPath) -> Result<Vec<(String, bool)>, FolderError> {
        if !self.stat(path)?.is_folder {
            return Err(FolderError::NotAFolder);
        }
        let root = match self.root() {
            Err(FolderError::NotFound) => return Ok(Vec::new()),
            opened => opened?,
        };
        let mut names = Vec::new();
        let entries = root.read_dir(path.to_string()).map_err(|error| fault(&error))?;
        for (number, entry) in entries.enumerate() {
            if number >= ENTRIES_MAX {
                return Err(FolderError::TooLarge);
            }
            let entry = entry.map_err(|error| fault(&error))?;
            // Names that are not text are there for others.
            if let (Ok(name), Some(is_folder)) = (entry.file_name().into_string(), kind(&entry)?) {
                names.push((name, is_folder));
            }
        }
        names.sort_unstable();
        Ok(names)
    }
}

/// Whether an entry of a listing is a folder; nothing for what cannot be opened: a link, a device, a file that has
/// another name. Most file systems say in a listing whether an entry is a folder, and none how many names it has.
fn kind(entry: &DirEntry) -> Result<Option<bool>, FolderError> {
    if entry.file_type().map_err(|error| fault(&error))?.is_dir() {
        return Ok(Some(true));
    }
    match entry.full_metadata().map_err(|error| fault(&error)) {
        Ok(found) => Ok(read_stat(&found).ok().map(|stat| stat.is_folder)),
        // It has gone in between.
        Err(FolderError::NotFound) => Ok(None),
        Err(error) => Err(error),
    }
}

fn read_stat(stat: &Metadata) -> Result<FileStat, FolderError> {
    if !stat.is_dir() && !stat.is_file() {
        return Err(FolderError::Special);
    }
    // How many folders are in a folder is told by the same number on some systems.
    if stat.is_file() && stat.nlink() > 1 {
        return Err(FolderError::Linked);
    }
    Ok(FileStat {
        is_folder: stat.is_dir(),
        bytes: if stat.is_dir() { 0 } else { stat.len() },
        modified: stat.modified().ok().map(cap_std::time::SystemTime::into_std),
    })
}

fn fault(error: &io::Error) -> FolderError {
    match error.kind() {
        // The operating system's own refusals have a number.
        io::ErrorKind::PermissionDenied if error.raw_os_error().is_none() => FolderError::Outside,
        io::ErrorKind::NotFound => FolderError::NotFound,
        io::ErrorKind::NotADirectory => FolderError::NotAFolder,
        io::ErrorKind::IsADirectory => FolderError::NotAFile,
        _ => FolderError::Unreadable,
    }
}
