//! Bringing what a driver has stored to its schema before it is put into service.

use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant, SystemTime};

use airs_core::{Code, Error, Event, Name, Result};
use airs_driver::{Context, Driver, Migrated, Migration};
use airs_engine::{Allowance, Environment};
use airs_process::Table;
use tokio::sync::watch;

use crate::runtime::{Inner, Runtime};

/// How long the migrations of one load may take unless said. It is far longer than a run may take: an operator waits
/// for it, and runs go on meanwhile. It ends, so that a driver that loops does not keep its name for ever.
pub(crate) const MIGRATION_MAX: Duration = Duration::from_secs(60);

/// The longest that they may take, whatever is said: there is an end that a clock can show.
const LONGEST: Duration = Duration::from_secs(24 * 3_600);

/// How many loads have changed data for a driver that is not in service yet.
#[derive(Debug)]
pub(crate) struct Pending(watch::Sender<usize>);

impl Default for Pending {
    fn default() -> Self {
        Self(watch::Sender::new(0))
    }
}

/// A driver whose data is as it needs it. Dropped once it is in service, or will not be.
pub(crate) struct Ready<'a> {
    pub(crate) driver: Driver,
    _pending: Option<Changing<'a>>,
}

/// Runs that meet migrated data wait as long as it lives.
struct Changing<'a>(&'a Pending);

impl<'a> Changing<'a> {
    fn of(pending: &'a Pending) -> Self {
        pending.0.send_modify(|count| *count += 1);
        Self(pending)
    }
}

impl Drop for Changing<'_> {
    fn drop(&mut self) {
        self.0.0.send_modify(|count| *count -= 1);
    }
}

impl Inner {
    /// Migrates what the driver has stored, in every context in which it works.
    ///
    /// On the executor, while the calling thread waits, whatever that is.
    pub(crate) fn migrate(self: &Arc<Self>, driver: Driver) -> Result<Ready<'_>> {
        let pending = Changing::of(&self.pending);
        let (inner, executor) = (Arc::clone(self), self.engine.executor());
        let migrating = executor.spawn(async move { inner.migrate_all(driver).await });
        // A thread of its own, since that of the caller may belong to an executor, which must not wait.
        let migrated = thread::scope(|scope| {
            let waiting = thread::Builder::new().spawn_scoped(scope, || executor.block_on(migrating));
            waiting.map(thread::ScopedJoinHandle::join)
        });
        let migrated = migrated.map_err(|cause| {
            Error::new(
                Code::Internal,
                "no thread could be started to wait for the migration",
            )
            .caused_by(cause)
        })?;
        let torn_down = || {
            Error::new(
                Code::Internal,
                "the runtime ended before the driver was in service",
            )
        };
        let (driver, changed) = migrated.map_err(|_| torn_down())?.map_err(|_| torn_down())??;
        Ok(Ready {
            driver,
            _pending: changed.then_some(pending),
        })
    }

    /// The driver, knowing the schema of what is stored, and whether anything was changed for it.
    async fn migrate_all(&self, driver: Driver) -> Result<(Driver, bool)> {
        let deadline = Instant::now() + self.migrations_max.min(LONGEST);
        // One place for all of it, taken before any run can wait for its end while holding one.
        let _place = self.place(deadline).await?;
        let driver = Arc::new(driver);
        let mut versions: Vec<(Name, u32)> = Vec::new();
        let mut wanting = Vec::new();
        for held in self.contexts.all() {
            let context = &held.context;
            if !driver.works_in(context.name()) {
                continue;
            }
            let migration = self.migration(context, &driver, deadline);
            let Migrated { from, to } = migration
                .rehearse()
                .await
                .map_err(|error| self.there(context, error))?;
            if from == to {
                versions.push((context.name().clone(), to));
            } else {
                wanting.push(context);
            }
        }
        let mut done = Vec::new();
        for context in &wanting {
            let migration = self.migration(context, &driver, deadline);
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
        Ok((Driver::clone(&driver).knowing(versions), !wanting.is_empty()))
    }

    fn migration(&self, context: &Context, driver: &Arc<Driver>, deadline: Instant) -> Migration {
        let id = Runtime::new_id().to_string().into();
        let (name, observer) = (context.name().clone(), Arc::clone(&self.observer));
        // It computes as long as it may take, in the memory of the context.
        let allowance = Allowance {
            memory: context.memory().cloned(),
            ..Allowance::until(deadline)
        };
        let environment = Environment::new(id, Some(name), SystemTime::now(), allowance, observer);
        Migration {
            context: context.clone(),
            driver: Arc::clone(driver),
            environment: environment.guarded(context.guards()),
        }
    }

    /// Says where it failed, when there are several contexts.
    fn there(&self, context: &Context, error: Error) -> Error {
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
