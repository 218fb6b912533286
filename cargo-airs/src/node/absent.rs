//! What is not in service, and why.

use std::fmt;

use airs_runtime::{Kind, Name};

use crate::error::Failure;

/// A component of the project that is not in service.
pub(crate) struct Absent {
    pub(crate) kind: Kind,
    pub(crate) name: Name,
    /// Why it is not.
    pub(crate) why: Failure,
}

impl Absent {
    /// Whether a run says that it is not in service.
    pub(crate) fn is_missed_in(&self, said: &str) -> bool {
        let Self { kind, name, .. } = self;
        said.contains(&format!("{kind} {:?}, bound at ", name.as_str()))
    }

    /// Why a run has failed that needs it: for its own reason, such as a capability that it is not granted.
    pub(crate) fn missed(&self, said: &str) -> Failure {
        let why = self.why();
        let failure = Failure::new(self.why.reason(), format!("{said}: {why}"));
        self.why.hints().iter().cloned().fold(failure, Failure::hint)
    }

    /// Without the name, which was said before.
    fn why(&self) -> &str {
        let message = self.why.message();
        let prefix = format!("{} {}: ", self.kind, self.name);
        message.strip_prefix(&prefix).unwrap_or(message)
    }
}

/// What is said of one that cannot be used, when others can.
impl fmt::Display for Absent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { kind, name, why } = self;
        write!(f, "{kind} {name} is not in service: {}", self.why())?;
        let mut hints = why.hints().iter();
        hints.try_for_each(|hint| write!(f, "; {hint}"))
    }
}
