//! Someone who acts in a runtime.

use airs::{Json, Result, Value};

use crate::Runtime;
use crate::wire::{Ending, FORM, Question, Work};

/// A caller: each function is one run, all or nothing.
///
/// ```no_run
/// use airs::json;
/// use airs_testing::Runtime;
///
/// # fn main() -> airs::Result<()> {
/// # let order = json!(null);
/// let runtime = Runtime::builder().context("shop").context("guests").start()?;
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
    timeout_ms: Option<u64>,
}

impl<'a> Actor<'a> {
    pub(crate) fn new(runtime: &'a Runtime, id: &str) -> Self {
        Self {
            runtime,
            id: id.to_owned(),
            context: None,
            run: None,
            timeout_ms: None,
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

    /// The same caller, whose runs may take so long at most.
    pub fn with_timeout_ms(mut self, milliseconds: u64) -> Self {
        self.timeout_ms = Some(milliseconds);
        self
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
            timeout_ms: self.timeout_ms,
            work,
        };
        Ok(self.runtime.perform(question)?.result)
    }
}
