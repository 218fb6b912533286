//! Bringing what a driver has stored to the schema version of a new generation.

use std::sync::Arc;
use std::time::{Duration, Instant};

use airs_core::{Code, Error, Limits, Result};
use airs_engine::Environment;
use airs_platform::{Committed, StorageError};
use tokio::time::{sleep_until, timeout_at};

use super::dispatch::Instances;
use crate::catalog::Driver;
use crate::context::Context;
use crate::heard::{Asking, Heard};
use crate::line::Ticket;
use crate::schema;
use crate::transaction::Transaction;

/// How often a migration is attempted when runs change what it read. From the second time on they stand back.
const ATTEMPTS_MAX: u32 = 8;

/// How long an attempt keeps runs away from what it migrates: less than half of what a run may take unless said, so
/// that those which wait for it come through.
const TURN_MAX: Duration = Duration::from_secs(2);

/// What is said of more than one transaction takes: the most that is allowed is what it has already.
const IN_ONE_TRANSACTION: &str = "a migration is one transaction, of 64 MiB written and 1 GiB read at most, with 128 bytes for \
     each entry, whatever is set: have the driver read the old form too, and bring entries to the new one when runs \
     write them; nothing was changed";

/// How long a migration waits after a commit of which nobody learned what became of it, before it looks.
const DOUBT_PAUSE: Duration = Duration::from_millis(50);

/// A driver that is to be put into service, and what it has stored in a context. It reaches storage, and no servers.
///
/// ```
/// use std::sync::Arc;
/// use airs_core::Result;
/// use airs_driver::{Context, Driver, Migrated, Migration};
/// use airs_engine::Environment;
///
/// async fn migrate(context: Context, driver: Arc<Driver>, environment: Environment) -> Result<u32> {
///     let migration = Migration { context, driver, environment };
///     // Whether it would go well, before anything is changed.
///     let Migrated { from, to } = migration.rehearse().await?;
///     if from != to {
///         migration.perform().await?;
///     }
///     Ok(to)
/// }
/// ```
#[derive(Debug)]
pub struct Migration {
    /// Where.
    pub context: Context,
    /// The new generation.
    pub driver: Arc<Driver>,
    /// What it sees of the world, and until when it has to be done.
    pub environment: Environment,
}

/// The schema version of what a driver has stored, before and after.
///
/// An example is at [`Migration`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Migrated {
    /// Before; 0 when nothing was ever migrated.
    pub from: u32,
    /// After; the same when nothing had to be done.
    pub to: u32,
}

/// How an attempt ended that did not fail.
enum Ended {
    /// The data is as the driver needs it.
    Done(Migrated),
    /// Runs changed what it read; with its turn for the next attempt.
    Conflict(Ticket),
    /// It may be committed, or may still become so.
    Unknown(Migrated, Error),
}

impl Migration {
    /// Has the driver do everything, and changes nothing.
    ///
    /// # Errors
    /// As [`perform`](Self::perform).
    pub async fn rehearse(&self) -> Result<Migrated> {
        let (migrated, _) = self.attempt(&self.environment).await?;
        Ok(migrated)
    }

    /// Has the driver bring what it has stored to its own schema version, in one transaction with the version itself.
    /// When there is nothing to do, nothing is written.
    ///
    /// # Errors
    /// What the driver answers; [`Code::Rejected`] when it is older than what is stored, or writes without raising
    /// the version; [`Code::Conflict`] when runs changed what it read in every attempt;
    /// [`Code::DeadlineExceeded`]; and when the state cannot be read or written. Nothing was changed then, unless it is
    /// [`Code::OutcomeUnknown`].
    pub async fn perform(&self) -> Result<Migrated> {
        let mut environment = self.environment.clone();
        let mut ticket = None;
        // Once an attempt may have been committed, only a commit, or what is stored, tells what became of it: until
        // then any other answer could be a lie.
        let mut doubt: Option<(Migrated, Error)> = None;
        loop {
            let ended = self.perform_once(&environment, ticket.take()).await;
            ticket = match (ended, &doubt) {
                // It was the attempt in doubt, if there was one, that brought it there.
                (Ok(Ended::Done(done)), Some((begun, _))) if done.from == done.to => return Ok(*begun),
                (Ok(Ended::Done(done)), _) => return Ok(done),
                (Ok(Ended::Conflict(turn)), _) => Some(turn),
                (Ok(Ended::Unknown(begun, error)), _) => {
                    let known = doubt.get_or_insert_with(|| (begun, unsettled(error)));
                    if environment.attempt() >= ATTEMPTS_MAX {
                        return Err(known.1.clone());
                    }
                    sleep_until((Instant::now() + DOUBT_PAUSE).min(environment.deadline()).into()).await;
                    None
                }
                (Err(_), Some((_, doubt))) => return Err(doubt.clone()),
                (Err(error), None) => return Err(error),
            };
            environment = environment.next_attempt();
        }
    }

