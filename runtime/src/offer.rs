//! Interfaces of the embedder's own, for components of each kind.

use std::fmt;
use std::sync::Arc;

use airs_core::{Code, Error, Result, WitPackage};
use airs_driver::DriverState;
use airs_engine::{CallState, HostInterface, HostLinker, package_of};

/// One interface, without its type.
trait Offer: Send + Sync {
    fn name(&self) -> &'static str;
    fn package(&self) -> Result<WitPackage>;
    fn define_for_driver(&self, linker: &mut HostLinker<'_, DriverState>) -> Result<()>;
    fn define_for_call(&self, linker: &mut HostLinker<'_, CallState>) -> Result<()>;
}

impl<H: HostInterface> Offer for Arc<H> {
    fn name(&self) -> &'static str {
        H::NAME
    }

    fn package(&self) -> Result<WitPackage> {
        package_of::<H>()
    }

    fn define_for_driver(&self, linker: &mut HostLinker<'_, DriverState>) -> Result<()> {
        linker.define(self)
    }

    fn define_for_call(&self, linker: &mut HostLinker<'_, CallState>) -> Result<()> {
        linker.define(self)
    }
}

/// Everything that an embedder gives to components.
#[derive(Default)]
pub(crate) struct Offers(Vec<Box<dyn Offer>>);

impl Offers {
    pub(crate) fn add<H: HostInterface>(&mut self, interface: H) {
        self.0.push(Box::new(Arc::new(interface)));
    }

    /// Checks that each can be given, and is there once.
    pub(crate) fn check(&self) -> Result<()> {
        for (at, offer) in self.0.iter().enumerate() {
            offer.package()?;
            if self
                .0
                .iter()
                .take(at)
                .any(|other| WitPackage::unversioned(other.name()) == WitPackage::unversioned(offer.name()))
            {
                let message = format!("{} is given to components twice", offer.name());
                return Err(Error::new(Code::InvalidConfig, message));
            }
        }
        Ok(())
    }

    /// Defines an import of a driver, if it is given. Whether the driver may call it, its capabilities say.
    pub(crate) fn driver(
        &self,
        import: &str,
        linker: &mut HostLinker<'_, DriverState>,
    ) -> Option<Result<()>> {
        self.find(import).map(|offer| offer.define_for_driver(linker))
    }

    /// The same for a component that is called directly.
    pub(crate) fn call(&self, import: &str, linker: &mut HostLinker<'_, CallState>) -> Option<Result<()>> {
        self.find(import).map(|offer| offer.define_for_call(linker))
    }

    /// Versions are compared when the component is linked.
    fn find(&self, import: &str) -> Option<&dyn Offer> {
        let found = self
            .0
            .iter()
            .find(|offer| WitPackage::unversioned(offer.name()) == WitPackage::unversioned(import));
        found.map(AsRef::as_ref)
    }
}

impl fmt::Debug for Offers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list()
            .entries(self.0.iter().map(|offer| offer.name()))
            .finish()
    }
}
