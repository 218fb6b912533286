//! Who may stand before the calls of components.

use crate::{Error, Kind, Name};

/// A call of a component that is about to be made.
///
/// An example is at [`Interposer`].
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct GuestCall<'a> {
    /// What the component is.
    pub kind: Kind,
    /// Its name.
    pub component: &'a Name,
    /// The function: `run` of a program, and of a driver `bind`, `unbind`, `intend`, `view`, `transfer`, `control`,
    /// `done` or `migrate`.
    pub function: &'a str,
    /// The run that makes it.
    pub run: &'a str,
    /// The attempt of the run, from 1.
    pub attempt: u32,
}

impl<'a> GuestCall<'a> {
    /// A call of a function of a component.
    pub const fn new(kind: Kind, component: &'a Name, function: &'a str) -> Self {
        Self {
            kind,
            component,
            function,
            run: "",
            attempt: 1,
        }
    }

    /// The same call, of an attempt of a run.
    #[must_use]
    pub const fn of(mut self, run: &'a str, attempt: u32) -> Self {
        (self.run, self.attempt) = (run, attempt);
        self
    }
}

/// What becomes of a call.
///
/// An example is at [`Interposer`].
#[derive(Clone, Debug)]
pub enum Interposed {
    /// It is made.
    Passed,
    /// It is not made: the component is taken to have answered with this error. The run may go on.
    Refused(Error),
    /// It is not made: the component is taken to have trapped, or to have met a limit, with this error. The run ends.
    Fault(Error),
}

/// Asked before each call of a component whether it is made: an operator's switch for a driver that must not be used
/// now, or a test's for what happens when one fails.
///
/// It is asked where guests execute, while they wait, and must answer at once.
///
/// ```
/// use std::sync::atomic::{AtomicBool, Ordering};
/// use airs_core::{Code, Error, GuestCall, Interposed, Interposer, Kind};
///
/// /// Nothing is moved while the books are closed.
/// struct Books { closed: AtomicBool }
///
/// impl Interposer for Books {
///     fn before(&self, call: &GuestCall<'_>) -> Interposed {
///         if call.function == "transfer" && self.closed.load(Ordering::Relaxed) {
///             return Interposed::Refused(Error::new(Code::Rejected, "the books are closed"));
///         }
///         Interposed::Passed
///     }
/// }
///
/// let books = Books { closed: true.into() };
/// let ledger = "ledger".parse()?;
/// let transfer = GuestCall::new(Kind::Driver, &ledger, "transfer");
/// assert!(matches!(books.before(&transfer), Interposed::Refused(_)));
/// # Ok::<(), airs_core::NameError>(())
/// ```
pub trait Interposer: Send + Sync {
    /// What becomes of a call that is about to be made.
    fn before(&self, call: &GuestCall<'_>) -> Interposed;
}
