//! What is in service: the one table that a run reads once.

use std::collections::BTreeMap;
use std::sync::Arc;

use airs_core::{Kind, Name};
use airs_driver::Drivers;
use airs_process::Programs;

use crate::load::Loaded;

/// Name → generation, of drivers and programs. It never changes: a change is a new table, stored in one
/// step, so that a run sees all of a change or nothing of it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Routes {
    pub(crate) drivers: Arc<Drivers>,
    pub(crate) programs: Arc<Programs>,
    /// The last generation of each name, also of names out of service: a number is not used twice.
    generations: Arc<BTreeMap<Name, u64>>,
}

impl Routes {
    pub(crate) fn next_generation(&self, name: &Name) -> u64 {
        self.generations.get(name).map_or(1, |last| last + 1)
    }

    /// What is in service under a name, if anything is.
    pub(crate) fn loaded(&self, name: &Name) -> Option<Loaded> {
        let driver = self.drivers.get(name).map(|driver| Loaded {
            kind: Kind::Driver,
            name: name.clone(),
            generation: driver.generation(),
            digest: driver.digest().to_owned(),
        });
        driver.or_else(|| {
            self.programs.get(name).map(|program| Loaded {
                kind: Kind::Program,
                name: name.clone(),
                generation: program.generation(),
                digest: program.digest().to_owned(),
            })
        })
    }

    /// Everything that is in service, by name.
    pub(crate) fn all(&self) -> Vec<Loaded> {
        let mut names: Vec<&Name> = self.drivers.keys().chain(self.programs.keys()).collect();
        names.sort();
        names.into_iter().filter_map(|name| self.loaded(name)).collect()
    }

    pub(crate) fn with_driver(&self, driver: airs_driver::Driver) -> Self {
        let mut next = self.without(driver.name());
        Arc::make_mut(&mut next.generations).insert(driver.name().clone(), driver.generation());
        Arc::make_mut(&mut next.drivers).insert(driver.name().clone(), Arc::new(driver));
        next
    }

    pub(crate) fn with_program(&self, program: airs_process::Program) -> Self {
        let mut next = self.without(program.name());
        Arc::make_mut(&mut next.generations).insert(program.name().clone(), program.generation());
        Arc::make_mut(&mut next.programs).insert(program.name().clone(), Arc::new(program));
        next
    }

    pub(crate) fn without(&self, name: &Name) -> Self {
        let mut next = self.clone();
        if next.drivers.contains_key(name) {
            Arc::make_mut(&mut next.drivers).remove(name);
        }
        if next.programs.contains_key(name) {
            Arc::make_mut(&mut next.programs).remove(name);
        }
        next
    }
}
