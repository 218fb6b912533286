//! What happens in a runtime.

use airs::Code;

/// Something that has happened in a test's runtime.
///
/// ```no_run
/// use airs_testing::{Event, Runtime};
///
/// # fn main() -> airs::Result<()> {
/// let runtime = Runtime::new()?;
/// // …
/// let denied = |event: &Event| matches!(event, Event::Denied(denied) if denied.component == "ledger");
/// assert!(!runtime.events()?.iter().any(denied));
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Event {
    /// A component was put into service.
    Loaded(Loaded),
    /// A component was not put into service.
    Refused(Refused),
    /// A component was taken out of service.
    Unloaded(Unloaded),
    /// A component wrote a line, or logged it.
    Log(Log),
    /// A component was refused what it was not granted.
    Denied(Denied),
    /// A driver has brought what it has stored to a new schema.
    Migrated(Migrated),
    /// A run has ended.
    RunEnded(RunEnded),
    /// Something that this version has no words for.
    Other,
}

/// A component that was put into service.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Loaded {
    /// The component's name.
    pub component: String,
    /// Which generation of that name.
    pub generation: u64,
}

/// A component that was not put into service.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Refused {
    /// The component's name.
    pub component: String,
    /// The code of what was wrong.
    pub failure: Code,
    /// What was wrong.
    pub message: String,
}

/// A component that was taken out of service.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Unloaded {
    /// The component's name.
    pub component: String,
    /// Which generation of that name.
    pub generation: u64,
}

/// A line that a component wrote, or logged.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Log {
    /// The component's name.
    pub component: String,
    /// The run in which it did.
    pub run: String,
    /// The attempt of the run, from 1.
    pub attempt: u32,
    /// The line without its end.
    pub line: String,
}

/// What a component was refused.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Denied {
    /// The component's name.
    pub component: String,
    /// The run in which it was.
    pub run: String,
    /// The attempt of the run, from 1.
    pub attempt: u32,
    /// What it would have needed, such as `http`.
    pub capability: String,
    /// What was refused, and why.
    pub message: String,
}

/// What a driver has stored, brought to a new schema.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Migrated {
    /// The context's name.
    pub context: String,
    /// The driver's name.
    pub driver: String,
    /// The schema version before.
    pub from: u32,
    /// The schema version after.
    pub to: u32,
}

/// A run that has ended.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct RunEnded {
    /// The context's name: the same id in another one is another run.
    pub context: String,
    /// The run's id.
    pub run: String,
    /// What ran: the program's name, or `bind`, `view` and so on.
    pub what: String,
    /// Who it acted for.
    pub caller: String,
    /// How many attempts it took.
    pub attempts: u32,
    /// Whether it was answered with what an earlier run with its id had answered.
    pub replayed: bool,
    /// Its error's code, unless it was committed.
    pub failure: Option<Code>,
}
