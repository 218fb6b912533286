//! What a component may use of the platform and of the world.

mod text;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::str::FromStr;

use crate::{Capability, HttpPattern, Limit, Name, VariableName, WitPackage};

/// Capabilities with their parameters: what a component declares, what an operator grants it, or what comes of both.
///
/// Nothing is there unless it is said, but for the run's own clock, randomness and log, which tell nothing about
/// anybody and reach nobody: those are there unless they are taken away.
///
/// ```
/// use airs_core::{Capabilities, Capability};
///
/// let declared: Capabilities = [Capability::Storage].into();
/// let declared = declared.with_http(["api.example.com".parse()?]);
/// let granted = Capabilities::default().with_http(["*.example.com".parse()?]);
/// let lacking = declared.without(&granted);
/// assert_eq!(lacking.kinds().collect::<Vec<_>>(), [Capability::Storage]);
/// assert_eq!(declared.intersection(&granted).http, declared.http);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Capabilities {
    /// Keys and values of the driver's own.
    pub storage: Option<StorageAccess>,
    /// Requests that go to one of these.
    pub http: BTreeSet<HttpPattern>,
    /// The run's time of day; without it, asking for it is a trap with the code `denied`.
    pub clock: bool,
    /// The run's randomness; without it, asking for it is a trap with the code `denied`.
    pub random: bool,
    /// Lines that reach whoever listens; without it they are dropped.
    pub log: bool,
    /// Variables of the node's environment.
    pub environment: BTreeSet<VariableName>,
    /// Folders of the context.
    pub files: BTreeMap<Name, Access>,
    /// Interfaces that the embedder gives to components: those of these packages.
    pub interfaces: BTreeSet<WitPackage>,
}

/// What may be done with what is kept.
///
/// ```
/// use airs_core::Access;
///
/// assert_eq!("read".parse(), Ok(Access::Read));
/// assert!(Access::Read < Access::ReadWrite);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Access {
    /// Looking at it.
    Read,
    /// Looking at it, and changing it.
    ReadWrite,
}

impl Access {
    /// Both of them.
    pub const ALL: [Self; 2] = [Self::Read, Self::ReadWrite];

    /// `read` or `read-write`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::ReadWrite => "read-write",
        }
    }
}

impl fmt::Display for Access {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for Access {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let mut all = Self::ALL.into_iter();
        all.find(|access| access.as_str() == text).ok_or(())
    }
}

/// What a driver may do with its storage.
///
/// ```
/// use airs_core::{Access, Capabilities, Capability, StorageAccess};
///
/// let reading = StorageAccess { access: Access::Read, ..StorageAccess::DEFAULT };
/// let granted = Capabilities { storage: Some(reading), ..Capabilities::default() };
/// assert_eq!(granted.value(Capability::Storage), "\"read\"");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct StorageAccess {
    /// Whether it may write.
    pub access: Access,
    /// The most bytes of keys and values that it may keep in one context.
    pub quota_bytes: u64,
}

impl StorageAccess {
    /// The quota. A gibibyte is some ten million accounts of a ledger; a tebibyte is more than one file of SQLite
    /// handles well.
    pub const QUOTA_BYTES: Limit = Limit {
        default: 1 << 30,
        max: 1 << 40,
    };

    /// A quota that restricts nothing: what a component declares that states none.
    pub const UNRESTRICTED_BYTES: u64 = u64::MAX;

    /// Reading and writing, up to the quota that is there unless another one is stated.
    pub const DEFAULT: Self = Self {
        access: Access::ReadWrite,
        quota_bytes: Self::QUOTA_BYTES.default,
    };
}

impl Capabilities {
    /// Nothing, the clock, the randomness and the log neither.
    pub fn none() -> Self {
        Self {
            storage: None,
            http: BTreeSet::new(),
            clock: false,
            random: false,
            log: false,
            environment: BTreeSet::new(),
            files: BTreeMap::new(),
            interfaces: BTreeSet::new(),
        }
    }

    /// The same, and requests that match one of these.
    #[must_use]
    pub fn with_http(mut self, patterns: impl IntoIterator<Item = HttpPattern>) -> Self {
        self.http.extend(patterns);
        self
    }

    /// The same, and these variables of the environment.
    #[must_use]
    pub fn with_environment(mut self, names: impl IntoIterator<Item = VariableName>) -> Self {
        self.environment.extend(names);
        self
    }

    /// The same, and this folder of the context.
    #[must_use]
    pub fn with_files(mut self, folder: Name, access: Access) -> Self {
        self.files.insert(folder, access);
        self
    }

    /// The same, and the interfaces of these packages, if the embedder gives them.
    #[must_use]
    pub fn with_interfaces(mut self, packages: impl IntoIterator<Item = WitPackage>) -> Self {
        self.interfaces.extend(packages);
        self
    }

