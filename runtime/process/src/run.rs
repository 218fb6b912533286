//! A run: attempts until one is committed.

use std::pin::pin;
use std::sync::Arc;
use std::time::{Duration, Instant};

use airs_core::{Caller, Code, Error, Limits, Observer, Result};
use airs_driver::{Context, Ended, Footprint, Heard, Identity, Session, SessionStart, Ticket};
use airs_engine::{Allowance, Circumstances, Environment};
use futures_util::future::poll_immediate;
use tokio::time::{sleep_until, timeout_at};

use crate::answer::Answer;
use crate::catalog::{Program, Routing, Table};
use crate::failed::Failed;
use crate::progress::Progress;
use crate::work::Work;

/// How often a run is attempted when others change what it read.
pub const ATTEMPTS_MAX: u32 = 8;

/// How long a run with an id waits before it asks again what became of it, the first time; twice as long each
/// time after that. All eight attempts take less than the default deadline.
const DOUBT_PAUSE: Duration = Duration::from_millis(10);

/// One execution for one caller in one context.
///
/// An example is at [the crate](crate).
pub struct Run {
    /// The run's id, a ULID.
    pub id: Arc<str>,
    /// When it was asked for: its deadline is counted from then.
    pub begun: Instant,
    /// What it is given of the world, the same in each attempt.
    pub circumstances: Circumstances,
    /// What makes it happen once: the id, when a caller gave it, and what for.
    pub identity: Option<Identity>,
    /// Where it happens.
    pub context: Context,
    /// Who it acts for.
    pub caller: Caller,
    /// What it does.
    pub work: Work,
    /// What it may use up; its program's own limits count where they are smaller.
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
    /// Whether the answer is that of an earlier run with its id.
    pub replayed: bool,
}

/// What an attempt works with.
struct Pinned {
    table: Arc<Table>,
    /// The program that the table has for the run, if it runs one.
    program: Result<Option<Arc<Program>>>,
    limits: Limits,
}

/// How an attempt ended that did not fail.
enum Attempted {
    Committed(Answer),
    /// A run with its id was committed before, with this answer.
    Replayed(Answer),
    /// It can be attempted again, after it has waited in the line with what it touched.
    Conflict(Footprint),
    /// It may be committed, or may still become so.
    Unknown(Error),
    /// The data of a driver in its table has been migrated for a newer generation: it can be attempted again with the
    /// table that has that one.
    Outdated(Error, Arc<Table>),
}

impl Run {
    /// Attempts the run until it is committed, has failed, or has met [`ATTEMPTS_MAX`] conflicts. Each attempt
    /// has fresh instances, a snapshot, and a table of its own; clock, randomness and deadline are the run's.
    ///
    /// To be polled on the engine's executor: guests execute where it is polled.
    pub async fn execute(&self, routing: &impl Routing) -> Outcome {
        let mut pinned = self.pin(routing);
        let deadline_ms = pinned.limits.deadline_ms;
        let deadline = self.begun + Duration::from_millis(deadline_ms);
        let observer = Arc::clone(&self.observer);
        let (id, context) = (Arc::clone(&self.id), Some(self.context.name().clone()));
        let allowance = Allowance {
            deadline,
            cpu_ms: pinned.limits.cpu_ms,
            memory: self.context.memory().cloned(),
        };
        let mut environment = Environment::new(id, context, self.circumstances.clone(), allowance, observer)
            .guarded(self.context.guards());
        let heard = Heard::default();
        // Once an attempt may have been committed, only a commit tells what became of the run: until then any
        // other answer could be a lie.
        let mut doubt = None;
        // What it holds from the turn that it got after a conflict until the attempt after that has ended.
        let mut ticket = None;
        loop {
            let attempts = environment.attempt();
            self.progress.attempt(attempts);
            let again = match self.attempt(&environment, &heard, pinned, ticket.as_ref()).await {
                Ok(Attempted::Committed(answer)) => return Outcome::answered(answer, attempts, false),
                Ok(Attempted::Replayed(answer)) => return Outcome::answered(answer, attempts, true),
                Ok(Attempted::Conflict(touched)) => {
                    if doubt.is_none() {
                        self.progress.refused();
                    }
                    // Boxed: it is rare, and would make the future of every run larger.
                    let turn = Box::pin(self.queue(touched, ticket.take(), &environment, deadline_ms));
                    turn.await.map(|turn| ticket = Some(turn))
                }
                Ok(Attempted::Outdated(error, table)) => {
                    ticket = None;
                    // Boxed as above.
                    Box::pin(self.await_table(error, &table, routing, &environment, deadline_ms)).await
                }
                Ok(Attempted::Unknown(error)) if self.identity.is_some() => {
                    doubt = Some(error);
                    ticket = None;
                    sleep_until(next_look(attempts).min(deadline).into()).await;
                    self.check_attempts(attempts)
                }
                Ok(Attempted::Unknown(error)) => Err(error
                    .hint("look at what it was to change; a run that is given an id can be asked for again")),
                Err(error) => Err(error),
            };
            if let Err(error) = again {
                return Outcome {
                    result: Err(doubt.unwrap_or(error)),
                    attempts,
                    replayed: false,
                };
            }
            environment = environment.next_attempt();
            pinned = self.pin(routing);
        }
    }

