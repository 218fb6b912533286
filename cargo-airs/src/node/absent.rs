//! What is not in service, and why.

use std::fmt;

use airs_runtime::ComponentExplained;

use crate::error::Failure;

/// A component of the project that is not in service.
pub(crate) struct Absent {
    /// What would apply, were it.
    pub(crate) explained: ComponentExplained,
    /// Why it is not.
    pub(crate) why: Failure,
}

/// What is said of one that cannot be used, when others can.
impl fmt::Display for Absent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ComponentExplained { kind, name, .. } = &self.explained;
        let prefix = format!("{kind} {name}: ");
        let why = self.why.message();
        let why = why.strip_prefix(&prefix).unwrap_or(why);
        write!(f, "{kind} {name} is not in service: {why}")?;
        let mut hints = self.why.hints().iter();
        hints.try_for_each(|hint| write!(f, "; {hint}"))
    }
}
