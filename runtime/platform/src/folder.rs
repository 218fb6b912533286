//! A folder of this machine, for components to look into.

use std::io::{self, Read};
use std::path::{Path, PathBuf};

use airs_core::{FileStat, Folder, FolderError, FolderPath};
use cap_fs_ext::{MetadataExt, OpenOptionsSyncExt};
use cap_std::ambient_authority;
use cap_std::fs::{Dir, Metadata, OpenOptions};

/// The most entries of a folder that are listed: each takes some hundred bytes.
const ENTRIES_MAX: usize = 4_096;

/// A folder of this machine, to be looked into.
///
/// Paths are followed below it and nowhere else: a link that leads out of it leads nowhere, also when it is made while
/// a path is being followed. What is neither a file nor a folder is not opened, nor is a file that has another name,
/// by a hard link: that may be outside. A folder that is not there is empty.
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
}

impl Folder for LocalFolder {
    fn stat(&self, path: &FolderPath) -> Result<FileStat, FolderError> {
        let stat = self
            .root()
            .and_then(|root| root.metadata(path.to_string()).map_err(|error| fault(&error)));
        match stat {
            Ok(stat) if path.is_folder() && !stat.is_dir() => Err(FolderError::NotAFolder),
            Ok(stat) => read_stat(&stat),
            Err(FolderError::NotFound) if path.segments().is_empty() => Ok(FileStat::FOLDER),
            Err(error) => Err(error),
        }
    }

    fn open(&self, path: &FolderPath) -> Result<(FileStat, Box<dyn Read + Send>), FolderError> {
        // A device may do something when it is opened.
        if self.stat(path)?.is_folder {
            return Err(FolderError::NotAFile);
        }
        let mut options = OpenOptions::new();
        // A pipe that has taken the file's place would be waited for.
        options.read(true).nonblock(true);
        let opened = self.root()?.open_with(path.to_string(), &options);
        let file = opened.map_err(|error| fault(&error))?;
        // It may be another one than was looked at.
        let found = file.metadata().map_err(|error| fault(&error))?;
        let stat = read_stat(&found)?;
        if stat.is_folder {
            return Err(FolderError::NotAFile);
        }
        if found.nlink() > 1 {
            return Err(FolderError::Linked);
        }
        Ok((stat, Box::new(file)))
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
            let mut kind = entry.file_type().map_err(|error| fault(&error))?;
            // Some file systems do not say in a listing what its entries are.
            if !kind.is_dir() && !kind.is_file() && !kind.is_symlink() {
                kind = entry.metadata().map_err(|error| fault(&error))?.file_type();
            }
            // Links, devices and names that are not text are there for others.
            if let (Ok(name), true) = (entry.file_name().into_string(), kind.is_dir() || kind.is_file()) {
                names.push((name, kind.is_dir()));
            }
        }
        names.sort_unstable();
        Ok(names)
    }
}

fn read_stat(stat: &Metadata) -> Result<FileStat, FolderError> {
    if !stat.is_dir() && !stat.is_file() {
        return Err(FolderError::Special);
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