    /// Waits for its turn among those who met a conflict, until the deadline at most.
    async fn queue(
        &self,
        touched: Footprint,
        held: Option<Ticket>,
        environment: &Environment,
        deadline_ms: u64,
    ) -> Result<Ticket> {
        self.check_attempts(environment.attempt())?;
        let touched = match held {
            Some(held) => touched.and(held.footprint()),
            None => touched,
        };
        let turn = timeout_at(environment.deadline().into(), self.context.queue(touched));
        turn.await.map_err(|_| self.late(deadline_ms))
    }

    /// Waits for the table with the driver that its data was migrated for, until the deadline at most.
    async fn await_table(
        &self,
        outdated: Error,
        table: &Arc<Table>,
        routing: &impl Routing,
        environment: &Environment,
        deadline_ms: u64,
    ) -> Result<()> {
        match timeout_at(environment.deadline().into(), routing.replaced(table)).await {
            Ok(true) => Ok(()),
            Ok(false) => Err(outdated),
            Err(_) => Err(self.late(deadline_ms)),
        }
    }

    /// Reads the table, once for an attempt.
    fn pin(&self, routing: &impl Routing) -> Pinned {
        let table = routing.table();
        let program = self.work.program(&table.programs);
        let limits = match &program {
            Ok(Some(program)) => self.limits.min(program.limits()),
            _ => self.limits.clone(),
        };
        Pinned {
            program,
            limits,
            table,
        }
    }

    async fn attempt(
        &self,
        environment: &Environment,
        heard: &Heard,
        pinned: Pinned,
        ticket: Option<&Ticket>,
    ) -> Result<Attempted> {
        let deadline_ms = pinned.limits.deadline_ms;
        let start = SessionStart {
            context: self.context.clone(),
            run: Arc::clone(&self.id),
            caller: self.caller.clone(),
            drivers: Arc::clone(&pinned.table.drivers),
            environment: environment.clone(),
            heard: heard.clone(),
            limits: pinned.limits,
        };
        let begun = begin(start, environment.deadline()).await;
        let mut session = begun.ok_or_else(|| self.late(deadline_ms))??;
        if let Some(identity) = &self.identity
            && let Some(kept) = session.kept_answer(identity).await?
        {
            return Ok(Attempted::Replayed(Answer::from_bytes(&kept)?));
        }
        let program = pinned.program?;
        let done = self.work.perform(program.as_deref(), session, environment).await;
        let finished = match done {
            Ok((answer, mut session)) => match session.finish().await {
                Ok(()) => Ok((answer, session)),
                Err(error) => Err(Failed::of(error, &session)),
            },
            Err(failed) => Err(failed),
        };
        let (answer, mut session) = match finished {
            Ok(finished) => finished,
            Err(failed) if failed.outdated => return Ok(Attempted::Outdated(failed.error, pinned.table)),
            Err(failed) => return Err(failed.error),
        };
        if let Some(identity) = &self.identity {
            session.keep_answer(identity, &answer.to_bytes())?;
        }
        if Instant::now() >= environment.deadline() {
            return Err(self.late(deadline_ms));
        }
        self.progress.commit();
        Ok(match session.commit(ticket).await? {
            Ended::Committed => Attempted::Committed(answer),
            Ended::Conflict(touched) => Attempted::Conflict(touched),
            Ended::Unknown(error) => Attempted::Unknown(error),
        })
    }

    /// Whether it may be attempted once more.
    fn check_attempts(&self, attempts: u32) -> Result<()> {
        if attempts < ATTEMPTS_MAX {
            return Ok(());
        }
        let message = format!(
            "other runs changed what {:?} read, in each of {attempts} attempts",
            self.work.name()
        );
        Err(Error::new(Code::Conflict, message).hint("nothing of it was committed; it can be run again"))
    }

    fn late(&self, deadline_ms: u64) -> Error {
        let message = format!("{:?} was not done after {deadline_ms} ms", self.work.name());
        Error::new(Code::DeadlineExceeded, message)
            .hint("nothing of it was committed; it may take what the request allows, at most its deadline_ms")
    }
}

impl Outcome {
    fn answered(answer: Answer, attempts: u32, replayed: bool) -> Self {
        Self {
            result: Ok(answer),
            attempts,
            replayed,
        }
    }
}

/// Begins an attempt; none when that was not done by the deadline. Guests meet it by themselves; what waits here is
/// the state's backend.
async fn begin(start: SessionStart, deadline: Instant) -> Option<Result<Box<Session>>> {
    let mut session = pin!(Session::begin(start));
    // Most often it is there at once, and needs no timer.
    match poll_immediate(session.as_mut()).await {
        Some(session) => Some(session),
        None => timeout_at(deadline.into(), session).await.ok(),
    }
}

/// When a run whose commit is in doubt after so many attempts asks again.
fn next_look(attempts: u32) -> Instant {
    Instant::now() + DOUBT_PAUSE * (1 << attempts.saturating_sub(1).min(ATTEMPTS_MAX))
}

impl std::fmt::Debug for Run {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Run")
            .field("id", &self.id)
            .field("work", &self.work)
            .finish_non_exhaustive()
    }
}
