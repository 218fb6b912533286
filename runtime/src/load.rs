//! Putting components into service, and taking them out.

use airs_core::{Code, Error, Event, Grants, Kind, Limits, Name, Result};
use airs_driver::Driver;
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
        let manifest = component.manifest().ok_or_else(|| {
            Error::new(Code::InvalidComponent, "the component carries no manifest")
                .hint("`cargo airs build` puts one into what it builds")
        })?;
        let name = &manifest.name;
        self.load_checked(component, manifest, granted)
            .map_err(|error| error.within(format!("{} {name}", manifest.kind)))
    }

    fn load_checked(&self, component: &Component, manifest: &Manifest, granted: &Grants) -> Result<Loaded> {
        component.check_world(manifest.kind)?;
        component.check_capabilities(&manifest.capabilities)?;
        let effective = effective(&self.inner, manifest, granted)?;
        let limits = manifest.limits.min(&self.inner.limits);
        let linked = self.link(component, manifest, &limits)?;
        let (kind, name) = (manifest.kind, manifest.name.clone());
        let digest = component.digest().to_string();
        let _turn = self.inner.turns.take(&name);
        let routes = self.inner.routes();
        routes.check_kind(&name, kind)?;
        let loaded = Loaded {
            kind,
            name: name.clone(),
            generation: routes.next_generation(&name),
            digest: digest.clone(),
        };
        match linked {
            Linked::Driver(code) => {
                let driver = Driver::new(name, loaded.generation, digest, code, limits, effective);
                let migrated = self.inner.migrate(driver)?;
                self.inner
                    .change(|routes| Ok((routes.with_driver(migrated.driver), ())))?;
            }
            Linked::Program(code) => {
                let program = Program::new(name, loaded.generation, digest, code, limits, effective);
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
