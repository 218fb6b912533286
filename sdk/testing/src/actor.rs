//! Someone who acts in a runtime.

use std::time::Duration;

use airs::{Json, Result, Value};

use crate::wire::{Ending, FORM, Question, Work};
use crate::{Owner, Runtime};

/// A caller: each function is one run, all or nothing.
///
/// ```no_run
/// use airs::json;
/// use airs_testing::{Owner, Runtime};
///
/// # fn main() -> airs::Result<()> {
/// # let order = json!(null);
/// let runtime = Runtime::builder().context("shop").context("guests").start()?;
/// let operator = runtime.caller("operator").within("guests");
/// operator.bind("/accounts", "ledger", json!({ "unit": "usd", "scale": 2 }), Owner::Each, &["bank"])?;
/// let alice = runtime.caller("alice").within("guests").with_id(&runtime.id(1));
/// let receipt = alice.run("payment", order.clone())?;
/// // It happens once.
/// assert_eq!(alice.run("payment", order)?.as_str(), receipt.as_str());
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct Actor<'a> {
    runtime: &'a Runtime,
    id: String,
    context: Option<String>,
    run: Option<String>,
    timeout: Option<Duration>,
}

impl<'a> Actor<'a> {
    pub(crate) fn new(runtime: &'a Runtime, id: &str) -> Self {
        Self {
            runtime,
            id: id.to_owned(),
            context: None,
            run: None,
            timeout: None,
        }
    }

    /// The same caller in another context of the runtime.
    pub fn within(mut self, context: &str) -> Self {
        self.context = Some(context.to_owned());
        self
    }

    /// The same caller, whose runs have this id, a ULID: asked for again, a run answers what it answered.
    /// [`Runtime::id`] makes one of the time at which the clock stands.
    pub fn with_id(mut self, run: &str) -> Self {
        self.run = Some(run.to_owned());
        self
    }

    /// The same caller, whose runs may take so long at most, to the millisecond.
    pub fn with_timeout(mut self, timeout: Duration) -> Self {
        self.timeout = Some(timeout);
        self
    }

    /// Binds a driver to a path. `account` is the account data.
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
        self.perform(work)?.placed()
    }

    /// Removes the binding at a path.
    ///
    /// # Errors
    /// As the run.
    pub fn unbind(&self, path: &str) -> Result<()> {
        self.perform(Work::Unbind { path })?.placed()
    }

    /// Runs a program, and answers with its output.
    ///
    /// # Errors
    /// As the run.
    pub fn run(&self, program: &str, input: impl Into<Json>) -> Result<Json> {
        let input = input.into();
        let input = input.as_str();
        let output = self.perform(Work::Run { program, input })?.output()?;
        Ok(output.into())
    }

    /// What the asset at a path holds.
    ///
    /// # Errors
    /// As the run.
    pub fn view(&self, path: &str) -> Result<Value> {
        self.perform(Work::View { path })?.value()
    }

    /// Calls an operation of the driver on the asset at a path.
    ///
    /// # Errors
    /// As the run.
    pub fn control(&self, path: &str, operation: &str, input: impl Into<Json>) -> Result<Json> {
        let input = input.into();
        let work = Work::Control {
            path,
            operation,
            input: input.as_str(),
        };
        Ok(self.perform(work)?.output()?.into())
    }

    fn perform(&self, work: Work<'_>) -> Result<Ending> {
        let question = Question {
            form: FORM,
            caller: &self.id,
            context: self.context.as_deref(),
            id: self.run.as_deref(),
            timeout_ms: self.timeout.map(in_milliseconds),
            work,
        };
        Ok(self.runtime.perform(question)?.result)
    }
}

fn in_milliseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
