//! A runtime of a test.

use std::time::SystemTime;

use airs::{Json, Result, Value};

use crate::builder::milliseconds;
use crate::connection::Connection;
use crate::wire::{Answer, Ask, Opening, Question, Report, Work, strange};
use crate::{Actor, Builder, Event, Fault, Owner};

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
        let connection = Connection::of_process()?;
        let runtime = Self {
            number: connection.number(),
            connection,
        };
        runtime.done(Ask::Open(opening))?;
        Ok(runtime)
    }

    /// Binds a driver to a path, as the operator. `account` is the account data.
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
        let (account, owner) = (account.into(), owner.into());
        let owner = match &owner {
            Owner::Each => "each",
            Owner::Caller(caller) => caller,
        };
        let work = Work::Bind {
            path,
            driver,
            account: account.as_str(),
            owner: Some(owner),
            controllers,
        };
        self.perform(question(work))?.result.placed()
    }

    /// Removes the binding at a path, as the operator.
    ///
    /// # Errors
    /// As the run.
    pub fn unbind(&self, path: &str) -> Result<()> {
        self.perform(question(Work::Unbind { path }))?.result.placed()
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

    /// Has something go wrong in the runs to come.
    ///
    /// # Errors
    /// When the tool has ended.
    pub fn inject(&self, fault: Fault) -> Result<()> {
        self.done(Ask::Inject(&fault))
    }

    /// Sets the time of the runs to come, to the millisecond.
    ///
    /// # Errors
    /// When the tool has ended.
    pub fn set_now(&self, now: SystemTime) -> Result<()> {
        self.done(Ask::Now(milliseconds(now)))
    }

    /// Sets what the random numbers of the runs to come are made of.
    ///
    /// # Errors
    /// When the tool has ended.
    pub fn set_seed(&self, seed: u64) -> Result<()> {
        self.done(Ask::Seed(seed))
    }

    /// What has happened so far, in order.
    ///
    /// # Errors
    /// When the tool has ended.
    pub fn events(&self) -> Result<Vec<Event>> {
        match self.ask(Ask::Events)? {
            Answer::Events(events) => Ok(events),
            other => Err(strange(&other)),
        }
    }

    /// The lines that a component has logged so far, also in attempts of which nothing remains.
    ///
    /// # Errors
    /// When the tool has ended.
    pub fn log_of(&self, component: &str) -> Result<Vec<String>> {
        let lines = self.events()?.into_iter().filter_map(|event| match event {
            Event::Log {
                component: by, line, ..
            } if by == component => Some(line),
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

fn question(work: Work<'_>) -> Question<'_> {
    Question {
        form: crate::wire::FORM,
        caller: OPERATOR,
        context: None,
        id: None,
        timeout_ms: None,
        work,
    }
}
