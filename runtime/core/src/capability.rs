//! Rights to platform services.

use std::fmt;
use std::str::FromStr;

use crate::WitPackage;

/// A kind of capability: a platform service, or a part of the world, that a component may be allowed to use.
/// With its parameters it stands in [`Capabilities`](crate::Capabilities).
///
/// ```
/// use airs_core::Capability;
///
/// assert_eq!(Capability::of_import("airs:storage/storage@0.1.0"), Some(Capability::Storage));
/// assert_eq!(Capability::of_import("example:database/database@0.1.0"), Some(Capability::Interfaces));
/// assert_eq!(Capability::of_import("wasi:io/streams@0.2.6"), None);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Capability {
    /// Keys and values of the driver's own, part of the run's transaction.
    Storage,
    /// Outbound requests.
    Http,
    /// The run's time of day.
    Clock,
    /// The run's randomness.
    Random,
    /// Lines that reach whoever listens to the runtime.
    Log,
    /// Named variables of the node's environment.
    Environment,
    /// Named folders of the context.
    Files,
    /// Interfaces that the embedder gives to components, by the WIT packages that they are in.
    Interfaces,
}

impl Capability {
    /// Every capability.
    pub const ALL: [Self; 8] = [
        Self::Storage,
        Self::Http,
        Self::Clock,
        Self::Random,
        Self::Log,
        Self::Environment,
        Self::Files,
        Self::Interfaces,
    ];

    /// The capability's name in manifests and grants.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Storage => "storage",
            Self::Http => "http",
            Self::Clock => "clock",
            Self::Random => "random",
            Self::Log => "log",
            Self::Environment => "environment",
            Self::Files => "files",
            Self::Interfaces => "interfaces",
        }
    }

    /// The capability that an import needs, for the name of an imported interface such as
    /// `airs:storage/storage@0.1.0`; none when the import belongs to no capability. What WASI offers is always
    /// there to be imported, so that a standard library works, and is decided on when it is called.
    pub fn of_import(interface: &str) -> Option<Self> {
        let (package, _) = interface.split_once('/')?;
        match package {
            "airs:storage" => Some(Self::Storage),
            "airs:http" => Some(Self::Http),
            _ => WitPackage::of_interface(interface).map(|_| Self::Interfaces),
        }
    }

    /// Whether a program may have it: what it reaches beyond these, it reaches through drivers.
    pub const fn is_for_programs(self) -> bool {
        matches!(self, Self::Clock | Self::Random | Self::Log)
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
