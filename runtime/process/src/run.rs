//! A run: attempts until one is committed.

use std::pin::pin;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use airs_core::{Caller, Code, Error, Limits, Observer, Result};
use airs_driver::{Context, Drivers, Ended, Session, SessionStart};
use airs_engine::Environment;
use futures_util::future::poll_immediate;
use tokio::time::timeout_at;

use crate::progress::Progress;
use crate::work::{Answer, Work};

/// How often a run is attempted when others change what it read.
pub const ATTEMPTS_MAX: u32 = 8;

/// One execution for one caller in one context. It pins what it runs on: the drivers, and the program.
///
/// An example is at [the crate](crate).
pub struct Run {
    /// The run's id, a ULID.
    pub id: Arc<str>,
    /// Where it happens.
    pub context: Context,
    /// Who it acts for.
    pub caller: Caller,
    /// What it does.
    pub work: Work,
    /// The drivers in service when it began.
    pub drivers: Arc<Drivers>,
    /// What it may use up.
    pub limits: Limits,
    /// Who is told of what its guests do.
    pub observer: Observer,
    /// How far it has come.
    pub progress: Progress,
}

/// How a run ended.
///
/// An example is at [the crate](crate).
#[derive(Clone, Debug)]
pub struct Outcome {
    /// Its answer, committed; or why nothing of it remains.
    pub result: Result<Answer>,
    /// How many attempts it took.
    pub attempts: u32,
}

impl Run {
    /// Attempts the run until it is committed, has failed, or has met [`ATTEMPTS_MAX`] conflicts. Each attempt
    /// has fresh instances and a snapshot of its own; clock, randomness and deadline are the run's.
    ///
    /// To be polled on the engine's executor: guests execute where it is polled.
    pub async fn execute(&self) -> Outcome {
        let deadline = Instant::now() + Duration::from_millis(self.limits.deadline_ms);
        let observer = Arc::clone(&self.observer);
        let mut environment = Environment::new(Arc::clone(&self.id), SystemTime::now(), deadline, observer)
            .guarded(self.context.guards());
        loop {
            let attempts = environment.attempt();
            self.progress.attempt(attempts);
            let result = match self.attempt(&environment).await {
                Ok(Some(answer)) => Ok(answer),
                Ok(None) if attempts == ATTEMPTS_MAX => Err(Error::new(
                    Code::Conflict,
                    format!(
                        "other runs changed what {:?} read, in each of {attempts} attempts",
                        self.work.name()
                    ),
                )
                .hint("nothing of it was committed; it can be run again")),
                Ok(None) if Instant::now() < deadline => {
                    environment = environment.next_attempt();
                    continue;
                }
                Ok(None) => Err(self.late()),
                Err(error) => Err(error),
            };
            return Outcome { result, attempts };
        }
    }

    /// One attempt; no answer when it met a conflict.
    async fn attempt(&self, environment: &Environment) -> Result<Option<Answer>> {
        let start = SessionStart {
            context: self.context.clone(),
            run: Arc::clone(&self.id),
            caller: self.caller.clone(),
            drivers: Arc::clone(&self.drivers),
            environment: environment.clone(),
            limits: self.limits.clone(),
        };
        // Guests meet the deadline by themselves; what waits here is the state's backend.
        let mut session = pin!(Session::begin(start));
        // Most often it is there at once, and needs no timer.
        let session = match poll_immediate(session.as_mut()).await {
            Some(session) => session?,
            None => timeout_at(environment.deadline().into(), session)
                .await
                .map_err(|_| self.late())??,
        };
        let (answer, mut session) = self.work.perform(session, environment).await?;
        session.finish().await?;
        if Instant::now() >= environment.deadline() {
            return Err(self.late());
        }
        self.progress.commit();
        Ok(match session.commit().await? {
            Ended::Committed => Some(answer),
            Ended::Conflict => {
                self.progress.refused();
                None
            }
        })
    }

    fn late(&self) -> Error {
        let message = format!(
            "{:?} was not done after {} ms",
            self.work.name(),
            self.limits.deadline_ms
        );
        Error::new(Code::DeadlineExceeded, message)
            .hint("nothing of it was committed; it may take what the request allows, at most its deadline_ms")
    }
}

impl std::fmt::Debug for Run {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Run")
            .field("id", &self.id)
            .field("work", &self.work)
            .finish_non_exhaustive()
    }
}
