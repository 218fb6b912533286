//! Putting components into service, and taking them out.

use airs_core::{Code, Error, Event, Grants, Kind, Limits, Name, Result};
use airs_driver::{Driver, Effective};
use airs_engine::{Compilation, Compiled, DriverCode, ProgramCode};
use airs_package::{Component, Manifest};
use airs_process::Program;

use crate::effective::effective;
use crate::runtime::{Inner, Runtime};

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

enum Linked {
    Driver(DriverCode<airs_driver::DriverState>),
    Program(ProgramCode<airs_process::ProgramState>),
}

/// A component that could be put into service, as far as its manifest, its grants and its code say.
struct Checked {
    linked: Linked,
    limits: Limits,
    effective: Effective,
}

impl Runtime {
    /// Puts a component into service under the name in its manifest, or replaces what is in service under
    /// that name. Runs that have begun finish on what they began with. One load of a name at a time; others wait.
    ///
    /// A driver first [migrates](crate::Event::Migrated) what it has stored, in every context in which it works: a
    /// rehearsal in all of them, of which nothing remains, and then each in a transaction of its own. Runs go on
    /// meanwhile. One that uses the driver in a context whose data has been migrated is attempted again when the new
    /// driver is in service.
    ///
    /// What the component gets in a context is what it declares and is granted there. Where it is granted less than
    /// it declares it does not work, and who calls it there is told why; when it would work nowhere it is not put
    /// into service.
    ///
    /// It compiles the component and waits for the migration, which may take long: not for a thread that must answer.
    ///
    /// # Errors
    /// [`Code::WrongWorld`], [`Code::UndeclaredCapability`], [`Code::UngrantedCapability`],
    /// [`Code::InvalidComponent`], [`Code::LimitExceeded`] when it cannot start under its limits,
    /// [`Code::Unsupported`] for a service that this runtime does not offer, [`Code::Rejected`] when something of
    /// another kind has the name or the driver is older than what is stored, and whatever ends a migration, such as
    /// [`Code::DeadlineExceeded`] after [`RuntimeBuilder::migrate_within`](crate::RuntimeBuilder::migrate_within). The
    /// old one stays in service.
    pub fn load(&self, component: &Component, granted: &Grants) -> Result<Loaded> {
        let manifest = manifest(component)?;
        self.checked(component, manifest, granted)
            .and_then(|checked| self.put(component, manifest, checked))
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
        let manifest = manifest(component)?;
        self.checked(component, manifest, granted)
            .and_then(|_| self.as_next(component, manifest))
            .map_err(|error| error.within(format!("{} {}", manifest.kind, manifest.name)))
    }

    fn checked(&self, component: &Component, manifest: &Manifest, granted: &Grants) -> Result<Checked> {
        component.check_world(manifest.kind)?;
        component.check_capabilities(&manifest.capabilities)?;
        let effective = effective(&self.inner, manifest, granted)?;
        let limits = manifest.limits.min(&self.inner.limits);
        Ok(Checked {
            linked: self.link(component, manifest, &limits)?,
            limits,
            effective,
        })
    }

    /// The component as the next generation of its name.
    fn as_next(&self, component: &Component, manifest: &Manifest) -> Result<Loaded> {
        let routes = self.inner.routes();
        routes.check_kind(&manifest.name, manifest.kind)?;
        Ok(Loaded {
            kind: manifest.kind,
            name: manifest.name.clone(),
            generation: routes.next_generation(&manifest.name),
            digest: component.digest().to_string(),
        })
    }

    fn put(&self, component: &Component, manifest: &Manifest, checked: Checked) -> Result<Loaded> {
        let _turn = self.inner.turns.take(&manifest.name);
        let loaded = self.as_next(component, manifest)?;
        let Checked {
            linked,
            limits,
            effective,
        } = checked;
        let (name, generation, digest) = (loaded.name.clone(), loaded.generation, loaded.digest.clone());
        match linked {
            Linked::Driver(code) => {
                let driver = Driver::new(name, generation, digest, code, limits, effective);
                let migrated = self.inner.migrate(driver)?;
                self.inner
                    .change(|routes| Ok((routes.with_driver(migrated.driver), ())))?;
            }
            Linked::Program(code) => {
                let program = Program::new(name, generation, digest, code, limits, effective);
                self.inner
                    .change(|routes| Ok((routes.with_program(program), ())))?;
            }
        }
        self.inner.emit(&Event::Loaded {
            kind: loaded.kind,
            name: &loaded.name,
            generation: loaded.generation,
            digest: &loaded.digest,
        });
        Ok(loaded)
    }

    fn link(&self, component: &Component, manifest: &Manifest, limits: &Limits) -> Result<Linked> {
        let engine = &self.inner.engine;
        let compiled = self.inner.code(component)?;
        compiled.check_limits(limits)?;
        Ok(match manifest.kind {
            Kind::Driver => Linked::Driver(DriverCode::link(
                engine,
                &compiled,
                &manifest.capabilities,
                |import, linker| self.inner.offers.driver(import, linker),
            )?),
            Kind::Program => Linked::Program(ProgramCode::link(engine, &compiled)?),
        })
    }

    /// Takes a component out of service, after a load of that name that goes on. Runs that have begun finish with it;
    /// [`generations`](Self::generations) tells when they have.
    ///
    /// # Errors
    /// [`Code::NotFound`] when nothing is in service under that name.
    pub fn unload(&self, name: &Name) -> Result<Loaded> {
        let _turn = self.inner.turns.take(name);
        let unloaded = self.inner.change(|routes| {
            let loaded = routes.loaded(name);
            let missing = || Error::new(Code::NotFound, format!("nothing named {name} is in service"));
            Ok((routes.without(name), loaded.ok_or_else(missing)?))
        })?;
        self.inner.emit(&Event::Unloaded {
            kind: unloaded.kind,
            name: &unloaded.name,
            generation: unloaded.generation,
        });
        Ok(unloaded)
    }
}

fn manifest(component: &Component) -> Result<&Manifest> {
    component.manifest().ok_or_else(|| {
        Error::new(Code::InvalidComponent, "the component carries no manifest")
            .hint("`cargo airs build` puts one into what it builds")
    })
}
