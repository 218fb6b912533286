//! Names of folders: operating systems have opinions about them.

use std::fmt;
use std::str::FromStr;

use crate::{Name, NameError};

/// What Windows takes for a device, in every folder.
const DEVICES: [&str; 6] = ["con", "prn", "aux", "nul", "conin$", "conout$"];
/// The same with a digit behind it, or one that is written small and raised.
const NUMBERED_DEVICES: [&str; 2] = ["com", "lpt"];

/// Whether an operating system would take `name`, in lower case and without what follows its first dot, for a device.
pub(crate) fn is_device(name: &str) -> bool {
    let is_digit = |character: char| character.is_ascii_digit() || "\u{b9}\u{b2}\u{b3}".contains(character);
    let numbered = |device: &&str| {
        let mut rest = name.strip_prefix(*device).unwrap_or_default().chars();
        rest.next().is_some_and(is_digit) && rest.next().is_none()
    };
    DEVICES.contains(&name) || NUMBERED_DEVICES.iter().any(numbered)
}

/// The name of a folder that a component may be given: a [`Name`] that no operating system takes for a device.
///
/// ```
/// use airs_core::FolderName;
///
/// assert_eq!("rates".parse::<FolderName>()?.as_str(), "rates");
/// assert!("nul".parse::<FolderName>().is_err());
/// assert!("../etc".parse::<FolderName>().is_err());
/// # Ok::<(), airs_core::FolderNameError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FolderName(Name);

/// What is wrong with a would-be name of a folder.
///
/// ```
/// use airs_core::{FolderName, FolderNameError};
///
/// assert_eq!("com1".parse::<FolderName>(), Err(FolderNameError::Device));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FolderNameError {
    /// It is no name.
    #[error(transparent)]
    Name(#[from] NameError),
    /// It names a device on some operating system.
    #[error("it names a device on Windows")]
    Device,
}

impl FolderName {
    /// The name as text.
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }
}

impl FromStr for FolderName {
    type Err = FolderNameError;

    fn from_str(text: &str) -> Result<Self, FolderNameError> {
        let name: Name = text.parse()?;
        if is_device(text) {
            return Err(FolderNameError::Device);
        }
        Ok(Self(name))
    }
}

impl fmt::Display for FolderName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}