    /// Whether there is anything of a kind.
    pub fn contains(&self, capability: Capability) -> bool {
        match capability {
            Capability::Storage => self.storage.is_some(),
            Capability::Http => !self.http.is_empty(),
            Capability::Clock => self.clock,
            Capability::Random => self.random,
            Capability::Log => self.log,
            Capability::Environment => !self.environment.is_empty(),
            Capability::Files => !self.files.is_empty(),
            Capability::Interfaces => !self.interfaces.is_empty(),
        }
    }

    /// The kinds that there is anything of.
    pub fn kinds(&self) -> impl Iterator<Item = Capability> {
        Capability::ALL.into_iter().filter(|kind| self.contains(*kind))
    }

    /// Whether there is nothing at all.
    pub fn is_empty(&self) -> bool {
        self.kinds().next().is_none()
    }

    /// What is in both: the effective ones of what is declared and what is granted. The smaller quota counts.
    #[must_use]
    pub fn intersection(&self, other: &Self) -> Self {
        let storage = self.storage.zip(other.storage);
        let folders = self.files.iter();
        Self {
            storage: storage.map(|(mine, theirs)| StorageAccess {
                access: mine.access.min(theirs.access),
                quota_bytes: mine.quota_bytes.min(theirs.quota_bytes),
            }),
            http: self
                .http
                .iter()
                .flat_map(|mine| other.http.iter().filter_map(|theirs| mine.intersection(theirs)))
                .collect(),
            clock: self.clock && other.clock,
            random: self.random && other.random,
            log: self.log && other.log,
            environment: self
                .environment
                .intersection(&other.environment)
                .cloned()
                .collect(),
            files: folders
                .filter_map(|(name, mine)| Some((name.clone(), *mine.min(other.files.get(name)?))))
                .collect(),
            interfaces: self.interfaces.intersection(&other.interfaces).cloned().collect(),
        }
    }

    /// What is here and not granted there; nothing when these are covered. A quota is not something that lacks.
    #[must_use]
    pub fn without(&self, granted: &Self) -> Self {
        let storage = granted.storage.map(|storage| storage.access);
        let is_granted = |(name, access): &(&Name, &Access)| granted.files.get::<Name>(name) >= Some(*access);
        Self {
            storage: self.storage.filter(|wanted| storage < Some(wanted.access)),
            http: self
                .http
                .iter()
                .filter(|wanted| !granted.http.iter().any(|granted| granted.covers(wanted)))
                .cloned()
                .collect(),
            clock: self.clock && !granted.clock,
            random: self.random && !granted.random,
            log: self.log && !granted.log,
            environment: self
                .environment
                .difference(&granted.environment)
                .cloned()
                .collect(),
            files: self
                .files
                .iter()
                .filter(|wanted| !is_granted(wanted))
                .map(|(name, access)| (name.clone(), *access))
                .collect(),
            interfaces: self.interfaces.difference(&granted.interfaces).cloned().collect(),
        }
    }

    /// What is in one of them or in both.
    #[must_use]
    pub fn union(&self, other: &Self) -> Self {
        let mut all = self.clone();
        all.storage = match (self.storage, other.storage) {
            (Some(mine), Some(theirs)) => Some(StorageAccess {
                access: mine.access.max(theirs.access),
                ..mine
            }),
            (mine, theirs) => mine.or(theirs),
        };
        all.http.extend(other.http.iter().cloned());
        all.clock |= other.clock;
        all.random |= other.random;
        all.log |= other.log;
        all.environment.extend(other.environment.iter().cloned());
        all.interfaces.extend(other.interfaces.iter().cloned());
        for (name, access) in &other.files {
            let mine = all.files.entry(name.clone()).or_insert(*access);
            *mine = (*mine).max(*access);
        }
        all
    }
}

impl Default for Capabilities {
    /// The run's clock, its randomness and its log.
    fn default() -> Self {
        Self {
            clock: true,
            random: true,
            log: true,
            ..Self::none()
        }
    }
}

impl FromIterator<Capability> for Capabilities {
    /// Beside the default, these with their default parameters. Those that have none, such as [`Capability::Http`],
    /// name nothing yet and add nothing.
    fn from_iter<I: IntoIterator<Item = Capability>>(kinds: I) -> Self {
        let mut all = Self::default();
        if kinds.into_iter().any(|kind| kind == Capability::Storage) {
            all.storage = Some(StorageAccess::DEFAULT);
        }
        all
    }
}

impl<const N: usize> From<[Capability; N]> for Capabilities {
    /// As [`from_iter`](Self::from_iter).
    fn from(kinds: [Capability; N]) -> Self {
        kinds.into_iter().collect()
    }
}
