//! Readying what is to be put into service, beside what serves: an instance of each starts, and drivers migrate.

use std::sync::Arc;
use std::sync::mpsc::sync_channel;
use std::time::{Duration, Instant};

use airs_core::{Code, Error, Kind, Name, Result};
use airs_driver::{Context, Driver};
use airs_engine::{Allowance, Environment};
use airs_process::Program;

use crate::migrate::Changing;
use crate::runtime::{Inner, Runtime};
use crate::swap::{Generations, Refused};

/// The longest that they may take, whatever is said: there is an end that a clock can show.
const LONGEST: Duration = Duration::from_secs(24 * 3_600);

/// What can be put into service. Dropped once it is, or will not be.
pub(crate) struct Readied<'a> {
    pub(crate) generations: Generations,
    pub(crate) _pending: Option<Changing<'a>>,
}

impl Inner {
    /// Has an instance of each start, and drivers migrate what they have stored, in every context in which they work.
    ///
    /// On the executor, while the calling thread waits, whatever that is.
    pub(crate) fn ready(self: &Arc<Self>, next: Generations) -> Result<Readied<'_>, Refused> {
        let Some(first) = next.first() else {
            return Ok(Readied {
                generations: next,
                _pending: None,
            });
        };
        let pending = Changing::of(&self.pending);
        let (inner, all) = (Arc::clone(self), first.clone());
        // The caller's thread may belong to an executor, whose own way to wait refuses such.
        let (tell, readied) = sync_channel(1);
        self.engine.spawn(async move {
            let readied = inner.ready_all(next, &all).await;
            // When nobody waits any more, that is the end.
            drop(tell.send(readied));
        });
        let readied = readied.recv().map_err(|_| {
            let message = "the runtime ended before the component was in service";
            let error = Error::new(Code::Internal, message);
            Refused {
                component: first,
                error,
            }
        })?;
        let (generations, changed) = readied?;
        Ok(Readied {
            generations,
            _pending: changed.then_some(pending),
        })
    }

    /// What starts, with drivers that know the schema of what is stored, and whether anything was changed for them.
    async fn ready_all(&self, next: Generations, first: &Name) -> Result<(Generations, bool), Refused> {
        let deadline = Instant::now() + self.migrations_max.min(LONGEST);
        // One place for all of it, taken before any run can wait for its end while holding one.
        let place = self.place(deadline).await;
        let _place = place.map_err(|error| Refused {
            component: first.clone(),
            error,
        })?;
        let Generations { drivers, programs } = next;
        for program in &programs {
            self.start_everywhere(program, deadline)
                .await
                .map_err(|error| refused(Kind::Program, program.name(), error))?;
        }
        let mut rehearsed = Vec::new();
        for driver in drivers.into_iter().map(Arc::new) {
            let plan = self.rehearse(&driver, deadline).await;
            let plan = plan.map_err(|error| refused(Kind::Driver, driver.name(), error))?;
            rehearsed.push((driver, plan));
        }
        let mut changed = false;
        let mut ready = Vec::new();
        for (driver, plan) in rehearsed {
            changed |= plan.changes();
            let versions = self.perform_all(&driver, plan, deadline).await;
            let versions = versions.map_err(|error| refused(Kind::Driver, driver.name(), error))?;
            ready.push(Driver::clone(&driver).knowing(versions));
        }
        let generations = Generations {
            drivers: ready,
            programs,
        };
        Ok((generations, changed))
    }

    /// Has an instance of a program start in every context in which it works.
    async fn start_everywhere(&self, program: &Program, deadline: Instant) -> Result<()> {
        let until = Instant::now() + Duration::from_millis(program.limits().deadline_ms);
        for held in self.contexts.all() {
            let context = &held.context;
            if program.effective().of(context.name()).is_err() {
                continue;
            }
            let (run, environment) = self.beside(context, until.min(deadline));
            let started = program.start(context, run, &environment).await;
            started.map_err(|error| self.there(context, error))?;
        }
        Ok(())
    }

    /// What is executed beside what serves sees of the world, and what it is called.
    pub(crate) fn beside(&self, context: &Context, deadline: Instant) -> (Arc<str>, Environment) {
        let run: Arc<str> = Runtime::new_id().to_string().into();
        let (name, observer) = (context.name().clone(), Arc::clone(&self.observer));
        // It computes as long as it may take, in the memory of the context.
        let allowance = Allowance {
            memory: context.memory().cloned(),
            ..Allowance::until(deadline)
        };
        let environment = Environment::new(
            Arc::clone(&run),
            Some(name),
            self.surroundings.now(),
            allowance,
            observer,
        );
        (run, environment.guarded(context.guards()))
    }
}

fn refused(kind: Kind, name: &Name, error: Error) -> Refused {
    Refused {
        component: name.clone(),
        error: error.within(format!("{kind} {name}")),
    }
}
