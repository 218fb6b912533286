//! Changing what is in service, in one step.

mod tell;

use std::collections::BTreeSet;
use std::fmt;
use std::sync::{Arc, Weak};

use airs_core::{Code, Error, Kind, Limits, Name, Result};
use airs_driver::{Driver, DriverState, Effective};
use airs_engine::{DriverCode, ProgramCode};
use airs_process::{Program, ProgramState};

use crate::load::Loaded;
use crate::ready::Readied;
use crate::routes::Routes;
use crate::runtime::{Inner, Runtime};

/// A component that could be put into service, as far as its manifest, its grants and its code say: compiled and
/// linked, and not executed yet. It can be put into service more than once.
///
/// ```no_run
/// use airs_runtime::{Capability, Component, Prepared, Runtime};
///
/// # let runtime = Runtime::builder().build()?;
/// let component = Component::open("target/airs/debug/ledger.wasm".as_ref())?;
/// let ledger: Prepared = runtime.prepare(&component, &[Capability::Storage].into())?;
/// println!("{} {} is ready, sha256 {}", ledger.kind(), ledger.name(), ledger.digest());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Prepared {
    pub(crate) kind: Kind,
    pub(crate) name: Name,
    pub(crate) digest: String,
    pub(crate) linked: Linked,
    pub(crate) limits: Limits,
    pub(crate) effective: Effective,
    /// Whose it is.
    pub(crate) runtime: Weak<Inner>,
}

#[derive(Clone, Debug)]
pub(crate) enum Linked {
    Driver(Arc<DriverCode<DriverState>>),
    Program(Arc<ProgramCode<ProgramState>>),
}

/// What a swap has changed.
///
/// ```
/// use airs_runtime::{Runtime, Swapped};
///
/// let Swapped { loaded, unloaded } = Runtime::builder().build()?.swap([], [])?;
/// assert!(loaded.is_empty() && unloaded.is_empty());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Swapped {
    /// What was put into service, in the order in which it was given.
    pub loaded: Vec<Loaded>,
    /// What was taken out of service.
    pub unloaded: Vec<Loaded>,
}

/// Why nothing was swapped.
///
/// ```
/// use airs_runtime::{Code, Runtime};
///
/// let runtime = Runtime::builder().build()?;
/// let refused = runtime.swap([], [&"ledger".parse()?]).unwrap_err();
/// assert_eq!(refused.component.as_str(), "ledger");
/// assert_eq!(refused.error.code(), Code::NotFound);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Refused {
    /// The component that is to blame.
    pub component: Name,
    /// What is wrong with it.
    pub error: Error,
}

/// The next generations, as they are to be put into service.
#[derive(Default)]
pub(crate) struct Generations {
    pub(crate) drivers: Vec<Driver>,
    pub(crate) programs: Vec<Program>,
}

impl Prepared {
    /// What it is called.
    pub fn name(&self) -> &Name {
        &self.name
    }

    /// What it is.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// The sha256 of its bytes, in hexadecimal.
    pub fn digest(&self) -> &str {
        &self.digest
    }

    /// The component as the next generation of its name.
    pub(crate) fn as_next(&self, routes: &Routes) -> Result<Loaded> {
        routes.check_kind(&self.name, self.kind)?;
        Ok(Loaded {
            kind: self.kind,
            name: self.name.clone(),
            generation: routes.next_generation(&self.name),
            digest: self.digest.clone(),
        })
    }

    pub(crate) fn blamed(&self, error: Error) -> Refused {
        Refused {
            component: self.name.clone(),
            error: error.within(format!("{} {}", self.kind, self.name)),
        }
    }
}

