//! What is asked of a runtime, and what it answers.

use std::fmt;
use std::sync::Arc;

use airs_core::{CallerId, Event, Name, Observer, Result, RunId};
use airs_driver::Placement;
use airs_process::{Answer, Work};

/// A run to be made: what, for whom, where.
///
/// ```
/// use airs_runtime::{Owner, Placement, Request};
///
/// let homes = Placement::new("/accounts", "ledger", r#"{"unit":"usd","scale":2}"#);
/// let bind = Request::bind(homes.owned_by(Owner::Each));
/// let mint = Request::control("/accounts/alice/usd", "mint", r#"{"amount":"10.00"}"#);
/// let order = r#"{"from":"~/usd","to":"/accounts/bob/usd","amount":"2.50"}"#;
/// let pay = Request::run("payment", order).caller("alice".parse()?).deadline_ms(200);
/// # Ok::<(), airs_runtime::Error>(())
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct Request {
    pub(crate) work: Work,
    pub(crate) id: Option<RunId>,
    pub(crate) caller: Option<CallerId>,
    pub(crate) context: Option<Name>,
    pub(crate) deadline_ms: Option<u64>,
    pub(crate) listener: Option<Listener>,
}

/// Who is told of the events of one run.
#[derive(Clone)]
pub(crate) struct Listener(pub(crate) Observer);

impl fmt::Debug for Listener {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Listener")
    }
}

impl Request {
    /// Runs a program with an input, JSON; it answers [`Answer::Output`].
    pub fn run(program: impl Into<String>, input: impl Into<Arc<str>>) -> Self {
        Self::new(Work::Program {
            name: program.into(),
            input: input.into(),
        })
    }

    /// Looks at an asset; it answers [`Answer::Value`].
    pub fn view(path: impl Into<String>) -> Self {
        Self::new(Work::View { path: path.into() })
    }

    /// Calls an operation of an asset's driver with an input, JSON; it answers [`Answer::Output`].
    pub fn control(path: impl Into<String>, operation: impl Into<String>, input: impl Into<String>) -> Self {
        Self::new(Work::Control {
            path: path.into(),
            operation: operation.into(),
            input: input.into(),
        })
    }

    /// Binds a driver to a path; it answers [`Answer::Bound`].
    pub fn bind(placement: Placement) -> Self {
        Self::new(Work::Bind(placement))
    }

    /// Removes the binding at a path; it answers [`Answer::Unbound`].
    pub fn unbind(path: impl Into<String>) -> Self {
        Self::new(Work::Unbind { path: path.into() })
    }

    /// Lists the bindings; it answers [`Answer::Bindings`].
    pub fn bindings() -> Self {
        Self::new(Work::Bindings)
    }

    /// Finds the binding that covers a path; it answers [`Answer::Resolved`]. No driver is asked.
    /// [`Runtime::explain_path`](crate::Runtime::explain_path) says more.
    pub fn resolve(path: impl Into<String>) -> Self {
        Self::new(Work::Resolve { path: path.into() })
    }

    /// Gives the run an id: asked for again with it, by the same caller in the same context, it answers what it
    /// answered, and nothing is done twice. Only a run that was committed uses its id up.
    ///
    /// The answer is kept in the commit of the run, for the time that [`RuntimeBuilder::keep_answers_for`] says,
    /// counted from the id's own time. The same id with another request is [`Code::IdReused`], one that is too
    /// old [`Code::IdExpired`], and one from more than five minutes ahead [`Code::InvalidInput`].
    ///
    /// ```
    /// use airs_runtime::{Request, Runtime};
    ///
    /// let runtime = Runtime::builder().build()?;
    /// let id = Runtime::new_id();
    /// let bindings = || Request::bindings().id(id);
    /// let (first, second) = (runtime.perform_blocking(bindings()), runtime.perform_blocking(bindings()));
    /// assert_eq!(first.result?, second.result?);
    /// assert!(!first.replayed && second.replayed);
    /// # Ok::<(), airs_runtime::Error>(())
    /// ```
    ///
    /// [`RuntimeBuilder::keep_answers_for`]: crate::RuntimeBuilder::keep_answers_for
    /// [`Code::IdReused`]: crate::Code::IdReused
    /// [`Code::IdExpired`]: crate::Code::IdExpired
    /// [`Code::InvalidInput`]: crate::Code::InvalidInput
    pub fn id(mut self, id: RunId) -> Self {
        self.id = Some(id);
        self
    }

    /// Who the run acts for; [`CallerId::OPERATOR`] unless said.
    pub fn caller(mut self, caller: CallerId) -> Self {
        self.caller = Some(caller);
        self
    }

    /// The context that it happens in; the runtime's first one unless said.
    pub fn context(mut self, context: Name) -> Self {
        self.context = Some(context);
        self
    }

    /// How long it may take from when it is asked for, over all attempts, if that is less than its limits say.
    pub fn deadline_ms(mut self, milliseconds: u64) -> Self {
        self.deadline_ms = Some(milliseconds);
        self
    }

    /// Who is told what the run's guests do, beside the runtime's own
    /// [observer](crate::RuntimeBuilder::on_event): what they log and what they are denied, while the run goes on.
    ///
    /// ```
    /// use airs_runtime::{Event, Request};
    ///
    /// let request = Request::run("payment", "{}").on_event(|event| {
    ///     if let Event::Log { component, line, .. } = event {
    ///         println!("{component}: {line}");
    ///     }
    /// });
    /// # let _ = request;
    /// ```
    pub fn on_event(mut self, listener: impl Fn(&Event<'_>) + Send + Sync + 'static) -> Self {
        self.listener = Some(Listener(Arc::new(listener)));
        self
    }

    fn new(work: Work) -> Self {
        Self {
            work,
            id: None,
            caller: None,
            context: None,
            deadline_ms: None,
            listener: None,
        }
    }
}

/// How a run ended.
///
/// ```
/// use airs_runtime::{Code, Report, Request, Runtime};
///
/// let runtime = Runtime::builder().build()?;
/// let Report { run, attempts, result, .. } = runtime.perform_blocking(Request::view("/accounts/alice/usd"));
/// let error = result.expect_err("nothing is bound there");
/// assert_eq!(error.code(), Code::Unbound);
/// println!("{run} failed after {attempts} attempts: {error}");
/// # Ok::<(), airs_runtime::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Report {
    /// The run's id, a ULID.
    pub run: String,
    /// How many attempts it took; 0 when it could not be begun.
    pub attempts: u32,
    /// Whether the answer is that of an earlier run with the same id: nothing was done this time.
    pub replayed: bool,
    /// Its answer, committed; or why nothing of it remains.
    pub result: Result<Answer>,
}
