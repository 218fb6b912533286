//! What happens in a runtime.

use serde::Deserialize;

/// Something that has happened in a test's runtime.
///
/// ```no_run
/// use airs_testing::{Event, Runtime};
///
/// # fn main() -> airs::Result<()> {
/// let runtime = Runtime::new()?;
/// // …
/// let denied = |event: &Event| matches!(event, Event::Denied { component, .. } if component == "ledger");
/// assert!(!runtime.events()?.iter().any(denied));
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Event {
    /// A component was put into service.
    Loaded {
        /// The component's name.
        component: String,
        /// Which generation of that name.
        generation: u64,
    },
    /// A component wrote a line, or logged it.
    Log {
        /// The component's name.
        component: String,
        /// The run in which it did.
        run: String,
        /// The attempt of the run, from 1.
        attempt: u32,
        /// The line without its end.
        line: String,
    },
    /// A component was refused what it was not granted.
    Denied {
        /// The component's name.
        component: String,
        /// The run in which it was.
        run: String,
        /// What it would have needed, such as `http`.
        capability: String,
        /// What was refused, and why.
        message: String,
    },
    /// A driver has brought what it has stored to a new schema.
    Migrated {
        /// The context's name.
        context: String,
        /// The driver's name.
        #[serde(rename = "component")]
        driver: String,
        /// The schema version before.
        from: u32,
        /// The schema version after.
        to: u32,
    },
    /// A run has ended.
    RunEnded {
        /// The run's id.
        run: String,
        /// What ran: the program's name, or `bind`, `view` and so on.
        what: String,
        /// Who it acted for.
        caller: String,
        /// How many attempts it took.
        attempts: u32,
        /// Whether it was answered with what an earlier run with its id had answered.
        replayed: bool,
        /// Its error's code, unless it was committed.
        failure: Option<String>,
    },
    /// Something that this version has no words for.
    #[serde(other)]
    Other,
}
