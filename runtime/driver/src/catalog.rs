//! Drivers that are in service.

use std::sync::Arc;

use airs_core::{Limits, Name};
use airs_engine::DriverCode;
use rustc_hash::FxHashMap;

use crate::effective::Effective;
use crate::namespace;
use crate::state::DriverState;

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
#[derive(Debug)]
pub struct Driver {
    pub(crate) name: Arc<Name>,
    pub(crate) code: Arc<DriverCode<DriverState>>,
    pub(crate) limits: Limits,
    pub(crate) effective: Effective,
    pub(crate) space: Arc<[u8]>,
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
        code: DriverCode<DriverState>,
        limits: Limits,
        effective: Effective,
    ) -> Self {
        let space = namespace::driver(&name).into();
        Self {
            name: Arc::new(name),
            code: Arc::new(code),
            limits,
            effective,
            space,
            generation,
            digest,
        }
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
