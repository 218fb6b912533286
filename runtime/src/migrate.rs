//! Bringing what a driver has stored to its schema before it is put into service.

use std::sync::Arc;
use std::time::{Duration, Instant};

use airs_core::{Error, Event, Name, Result};
use airs_driver::{Context, Driver, Migrated, Migration};
use airs_process::Table;
use tokio::sync::watch;

use crate::runtime::Inner;

/// How long the migrations of one load may take unless said. It is far longer than a run may take: an operator waits
/// for it, and runs go on meanwhile. It ends, so that a driver that loops does not keep its name for ever.
pub(crate) const MIGRATION_MAX: Duration = Duration::from_secs(60);

/// How many loads have changed data for a driver that is not in service yet.
#[derive(Debug)]
pub(crate) struct Pending(watch::Sender<usize>);

impl Default for Pending {
    fn default() -> Self {
        Self(watch::Sender::new(0))
    }
}

/// Runs that meet migrated data wait as long as it lives.
pub(crate) struct Changing<'a>(&'a Pending);

impl<'a> Changing<'a> {
    pub(crate) fn of(pending: &'a Pending) -> Self {
        pending.0.send_modify(|count| *count += 1);
        Self(pending)
    }
}

impl Drop for Changing<'_> {
    fn drop(&mut self) {
        self.0.0.send_modify(|count| *count -= 1);
    }
}

/// Where a driver has to migrate what it has stored, and the schema versions where it does not.
#[derive(Default)]
pub(crate) struct Plan<'a> {
    versions: Vec<(Name, u32)>,
    wanting: Vec<&'a Context>,
}

impl Plan<'_> {
    /// Whether anything has to be changed.
    pub(crate) fn changes(&self) -> bool {
        !self.wanting.is_empty()
    }
}

impl Inner {
    /// Has a driver migrate what it has stored wherever it works, and changes nothing.
    pub(crate) async fn rehearse(&self, driver: &Arc<Driver>, deadline: Instant) -> Result<Plan<'_>> {
        let mut plan = Plan::default();
        for held in self.contexts.all() {
            let context = &held.context;
            if !driver.works_in(context.name()) {
                continue;
            }
            let migration = self.migration(context, driver, deadline);
            let Migrated { from, to } = migration
                .rehearse()
                .await
                .map_err(|error| self.there(context, error))?;
            if from == to {
                plan.versions.push((context.name().clone(), to));
            } else {
                plan.wanting.push(context);
            }
        }
        Ok(plan)
    }

    /// Has a driver migrate where it has to, and answers the schema versions of what is stored then.
    pub(crate) async fn perform_all(
        &self,
        driver: &Arc<Driver>,
        plan: Plan<'_>,
        deadline: Instant,
    ) -> Result<Vec<(Name, u32)>> {
        let Plan {
            mut versions,
            wanting,
        } = plan;
        let mut done = Vec::new();
        for context in wanting {
            let migration = self.migration(context, driver, deadline);
            let migrated = migration.perform().await.map_err(|error| {
                let error = self.there(context, error);
                if done.is_empty() {
                    error
                } else {
                    error.hint(partly(&done))
                }
            })?;
            done.push(context.name().as_str());
            versions.push((context.name().clone(), migrated.to));
            if migrated.from == migrated.to {
                // Another process was faster.
                continue;
            }
            self.emit(&Event::Migrated {
                context: context.name(),
                driver: driver.name(),
                generation: driver.generation(),
                from: migrated.from,
                to: migrated.to,
            });
        }
        Ok(versions)
    }

    fn migration(&self, context: &Context, driver: &Arc<Driver>, deadline: Instant) -> Migration {
        let (_, environment) = self.beside(context, deadline);
        Migration {
            context: context.clone(),
            driver: Arc::clone(driver),
            environment,
        }
    }

    /// Says where it failed, when there are several contexts.
    pub(crate) fn there(&self, context: &Context, error: Error) -> Error {
        match self.contexts.all().count() {
            1 => error,
            _ => error.within(format!("context {}", context.name())),
        }
    }

    /// Waits until another table than this one is in place, as long as data has been changed for one that is not.
    pub(crate) async fn table_replaced(&self, table: &Arc<Table>) -> bool {
        let mut pending = self.pending.0.subscribe();
        loop {
            // In this order: a load puts the table in place before it is counted no more.
            let none_pending = *pending.borrow_and_update() == 0;
            if !Arc::ptr_eq(&self.routes().table, table) {
                return true;
            }
            if none_pending || pending.changed().await.is_err() {
                return false;
            }
        }
    }
}

/// What to do when a migration has failed after others of the same load were done.
fn partly(done: &[&str]) -> String {
    format!(
        "what it has stored was migrated already in {}, where the version that is in service does not work any more: \
         load it again",
        done.join(", ")
    )
}
