//! Files that a component may look at.

use std::fmt;
use std::io::Read;
use std::time::SystemTime;

use crate::FolderPath;

/// Why a file cannot be looked at.
///
/// An example is at [`FolderPath`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum FolderError {
    /// The path leads out of the folder, by `..`, by being absolute, or by a link.
    #[error("the path leads out of the folder")]
    Outside,
    /// The path has a name that no file of a folder has everywhere: a device, a drive, a stream, a control character.
    #[error("the path has a name that is not one everywhere")]
    Name,
    /// Nothing is there.
    #[error("there is no such file")]
    NotFound,
    /// A file is there, and not a folder.
    #[error("it is no folder")]
    NotAFolder,
    /// A folder is there, and not a file.
    #[error("it is a folder")]
    NotAFile,
    /// The file has another name, which may be outside of the folder.
    #[error("the file is a hard link: it has another name, which may be outside")]
    Linked,
    /// Neither a file nor a folder is there: a device, a pipe, a socket.
    #[error("it is neither a file nor a folder")]
    Special,
    /// It has more bytes, or a folder more entries, than may be.
    #[error("it is too large")]
    TooLarge,
    /// The operating system does not let it be read, or the disk fails.
    #[error("it cannot be read")]
    Unreadable,
}

/// What is at a path.
///
/// An example is at [`Folder`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FileStat {
    /// A folder, or a file.
    pub is_folder: bool,
    /// A file's bytes; 0 of a folder.
    pub bytes: u64,
    /// When it was changed, if the operating system knows.
    pub modified: Option<SystemTime>,
}

impl FileStat {
    /// A folder of which nothing else is known.
    pub const FOLDER: Self = Self {
        is_folder: true,
        bytes: 0,
        modified: None,
    };
}

/// A folder that a component may look into. Nothing outside of it is reached, whatever is in it.
///
/// ```
/// use std::io::Read;
/// use airs_core::{FileStat, Folder, FolderError, FolderPath};
///
/// /// One file.
/// #[derive(Debug)]
/// struct Note(&'static str);
///
/// impl Folder for Note {
///     fn stat(&self, path: &FolderPath) -> Result<FileStat, FolderError> {
///         match path.segments() {
///             [] => Ok(FileStat::FOLDER),
///             [name] if name == "note" => {
///                 Ok(FileStat { is_folder: false, bytes: self.0.len() as u64, modified: None })
///             }
///             _ => Err(FolderError::NotFound),
///         }
///     }
///
///     fn open(&self, path: &FolderPath) -> Result<(FileStat, Box<dyn Read + Send>), FolderError> {
///         match self.stat(path)? {
///             FileStat { is_folder: true, .. } => Err(FolderError::NotAFile),
///             stat => Ok((stat, Box::new(self.0.as_bytes()))),
///         }
///     }
///
///     fn list(&self, path: &FolderPath) -> Result<Vec<(String, bool)>, FolderError> {
///         match self.stat(path)?.is_folder {
///             true => Ok(vec![("note".into(), false)]),
///             false => Err(FolderError::NotAFolder),
///         }
///     }
/// }
/// ```
pub trait Folder: Send + Sync + fmt::Debug {
    /// What is at a path.
    ///
    /// # Errors
    /// [`FolderError::NotFound`] and others.
    fn stat(&self, path: &FolderPath) -> Result<FileStat, FolderError>;

    /// A file, and its content to be read. What is neither a file nor a folder is not opened, and nothing is waited
    /// for.
    ///
    /// # Errors
    /// [`FolderError::NotAFile`] for a folder, and others.
    fn open(&self, path: &FolderPath) -> Result<(FileStat, Box<dyn Read + Send>), FolderError>;

    /// The names in a folder, in their order, and whether each is a folder. A component is shown those that a
    /// [`FolderPath`] can have.
    ///
    /// # Errors
    /// [`FolderError::NotAFolder`], [`FolderError::TooLarge`] and others.
    fn list(&self, path: &FolderPath) -> Result<Vec<(String, bool)>, FolderError>;
}
