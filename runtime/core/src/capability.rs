//! Rights to platform services.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

/// A platform service that a driver may be allowed to use.
///
/// ```
/// use airs_core::Capability;
///
/// assert_eq!(Capability::of_import("airs:storage/storage@0.1.0"), Some(Capability::Storage));
/// assert_eq!(Capability::of_import("wasi:io/streams@0.2.6"), None);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Capability {
    /// Keys and values of the driver's own, part of the run's transaction.
    Storage,
    /// Outbound requests.
    Http,
}

impl Capability {
    /// Every capability.
    pub const ALL: [Self; 2] = [Self::Storage, Self::Http];

    /// The capability's name in manifests and grants.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Storage => "storage",
            Self::Http => "http",
        }
    }

    /// The capability that an import needs, for the name of an imported interface such as
    /// `airs:storage/storage@0.1.0`; none when the import belongs to no capability.
    pub fn of_import(interface: &str) -> Option<Self> {
        let (package, _) = interface.split_once('/')?;
        let service = package.strip_prefix("airs:")?;
        service.parse().ok()
    }
}

impl fmt::Display for Capability {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for Capability {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        Self::ALL
            .into_iter()
            .find(|capability| capability.as_str() == text)
            .ok_or(())
    }
}

/// A set of capabilities: declared by a component, or granted by an operator.
pub type Capabilities = BTreeSet<Capability>;