    async fn perform_once(&self, environment: &Environment, held: Option<Ticket>) -> Result<Ended> {
        let (migrated, transaction) = self.attempt(environment).await?;
        if migrated.from == migrated.to {
            return Ok(Ended::Done(migrated));
        }
        self.commit(migrated, transaction, environment, held).await
    }

    async fn attempt(&self, environment: &Environment) -> Result<(Migrated, Box<Transaction>)> {
        // It may take the most that any run may: it is the operator who asked for it.
        let begun = self.context.begin(&Limits::UNRESTRICTED);
        let transaction = timeout_at(environment.deadline().into(), begun).await;
        let transaction = transaction.map_err(|_| late())??;
        // It may be made several times, and what servers say has no place in what is stored already.
        let nobody = Asking::new(None, Heard::default());
        let name = self.context.shared_name();
        let mut instances = Instances::new(transaction, environment.clone(), name, nobody);
        let from = schema::version(instances.transaction()?, &self.driver).await?;
        let index = instances.place(&self.driver).await?;
        let to = instances.migrate(index, from).await;
        let to = to.map_err(|error| {
            let error = error.within(format!("migrating from schema version {from}"));
            if instances.is_over_limit() {
                error.hint(IN_ONE_TRANSACTION)
            } else {
                error
            }
        })?;
        let transaction = instances.transaction()?;
        if to < from {
            return Err(schema::too_old(to, from));
        }
        if to > from {
            schema::set_version(transaction, &self.driver, to)?;
        } else if transaction.has_written() {
            let message = format!("it migrates what it has stored, and stays at schema version {from}");
            return Err(Error::new(Code::Rejected, message)
                .hint("a migration answers with a version above the one before"));
        }
        let (transaction, _) = instances.into_transaction()?;
        Ok((Migrated { from, to }, transaction))
    }

    /// Commits a migration.
    async fn commit(
        &self,
        migrated: Migrated,
        transaction: Box<Transaction>,
        environment: &Environment,
        held: Option<Ticket>,
    ) -> Result<Ended> {
        let Some((commit, _memory)) = transaction.into_commit() else {
            return Ok(Ended::Done(migrated));
        };
        let line = self.context.line();
        let mut touched = line.footprint(&commit);
        if !line.bars(&touched, held.as_ref()) {
            let waits = || environment.waits_for_owner();
            let (_, committed) = self.context.commit(commit, environment.deadline(), waits).await;
            match committed {
                Ok(Committed::Applied(_) | Committed::AlreadyApplied(_)) => return Ok(Ended::Done(migrated)),
                Ok(Committed::Conflict(_)) => {}
                // The next attempt finds the version that it wrote, or the one before.
                Err(error @ StorageError::OutcomeUnknown { .. }) => {
                    return Ok(Ended::Unknown(migrated, error.into()));
                }
                Err(error) => return Err(error.into()),
            }
        }
        if environment.attempt() >= ATTEMPTS_MAX {
            let message = "runs changed what it migrates, in every attempt";
            return Err(Error::new(Code::Conflict, message).hint("try again when less is going on"));
        }
        if let Some(held) = held {
            touched = touched.and(held.footprint());
        }
        let turn = self.context.queue_for(touched, TURN_MAX);
        let turn = timeout_at(environment.deadline().into(), turn).await;
        turn.map(Ended::Conflict).map_err(|_| late())
    }
}

/// What is said when nobody learns whether it is done.
fn unsettled(error: Error) -> Error {
    error.hint("load it again: that settles it")
}

fn late() -> Error {
    Error::new(
        Code::DeadlineExceeded,
        "what it has stored was not migrated in time",
    )
    .hint("nothing was changed; try again when less is going on")
}
