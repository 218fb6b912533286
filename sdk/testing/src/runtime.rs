//! A runtime of a test.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::SystemTime;

use airs::{Json, Result, Value};

use crate::builder::{NOW_MS, milliseconds};
use crate::connection::Connection;
use crate::wire::{Answer, Ask, Opening, Question, Report, Taken, strange};
use crate::{Actor, Builder, Event, Fault, Owner, id};

/// Who binds, and acts where nobody else is named.
const OPERATOR: &str = "operator";

/// A runtime with the project's components in service, and an empty state in memory. It ends when it is dropped.
///
/// Threads may share it: runs are then made at once, and conflict as anywhere else.
///
/// An example is at [the crate](crate).
#[derive(Debug)]
pub struct Runtime {
    number: u64,
    connection: &'static Connection,
    /// Where its clock stands.
    now_ms: AtomicU64,
}

impl Runtime {
    /// A fresh runtime with all components of the project.
    ///
    /// # Errors
    /// When the tool cannot be reached, a component is not built, or cannot be put into service.
    pub fn new() -> Result<Self> {
        Self::builder().start()
    }

    /// Sets up a runtime.
    pub fn builder() -> Builder {
        Builder::new()
    }

    pub(crate) fn open(opening: &Opening) -> Result<Self> {
        let runtime = Self::over(Connection::of_process()?);
        runtime.now_ms.store(opening.now_ms, Ordering::SeqCst);
        runtime.done(Ask::Open(opening))?;
        Ok(runtime)
    }

    /// A runtime that may still have to be opened.
    pub(crate) fn over(connection: &'static Connection) -> Self {
        Self {
            number: connection.number(),
            connection,
            now_ms: AtomicU64::new(NOW_MS),
        }
    }

    /// Binds a driver to a path, as the operator in the first context; [`Actor::bind`] does as anybody, anywhere.
    ///
    /// # Errors
    /// As the run: the driver's own answer, `already-bound`, `not-found` and so on.
    pub fn bind(
        &self,
        path: &str,
        driver: &str,
        account: impl Into<Json>,
        owner: impl Into<Owner>,
        controllers: &[&str],
    ) -> Result<()> {
        self.caller(OPERATOR)
            .bind(path, driver, account, owner, controllers)
    }

    /// Removes the binding at a path, as the operator in the first context.
    ///
    /// # Errors
    /// As the run.
    pub fn unbind(&self, path: &str) -> Result<()> {
        self.caller(OPERATOR).unbind(path)
    }

    /// Someone who acts: at home in the context, unless the id names another home, as in `shop/alice`.
    pub fn caller(&self, id: &str) -> Actor<'_> {
        Actor::new(self, id)
    }

    /// What the asset at a path holds, as the operator sees it.
    ///
    /// # Errors
    /// As the run.
    pub fn view(&self, path: &str) -> Result<Value> {
        self.caller(OPERATOR).view(path)
    }

    /// An id for a run, of the time at which the clock stands: the same number, the same id.
    ///
    /// ```no_run
    /// use airs::json;
    /// use airs_testing::Runtime;
    ///
    /// # fn main() -> airs::Result<()> {
    /// let runtime = Runtime::new()?;
    /// let alice = runtime.caller("alice").with_id(&runtime.id(1));
    /// let receipt = alice.run("payment", json!(null))?;
    /// // It happens once.
    /// assert_eq!(alice.run("payment", json!(null))?.as_str(), receipt.as_str());
    /// # Ok(())
    /// # }
    /// ```
    pub fn id(&self, number: u64) -> String {
        id::of(self.now_ms.load(Ordering::SeqCst), number)
    }

    /// Has something go wrong in the runs to come.
    ///
    /// # Errors
    /// When it could never happen: [`Code::NotFound`](airs::Code::NotFound) for a component that is not in service or
    /// has no such function, [`Code::InvalidInput`](airs::Code::InvalidInput) for a fault that happens no time.
    pub fn inject(&self, fault: Fault) -> Result<()> {
        self.done(Ask::Inject(fault.injected()))
    }

    /// How often faults that were injected are still to happen: 0 when all have. A test that rests on a fault asserts
    /// that.
    ///
    /// # Errors
    /// When the tool has ended.
    pub fn faults_left(&self) -> Result<u64> {
        match self.ask(Ask::FaultsLeft)? {
            Answer::Count(count) => Ok(count),
            other => Err(strange(&other)),
        }
    }

    /// Sets the time of the runs to come, to the millisecond.
    ///
    /// # Errors
    /// [`Code::InvalidInput`](airs::Code::InvalidInput) for a time before 1970.
    pub fn set_now(&self, now: SystemTime) -> Result<()> {
        let now_ms = milliseconds(now)?;
        self.done(Ask::Now(now_ms))?;
        self.now_ms.store(now_ms, Ordering::SeqCst);
        Ok(())
    }

    /// Sets what the random numbers of the runs to come are made of: the next one is the first.
    ///
    /// # Errors
    /// When the tool has ended.
    pub fn set_seed(&self, seed: u64) -> Result<()> {
        self.done(Ask::Seed(seed))
    }

    /// What has happened so far, in order: since the beginning, or since [`take_events`](Self::take_events).
    ///
    /// # Errors
    /// [`Code::LimitExceeded`](airs::Code::LimitExceeded) when there was more than is kept, which is 100,000 lines of
    /// logs and as many of everything else: what is missing could be what a test looks for.
    pub fn events(&self) -> Result<Vec<Event>> {
        self.noted(Taken::Copied)
    }

    /// What has happened so far, in order, of which nothing is kept any more.
    ///
    /// # Errors
    /// As [`events`](Self::events); what was kept is gone all the same.
    pub fn take_events(&self) -> Result<Vec<Event>> {
        self.noted(Taken::Away)
    }

    fn noted(&self, how: Taken) -> Result<Vec<Event>> {
        match self.ask(Ask::Events(how))? {
            Answer::Events(events) => Ok(events.into_iter().map(Event::from).collect()),
            other => Err(strange(&other)),
        }
    }

    /// The lines that a component has logged so far, also in attempts of which nothing remains.
    ///
    /// # Errors
    /// As [`events`](Self::events).
    pub fn log_of(&self, component: &str) -> Result<Vec<String>> {
        let lines = self.events()?.into_iter().filter_map(|event| match event {
            Event::Log(log) if log.component == component => Some(log.line),
            _ => None,
        });
        Ok(lines.collect())
    }

    pub(crate) fn perform(&self, question: Question<'_>) -> Result<Report> {
        match self.ask(Ask::Perform(question))? {
            Answer::Report(report) => Ok(report),
            other => Err(strange(&other)),
        }
    }

    fn done(&self, ask: Ask<'_>) -> Result<()> {
        match self.ask(ask)? {
            Answer::Done => Ok(()),
            other => Err(strange(&other)),
        }
    }

    fn ask(&self, ask: Ask<'_>) -> Result<Answer> {
        match self.connection.ask(self.number, ask)? {
            Answer::Failed(failed) => Err(failed.into()),
            answer => Ok(answer),
        }
    }
}

impl Drop for Runtime {
    fn drop(&mut self) {
        // It also ends with the process.
        let _ = self.done(Ask::Close);
    }
}
