//! What is in service: the one table that a run reads once.

use std::collections::BTreeMap;
use std::sync::{Arc, Weak};

use airs_core::{Code, Error, Kind, Name, Result};
use airs_driver::Driver;
use airs_process::{Program, Table};

use crate::load::Loaded;

/// Name → generation, of drivers and programs. It never changes: a change is a new table, stored in one
/// step, so that a run sees all of a change or nothing of it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Routes {
    pub(crate) table: Arc<Table>,
    /// The last generation of each name, also of names out of service: a number is not used twice.
    generations: Arc<BTreeMap<Name, u64>>,
    /// What was put into service and is still used.
    used: Arc<Vec<Used>>,
}

/// A generation that was put into service; it does not keep it.
#[derive(Clone, Debug)]
struct Used {
    loaded: Loaded,
    by: By,
}

#[derive(Clone, Debug)]
enum By {
    Driver(Weak<Driver>),
    Program(Weak<Program>),
}

impl Used {
    fn is_held(&self) -> bool {
        match &self.by {
            By::Driver(driver) => driver.strong_count() > 0,
            By::Program(program) => program.strong_count() > 0,
        }
    }
}

/// A generation of a component that is in service, or that runs which began with it still hold.
///
/// ```
/// use airs_runtime::{Generation, Runtime};
///
/// /// What still goes on with something that was replaced or taken out of service.
/// fn draining(runtime: &Runtime) -> impl Iterator<Item = Generation> {
///     runtime.generations().into_iter().filter(|generation| !generation.in_service)
/// }
/// # assert_eq!(draining(&Runtime::builder().build()?).count(), 0);
/// # Ok::<(), airs_runtime::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Generation {
    /// Which one.
    pub component: Loaded,
    /// Whether runs that begin now get it.
    pub in_service: bool,
}

impl Routes {
    pub(crate) fn next_generation(&self, name: &Name) -> u64 {
        self.generations.get(name).map_or(1, |last| last + 1)
    }

    /// What is in service under a name, if anything is.
    pub(crate) fn loaded(&self, name: &Name) -> Option<Loaded> {
        let driver = self.table.drivers.get(name).map(|driver| Loaded {
            kind: Kind::Driver,
            name: name.clone(),
            generation: driver.generation(),
            digest: driver.digest().to_owned(),
        });
        driver.or_else(|| {
            self.table.programs.get(name).map(|program| Loaded {
                kind: Kind::Program,
                name: name.clone(),
                generation: program.generation(),
                digest: program.digest().to_owned(),
            })
        })
    }

    /// Whether a component of this kind may be put into service under a name.
    pub(crate) fn check_kind(&self, name: &Name, kind: Kind) -> Result<()> {
        match self.loaded(name).map(|loaded| loaded.kind) {
            Some(other) if other != kind => {
                let message = format!("a {other} of that name is in service");
                Err(Error::new(Code::Rejected, message)
                    .hint("give one of the two another name, or unload it"))
            }
            _ => Ok(()),
        }
    }

    /// Everything that is in service, by name.
    pub(crate) fn all(&self) -> Vec<Loaded> {
        let mut names: Vec<&Name> = self
            .table
            .drivers
            .keys()
            .chain(self.table.programs.keys())
            .collect();
        names.sort();
        names.into_iter().filter_map(|name| self.loaded(name)).collect()
    }

    /// Every generation that is in service or still held, by name, the oldest first.
    pub(crate) fn generations(&self) -> Vec<Generation> {
        let held = self.used.iter().filter(|used| used.is_held());
        let mut all: Vec<Generation> = held
            .map(|used| Generation {
                in_service: self.loaded(&used.loaded.name).as_ref() == Some(&used.loaded),
                component: used.loaded.clone(),
            })
            .collect();
        all.sort_by(|one, other| {
            let order = |all: &Generation| (all.component.name.clone(), all.component.generation);
            order(one).cmp(&order(other))
        });
        all
    }

    pub(crate) fn with_driver(&self, driver: Driver) -> Self {
        let (name, driver) = (driver.name().clone(), Arc::new(driver));
        let mut next = self.without(&name);
        let drivers = &mut Arc::make_mut(&mut next.table).drivers;
        Arc::make_mut(drivers).insert(name.clone(), Arc::clone(&driver));
        next.note(&name, By::Driver(Arc::downgrade(&driver)));
        next
    }

    pub(crate) fn with_program(&self, program: Program) -> Self {
        let (name, program) = (program.name().clone(), Arc::new(program));
        let mut next = self.without(&name);
        let programs = &mut Arc::make_mut(&mut next.table).programs;
        Arc::make_mut(programs).insert(name.clone(), Arc::clone(&program));
        next.note(&name, By::Program(Arc::downgrade(&program)));
        next
    }

    /// Notes what has been put into service under a name, and forgets what nobody holds any more.
    fn note(&mut self, name: &Name, by: By) {
        let Some(loaded) = self.loaded(name) else { return };
        Arc::make_mut(&mut self.generations).insert(name.clone(), loaded.generation);
        let used = Arc::make_mut(&mut self.used);
        used.retain(Used::is_held);
        used.push(Used { loaded, by });
    }

    pub(crate) fn without(&self, name: &Name) -> Self {
        let mut next = self.clone();
        let Table { drivers, programs } = Arc::make_mut(&mut next.table);
        if drivers.contains_key(name) {
            Arc::make_mut(drivers).remove(name);
        }
        if programs.contains_key(name) {
            Arc::make_mut(programs).remove(name);
        }
        next
    }
}
