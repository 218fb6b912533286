//! A folder of this machine.

mod os;

use std::io::{self, Read as _};
use std::path::PathBuf;

use airs_core::{FileStat, Folder, FolderError, FolderPath};
use cap_std::ambient_authority;
use cap_std::fs::{Dir, Metadata, OpenOptions};

/// The most entries of a folder that are listed: each takes some hundred bytes.
const ENTRIES_MAX: usize = 4_096;

/// A folder of this machine, to be looked into.
///
/// Paths are followed below it and nowhere else: a link that leads out of it leads nowhere, also when it is made while
/// a path is being followed. What is neither a file nor a folder is not opened. A folder that is not there is empty.
///
/// ```
/// use airs_core::{Folder, FolderError, FolderPath};
/// use airs_platform::LocalFolder;
///
/// # let place = tempfile::tempdir()?;
/// std::fs::write(place.path().join("rates.json"), "{}")?;
/// let folder = LocalFolder::new(place.path());
/// assert_eq!(folder.read(&FolderPath::root().join("rates.json")?, 100)?, b"{}");
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
    pub fn path(&self) -> &std::path::Path {
        &self.0
    }

    fn open(&self) -> Result<Dir, FolderError> {
        Dir::open_ambient_dir(&self.0, ambient_authority()).map_err(|error| fault(&error))
    }
}

impl Folder for LocalFolder {
    fn stat(&self, path: &FolderPath) -> Result<FileStat, FolderError> {
        let stat = match self.open() {
            Ok(folder) => folder.metadata(path.to_string()).map_err(|error| fault(&error)),
            Err(error) => Err(error),
        };
        match stat {
            Ok(stat) if path.is_folder() && !stat.is_dir() => Err(FolderError::NotAFolder),
            Ok(stat) => read_stat(&stat),
            Err(FolderError::NotFound) if path.segments().is_empty() => Ok(FileStat {
                is_folder: true,
                bytes: 0,
                modified: None,
            }),
            Err(error) => Err(error),
        }
    }

    fn read(&self, path: &FolderPath, bytes_max: u64) -> Result<Vec<u8>, FolderError> {
        if self.stat(path)?.is_folder {
            return Err(FolderError::NotAFile);
        }
        let mut options = OpenOptions::new();
        os::without_waiting(options.read(true));
        let opened = self.open()?.open_with(path.to_string(), &options);
        let file = opened.map_err(|error| fault(&error))?;
        // It may be another one than was looked at.
        let stat = read_stat(&file.metadata().map_err(|error| fault(&error))?)?;
        if stat.is_folder {
            return Err(FolderError::NotAFile);
        }
        if stat.bytes > bytes_max {
            return Err(FolderError::TooLarge);
        }
        let mut content = Vec::new();
        let read = file.take(bytes_max.saturating_add(1)).read_to_end(&mut content);
        match read.map_err(|error| fault(&error))? {
            read if read as u64 > bytes_max => Err(FolderError::TooLarge),
            _ => Ok(content),
        }
    }

    fn list(&self, path: &FolderPath) -> Result<Vec<(String, bool)>, FolderError> {
        if !self.stat(path)?.is_folder {
            return Err(FolderError::NotAFolder);
        }
        let folder = match self.open() {
            Err(FolderError::NotFound) => return Ok(Vec::new()),
            opened => opened?,
        };
        let mut names = Vec::new();
        for entry in folder.read_dir(path.to_string()).map_err(|error| fault(&error))? {
            let entry = entry.map_err(|error| fault(&error))?;
            let kind = entry.file_type().map_err(|error| fault(&error))?;
            // Links, devices and names that are not text are there for others.
            if let (Ok(name), true) = (entry.file_name().into_string(), kind.is_dir() || kind.is_file()) {
                names.push((name, kind.is_dir()));
            }
            if names.len() > ENTRIES_MAX {
                return Err(FolderError::TooLarge);
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
    if os::leads_out(error) {
        return FolderError::Outside;
    }
    match error.kind() {
        io::ErrorKind::NotFound => FolderError::NotFound,
        io::ErrorKind::NotADirectory => FolderError::NotAFolder,
        io::ErrorKind::IsADirectory => FolderError::NotAFile,
        _ => FolderError::Unreadable,
    }
}
