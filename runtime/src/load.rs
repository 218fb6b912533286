//! Putting components into service, and taking them out.

use std::sync::Arc;

use airs_core::{Code, Error, Event, Grants, Kind, Limits, Name, Result};
use airs_engine::{Compilation, Compiled, DriverCode, ProgramCode};
use airs_package::{Component, Manifest};

use crate::effective::effective;
use crate::runtime::{Inner, Runtime};
use crate::swap::{Linked, Prepared};

/// A component in service.
///
/// ```no_run
/// use airs_runtime::{Capability, Component, Error, Loaded, Runtime};
///
/// # let runtime = Runtime::builder().build()?;
/// // What `cargo airs build` made, in the folder of a project.
/// let component = Component::open("target/airs/debug/ledger.wasm".as_ref())?;
/// let Loaded { kind, name, generation, digest } = runtime.load(&component, &[Capability::Storage].into())?;
/// println!("{kind} {name}, generation {generation}, sha256 {digest}");
/// assert_eq!(runtime.unload(&name)?.generation, generation);
/// # Ok::<(), Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Loaded {
    /// What it is.
    pub kind: Kind,
    /// Under which name.
    pub name: Name,
    /// Which generation of that name, from 1.
    pub generation: u64,
    /// The sha256 of its bytes, in hexadecimal.
    pub digest: String,
}

impl Inner {
    /// The code of a component, from where it is to be had soonest.
    pub(crate) fn code(&self, component: &Component) -> Result<Compiled> {
        let digest = component.digest().to_string();
        let tell = |what| match what {
            Compilation::Done(source) => self.emit(&Event::Compiled {
                digest: &digest,
                source,
            }),
            Compilation::CacheFault(why) => self.emit(&Event::CodeCacheFault {
                digest: &digest,
                message: &why,
            }),
        };
        self.engine
            .load(component.bytes(), component.digest().as_bytes(), tell)
    }
}

impl Runtime {
    /// Puts a component into service under the name in its manifest, or replaces what is in service under
    /// that name: it is [prepared](Self::prepare) and [swapped](Self::swap) in.
    ///
    /// What the component gets in a context is what it declares and is granted there. Where it is granted less than
    /// it declares it does not work, and who calls it there is told why; when it would work nowhere it is not put
    /// into service.
    ///
    /// It compiles the component and waits for the migration, which may take long: not for a thread that must answer.
    ///
    /// # Errors
    /// As [`prepare`](Self::prepare) and [`swap`](Self::swap). The old one stays in service.
    pub fn load(&self, component: &Component, granted: &Grants) -> Result<Loaded> {
        let prepared = self.prepare(component, granted)?;
        let swapped = self.swap([&prepared], []).map_err(Error::from)?;
        let loaded = swapped.loaded.into_iter().next();
        loaded.ok_or_else(|| Error::new(Code::Internal, "one was swapped in, and none is"))
    }

    /// Checks, compiles and links a component, beside what serves.
    ///
    /// It compiles, which may take long: not for a thread that must answer. An example is at [`swap`](Self::swap).
    ///
    /// # Errors
    /// [`Code::WrongWorld`], [`Code::UndeclaredCapability`], [`Code::UngrantedCapability`],
    /// [`Code::InvalidComponent`], [`Code::LimitExceeded`] when it cannot start under its limits, and
    /// [`Code::Unsupported`] for a service that this runtime does not offer.
    pub fn prepare(&self, component: &Component, granted: &Grants) -> Result<Prepared> {
        let manifest = manifest(component)?;
        self.prepared(component, manifest, granted)
            .map_err(|error| error.within(format!("{} {}", manifest.kind, manifest.name)))
            .inspect_err(|error| {
                self.inner.emit(&Event::Refused {
                    kind: manifest.kind,
                    name: &manifest.name,
                    digest: &component.digest().to_string(),
                    failure: error.code(),
                    message: error.message(),
                });
            })
    }

    /// What [`load`](Self::load) would answer, as far as can be told without executing the component: nothing is put
    /// into service, and nothing stored is looked at. Whether a driver is older than what is stored, or could not
    /// migrate it, only a load finds out.
    ///
    /// ```no_run
    /// use airs_runtime::{Capability, Component, Error, Runtime};
    ///
    /// # let runtime = Runtime::builder().build()?;
    /// let component = Component::open("target/airs/debug/ledger.wasm".as_ref())?;
    /// runtime.check(&component, &[Capability::Storage].into())?;
    /// assert!(runtime.components().is_empty());
    /// # Ok::<(), Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`load`](Self::load), but for what is stored.
    pub fn check(&self, component: &Component, granted: &Grants) -> Result<Loaded> {
        let prepared = self.prepare(component, granted)?;
        let next = prepared.as_next(&self.inner.routes());
        next.map_err(|error| prepared.blamed(error).into())
    }

    fn prepared(&self, component: &Component, manifest: &Manifest, granted: &Grants) -> Result<Prepared> {
        component.check_world(manifest.kind)?;
        component.check_capabilities(&manifest.capabilities)?;
        let effective = effective(&self.inner, manifest, granted)?;
        let limits = self.inner.limits_of(&manifest.limits);
        Ok(Prepared {
            kind: manifest.kind,
            name: manifest.name.clone(),
            digest: component.digest().to_string(),
            linked: self.link(component, manifest, &limits)?,
            limits,
            effective,
            runtime: Arc::downgrade(&self.inner),
        })
    }

    fn link(&self, component: &Component, manifest: &Manifest, limits: &Limits) -> Result<Linked> {
        let engine = &self.inner.engine;
        let compiled = self.inner.code(component)?;
        compiled.check_limits_of_service(limits)?;
        Ok(match manifest.kind {
            Kind::Driver => Linked::Driver(Arc::new(DriverCode::link(
                engine,
                &compiled,
                &manifest.capabilities,
                |import, linker| self.inner.offers.driver(import, linker),
            )?)),
            Kind::Program => Linked::Program(Arc::new(ProgramCode::link(engine, &compiled)?)),
        })
    }

    /// Takes a component out of service, after a load of that name that goes on. Runs that have begun finish with it;
    /// [`generations`](Self::generations) tells when they have.
    ///
    /// # Errors
    /// [`Code::NotFound`] when nothing is in service under that name.
    pub fn unload(&self, name: &Name) -> Result<Loaded> {
        let swapped = self.swap([], [name]).map_err(Error::from)?;
        let unloaded = swapped.unloaded.into_iter().next();
        unloaded.ok_or_else(|| Error::new(Code::Internal, "one was taken out, and none is"))
    }
}

fn manifest(component: &Component) -> Result<&Manifest> {
    component.manifest().ok_or_else(|| {
        Error::new(Code::InvalidComponent, "the component carries no manifest")
            .hint("`cargo airs build` puts one into what it builds")
    })
}