impl Runtime {
    /// Puts components into service and takes others out of it, in one step: a run that begins has all of that or
    /// nothing, and runs that have begun finish on what they began with. Of each component that is put into service an
    /// instance is started before, beside what serves. One change of a name at a time; others wait.
    ///
    /// A driver first [migrates](crate::Event::Migrated) what it has stored, in every context in which it works: a
    /// rehearsal of all drivers in all of them, of which nothing remains, and then each in a transaction of its own.
    /// Runs go on meanwhile. One that uses the driver in a context whose data has been migrated is attempted again when
    /// the new driver is in service.
    ///
    /// It waits for the migration, which may take long: not for a thread that must answer.
    ///
    /// ```no_run
    /// use airs_runtime::{Capability, Component, Grants, Runtime, Swapped};
    ///
    /// # let runtime = Runtime::builder().build()?;
    /// let component = |name| Component::open(format!("target/airs/debug/{name}.wasm").as_ref());
    /// // Compiled, and checked; nothing has changed yet.
    /// let ledger = runtime.prepare(&component("ledger")?, &[Capability::Storage].into())?;
    /// let payment = runtime.prepare(&component("payment")?, &Grants::default())?;
    /// let former = "former-payment".parse()?;
    /// let Swapped { loaded, unloaded } = runtime.swap([&ledger, &payment], [&former])?;
    /// assert_eq!((loaded.len(), unloaded.len()), (2, 1));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`Code::Rejected`] when something of another kind has the name and is not taken out, when a driver is older
    /// than what is stored, when a name is given twice or a component was prepared by another runtime;
    /// [`Code::NotFound`] for what is to be taken out and is not in service; [`Code::Trap`] and others when it does not
    /// start; and whatever ends a migration, such as [`Code::DeadlineExceeded`] after
    /// [`RuntimeBuilder::migrate_within`](crate::RuntimeBuilder::migrate_within). Everything that serves stays in
    /// service.
    pub fn swap<'a>(
        &self,
        prepared: impl IntoIterator<Item = &'a Prepared>,
        unloaded: impl IntoIterator<Item = &'a Name>,
    ) -> Result<Swapped, Refused> {
        let prepared: Vec<&Prepared> = prepared.into_iter().collect();
        let swapped = self.swap_all(&prepared, &unloaded.into_iter().collect());
        swapped.inspect_err(|refused| self.inner.tell_refused(refused, &prepared))
    }

    fn swap_all(&self, prepared: &[&Prepared], unloaded: &BTreeSet<&Name>) -> Result<Swapped, Refused> {
        self.check_given(prepared)?;
        let names = prepared.iter().map(|one| &one.name).chain(unloaded.clone());
        let _turn = self.inner.turns.take(names.cloned().collect());
        let (routes, gone) = without(&self.inner.routes(), unloaded)?;
        let mut next = Generations::default();
        let mut loaded = Vec::new();
        for one in prepared {
            let now = one.as_next(&routes).map_err(|error| one.blamed(error))?;
            next.add(one, now.generation);
            loaded.push(now);
        }
        let readied = self.inner.ready(next)?;
        let Readied {
            generations,
            _pending,
        } = readied;
        let Generations { drivers, programs } = generations;
        // Others may have changed other names meanwhile.
        self.inner.change(|routes| {
            let routes = unloaded
                .iter()
                .fold(routes.clone(), |routes, name| routes.without(name));
            let routes = drivers.into_iter().fold(routes, |all, one| all.with_driver(one));
            programs
                .into_iter()
                .fold(routes, |all, one| all.with_program(one))
        });
        let swapped = Swapped {
            loaded,
            unloaded: gone,
        };
        self.inner.tell(&swapped);
        Ok(swapped)
    }

    /// Whether all of these can be put into service at once here.
    fn check_given(&self, prepared: &[&Prepared]) -> Result<(), Refused> {
        let this = Arc::downgrade(&self.inner);
        let mut names = BTreeSet::new();
        for one in prepared {
            let refused = |message| Err(one.blamed(Error::new(Code::Rejected, message)));
            if !Weak::ptr_eq(&one.runtime, &this) {
                return refused("another runtime has prepared it");
            }
            if !names.insert(&one.name) {
                return refused("it was given twice");
            }
        }
        Ok(())
    }
}

/// The table without these, and what they were.
fn without(routes: &Routes, names: &BTreeSet<&Name>) -> Result<(Routes, Vec<Loaded>), Refused> {
    let mut gone = Vec::new();
    let mut next = routes.clone();
    for name in names {
        let missing = || Refused {
            component: Name::clone(name),
            error: Error::new(Code::NotFound, format!("nothing named {name} is in service")),
        };
        gone.push(routes.loaded(name).ok_or_else(missing)?);
        next = next.without(name);
    }
    Ok((next, gone))
}

impl Generations {
    /// The first of them, if there are any: who is named when it is nobody's fault.
    pub(crate) fn first(&self) -> Option<Name> {
        let drivers = self.drivers.iter().map(Driver::name);
        let mut all = drivers.chain(self.programs.iter().map(Program::name));
        all.next().cloned()
    }

    fn add(&mut self, prepared: &Prepared, generation: u64) {
        let (name, digest) = (prepared.name.clone(), prepared.digest.clone());
        let (limits, effective) = (prepared.limits.clone(), prepared.effective.clone());
        match &prepared.linked {
            Linked::Driver(code) => {
                let code = Arc::clone(code);
                let driver = Driver::new(name, generation, digest, code, limits, effective);
                self.drivers.push(driver);
            }
            Linked::Program(code) => {
                let code = Arc::clone(code);
                let program = Program::new(name, generation, digest, code, limits, effective);
                self.programs.push(program);
            }
        }
    }
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.error.fmt(f)
    }
}

impl std::error::Error for Refused {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.error.source()
    }
}

impl From<Refused> for Error {
    fn from(refused: Refused) -> Self {
        refused.error
    }
}
