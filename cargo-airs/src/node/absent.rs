//! What is not in service, and why.

use std::fmt;

use airs_core::{Kind, Name};

use crate::error::Failure;

/// A component of the project that is not in service.
pub(crate) struct Absent {
    pub(crate) kind: Kind,
    pub(crate) name: Name,
    /// Why it is not.
    pub(crate) why: Failure,
}

/// What is said of one that cannot be used, when others can.
impl fmt::Display for Absent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { kind, name, why } = self;
        let prefix = format!("{kind} {name}: ");
        let message = why.message();
        let message = message.strip_prefix(&prefix).unwrap_or(message);
        write!(f, "{kind} {name} is not in service: {message}")?;
        let mut hints = why.hints().iter();
        hints.try_for_each(|hint| write!(f, "; {hint}"))
    }
}
