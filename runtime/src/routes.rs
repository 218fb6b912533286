//! What is in service: the one table that a run reads once.

use std::collections::BTreeMap;
use std::sync::Arc;

use airs_core::{Kind, Name};
use airs_process::Table;

use crate::load::Loaded;

/// Name → generation, of drivers and programs. It never changes: a change is a new table, stored in one
/// step, so that a run sees all of a change or nothing of it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Routes {
    pub(crate) table: Arc<Table>,
    /// The last generation of each name, also of names out of service: a number is not used twice.
    generations: Arc<BTreeMap<Name, u64>>,
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

    pub(crate) fn with_driver(&self, driver: airs_driver::Driver) -> Self {
        let (name, generation) = (driver.name().clone(), driver.generation());
        let mut next = self.without(&name);
        let drivers = &mut Arc::make_mut(&mut next.table).drivers;
        Arc::make_mut(drivers).insert(name.clone(), Arc::new(driver));
        Arc::make_mut(&mut next.generations).insert(name, generation);
        next
    }

    pub(crate) fn with_program(&self, program: airs_process::Program) -> Self {
        let (name, generation) = (program.name().clone(), program.generation());
        let mut next = self.without(&name);
        let programs = &mut Arc::make_mut(&mut next.table).programs;
        Arc::make_mut(programs).insert(name.clone(), Arc::new(program));
        Arc::make_mut(&mut next.generations).insert(name, generation);
        next
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
