//! Drivers that are in service.

use std::sync::Arc;

use airs_core::{Code, Error, Kind, Limits, Name};
use airs_engine::DriverCode;
use airs_platform::Key;
use rustc_hash::FxHashMap;

use crate::effective::Effective;
use crate::namespace;
use crate::state::DriverState;

/// Names that a hint lists: there may be thousands.
const NAMES_SHOWN_MAX: usize = 8;

/// One generation of a driver.
///
/// ```
/// use std::sync::Arc;
/// use airs_core::{Capability, Limits, Name, Result};
/// use airs_driver::{Driver, DriverState, Drivers, Effective};
/// use airs_engine::{DriverCode, Engine};
///
/// fn put_into_service(
///     drivers: &mut Drivers,
///     engine: &Engine,
///     name: Name,
///     component: &[u8],
///     effective: Effective,
/// ) -> Result<()> {
///     let declared = [Capability::Storage].into();
///     let code = DriverCode::<DriverState>::link(engine, &engine.compile(component)?, &declared, |_, _| None)?;
///     let digest = "the sha256 of the component".into();
///     let driver = Driver::new(name.clone(), 1, digest, code, Limits::default(), effective);
///     drivers.insert(name, Arc::new(driver));
///     Ok(())
/// }
/// ```
#[derive(Clone, Debug)]
pub struct Driver {
    pub(crate) name: Arc<Name>,
    pub(crate) code: Arc<DriverCode<DriverState>>,
    pub(crate) limits: Limits,
    pub(crate) effective: Effective,
    pub(crate) space: Arc<[u8]>,
    /// Where the schema version of what it has stored is kept.
    pub(crate) version_key: Key,
    /// The schema version of what it had stored when it was put into service, by context; 0 where none is said.
    versions: FxHashMap<Name, u32>,
    generation: u64,
    digest: String,
}

impl Driver {
    /// A generation of the driver `name`: its linked code, the limits of each of its instances, and what they may
    /// use.
    pub fn new(
        name: Name,
        generation: u64,
        digest: String,
        code: impl Into<Arc<DriverCode<DriverState>>>,
        limits: Limits,
        effective: Effective,
    ) -> Self {
        let space = namespace::driver(&name).into();
        let version_key = namespace::version(&name);
        Self {
            name: Arc::new(name),
            code: code.into(),
            limits,
            effective,
            space,
            version_key,
            versions: FxHashMap::default(),
            generation,
            digest,
        }
    }

    /// The same generation, knowing the schema version of what it has stored in each context: what its
    /// [`Migration`](crate::Migration) there has answered.
    #[must_use]
    pub fn knowing(mut self, versions: impl IntoIterator<Item = (Name, u32)>) -> Self {
        self.versions = versions
            .into_iter()
            .filter(|(_, version)| *version != 0)
            .collect();
        self
    }

    /// Whether it is granted in a context what it declares, so that it works there.
    pub fn works_in(&self, context: &Name) -> bool {
        self.effective.of(context).is_ok()
    }

    pub(crate) fn version_in(&self, context: &Name) -> u32 {
        self.versions.get(context).copied().unwrap_or(0)
    }

    /// The driver's name.
    pub fn name(&self) -> &Name {
        &self.name
    }

    /// Which generation of that name it is, from 1.
    pub fn generation(&self) -> u64 {
        self.generation
    }

    /// The sha256 of the component, in hexadecimal.
    pub fn digest(&self) -> &str {
        &self.digest
    }

    /// What it may use.
    pub fn effective(&self) -> &Effective {
        &self.effective
    }
}

/// The drivers in service, by name.
pub type Drivers = FxHashMap<Name, Arc<Driver>>;

/// What is said when no driver, or no program, of that name is in service: some of those that are.
///
/// ```
/// use airs_core::{Code, Kind, Name};
///
/// let known: [Name; 2] = ["payment".parse()?, "audit".parse()?];
/// let error = airs_driver::unknown(Kind::Program, "pay", known.iter());
/// assert_eq!((error.code(), error.message()), (Code::NotFound, "there is no program \"pay\""));
/// assert_eq!(error.hint_text(), Some("in service: audit, payment"));
/// # Ok::<(), airs_core::NameError>(())
/// ```
pub fn unknown<'a>(kind: Kind, name: &str, known: impl Iterator<Item = &'a Name>) -> Error {
    let mut known: Vec<&str> = known.map(Name::as_str).collect();
    known.sort_unstable();
    let (shown, more) = known.split_at(known.len().min(NAMES_SHOWN_MAX));
    let shown = shown.join(", ");
    let error = Error::new(Code::NotFound, format!("there is no {kind} {name:?}"));
    error.hint(match (known.len(), more.len()) {
        (0, _) => format!("no {kind} is in service"),
        (_, 0) => format!("in service: {shown}"),
        (_, more) => format!("in service: {shown} and {more} more"),
    })
}

#[cfg(test)]
mod tests {
    use airs_core::{Kind, Name};

    use super::unknown;

    fn hint(known: u32) -> String {
        let name = |number| format!("driver-{number}").parse::<Name>().unwrap();
        let names: Vec<Name> = (1..=known).rev().map(name).collect();
        let error = unknown(Kind::Driver, "other", names.iter());
        error.hint_text().unwrap().to_owned()
    }

    #[test]
    fn some_of_those_in_service_are_named() {
        assert_eq!(hint(0), "no driver is in service");
        assert_eq!(hint(2), "in service: driver-1, driver-2");
        assert!(hint(8).ends_with(", driver-8"));
        assert!(hint(9).ends_with(", driver-8 and 1 more"));
    }
}
