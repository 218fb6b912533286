//! What is to go wrong.

use airs::Error;
use serde::Serialize;

/// Something that is to go wrong in a test's runtime, once unless said.
///
/// ```no_run
/// use airs::{Code, json};
/// use airs_testing::{Fault, Loss, Runtime};
///
/// # fn main() -> airs::Result<()> {
/// # let (runtime, order) = (Runtime::new()?, json!(null));
/// let alice = runtime.caller("alice");
/// // The second transfer from now on traps, and the run with it.
/// runtime.inject(Fault::trap("ledger", "transfer").after(1))?;
/// // The commit after that one's answer is lost: the run cannot know whether it was committed.
/// runtime.inject(Fault::commit(Loss::Answer))?;
/// assert_eq!(alice.run("payment", order).unwrap_err().code, Code::OutcomeUnknown);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
#[must_use = "a fault happens once it is injected"]
pub struct Fault(Injected);

/// The same, as it is said over the pipe.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Injected {
    place: Place,
    way: Way,
    after: u32,
    times: u32,
}

#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
enum Place {
    /// Before a function of a component is called.
    Call { component: String, function: String },
    /// When a driver reads what is stored: any, or this one.
    Read { driver: Option<String> },
    /// When a run is committed.
    Commit,
    /// When a URL is asked.
    Http { url: String },
}

#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
enum Way {
    Trap,
    Refuse(Error),
    Unavailable,
    Full,
    Corrupt,
    Conflict,
    Lost,
    AnswerLost,
    Unreachable,
    Late,
}

/// How a commit goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Loss {
    /// It is refused: the state cannot be reached, and nothing is written.
    Unavailable,
    /// It is refused: no space is left, and nothing is written.
    Full,
    /// Another run was faster: the run is attempted again.
    Conflict,
    /// It is not carried out, and nobody learns of that.
    Commit,
    /// It is carried out, and nobody learns of that.
    Answer,
}

impl Fault {
    /// A component traps where one of its functions is called: `run` of a program; of a driver `bind`, `unbind`,
    /// `intend`, `view`, `transfer`, `control` or `done`. The run ends, and nothing of it remains.
    pub fn trap(component: &str, function: &str) -> Self {
        Self::call(component, function, Way::Trap)
    }

    /// A component answers with an error where one of its functions is called, as in [`trap`](Self::trap). The
    /// program, if it called, gets that and may go on.
    pub fn refuse(component: &str, function: &str, error: Error) -> Self {
        Self::call(component, function, Way::Refuse(error))
    }

    /// A driver, whichever it is, cannot read what is stored.
    ///
    /// Each key that it asks for is one read, and each page of a search; what an attempt has read or written before is
    /// not read again. What the host reads for itself, such as bindings, is none.
    pub fn read() -> Self {
        Self::at(Place::Read { driver: None }, Way::Unavailable)
    }

    /// This driver cannot read what is stored; [`read`](Self::read) says what a read is.
    pub fn read_of(driver: &str) -> Self {
        let driver = Some(driver.to_owned());
        Self::at(Place::Read { driver }, Way::Unavailable)
    }

    /// What a driver reads, whichever it is, is damaged; [`read`](Self::read) says what a read is.
    pub fn corrupt() -> Self {
        Self::at(Place::Read { driver: None }, Way::Corrupt)
    }

    /// What this driver reads is damaged; [`read`](Self::read) says what a read is.
    pub fn corrupt_of(driver: &str) -> Self {
        let driver = Some(driver.to_owned());
        Self::at(Place::Read { driver }, Way::Corrupt)
    }

    /// The server of a URL cannot be reached.
    pub fn unreachable(url: &str) -> Self {
        let url = url.to_owned();
        Self::at(Place::Http { url }, Way::Unreachable)
    }

    /// The server of a URL does not answer in time. Nobody waits for that in a test.
    pub fn late(url: &str) -> Self {
        let url = url.to_owned();
        Self::at(Place::Http { url }, Way::Late)
    }

    /// A commit goes wrong: each attempt that has written something ends with one.
    pub fn commit(loss: Loss) -> Self {
        let way = match loss {
            Loss::Unavailable => Way::Unavailable,
            Loss::Full => Way::Full,
            Loss::Conflict => Way::Conflict,
            Loss::Commit => Way::Lost,
            Loss::Answer => Way::AnswerLost,
        };
        Self::at(Place::Commit, way)
    }

    /// The same fault, after so many times at which it could have happened and did not.
    pub fn after(mut self, times: u32) -> Self {
        self.0.after = times;
        self
    }

    /// The same fault, so many times in a row.
    pub fn times(mut self, times: u32) -> Self {
        self.0.times = times;
        self
    }

    fn call(component: &str, function: &str, way: Way) -> Self {
        let (component, function) = (component.to_owned(), function.to_owned());
        Self::at(Place::Call { component, function }, way)
    }

    const fn at(place: Place, way: Way) -> Self {
        Self(Injected {
            place,
            way,
            after: 0,
            times: 1,
        })
    }

    pub(crate) fn injected(&self) -> &Injected {
        &self.0
    }
}
