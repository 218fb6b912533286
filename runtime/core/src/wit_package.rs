//! Names of WIT packages whose interfaces an embedder gives to components.

use std::fmt;
use std::str::FromStr;

/// The name of a WIT package without its version: `namespace:name`, each of lower-case words with single hyphens
/// between. Those of airs and of WASI are none: what becomes of them is not for an embedder to say.
///
/// ```
/// use airs_core::WitPackage;
///
/// let package = WitPackage::of_interface("example:database/database@0.1.0");
/// assert_eq!(package, Some("example:database".parse()?));
/// assert_eq!(WitPackage::of_interface("wasi:io/streams@0.2.6"), None);
/// # Ok::<(), airs_core::WitPackageError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct WitPackage(String);

/// What is wrong with a would-be name of a WIT package.
///
/// ```
/// use airs_core::{WitPackage, WitPackageError};
///
/// assert_eq!("database".parse::<WitPackage>(), Err(WitPackageError));
/// assert_eq!("airs:storage".parse::<WitPackage>(), Err(WitPackageError));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("it is namespace:name, as example:database, and neither of airs nor of wasi")]
pub struct WitPackageError;

impl WitPackage {
    /// The longest name; nobody types longer ones.
    pub const BYTES_MAX: usize = 128;

    /// Namespaces whose packages mean the same everywhere.
    const TAKEN: [&str; 2] = ["airs", "wasi"];

    /// The package of an interface, such as `example:database/database@0.1.0`; none when it is in none, or in one
    /// of airs or WASI.
    pub fn of_interface(interface: &str) -> Option<Self> {
        interface.split_once('/')?.0.parse().ok()
    }

    /// The name of an interface without its version: `ns:package/interface@1.0.0` is `ns:package/interface`.
    pub fn unversioned(interface: &str) -> &str {
        interface.split('@').next().unwrap_or(interface)
    }

    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for WitPackage {
    type Err = WitPackageError;

    fn from_str(text: &str) -> Result<Self, WitPackageError> {
        let letter_or_digit = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
        let word = |word: &str| {
            word.starts_with(|c: char| c.is_ascii_lowercase()) && word.bytes().all(letter_or_digit)
        };
        let words = |words: &str| words.split('-').all(word);
        match text.split_once(':') {
            Some((namespace, name))
                if text.len() <= Self::BYTES_MAX
                    && words(namespace)
                    && words(name)
                    && !Self::TAKEN.contains(&namespace) =>
            {
                Ok(Self(text.to_owned()))
            }
            _ => Err(WitPackageError),
        }
    }
}

impl fmt::Display for WitPackage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}
