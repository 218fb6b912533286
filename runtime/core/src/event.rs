//! What a runtime reports.

use std::fmt;
use std::sync::Arc;

use crate::{Capability, Code, Name};

/// What a component is.
///
/// ```
/// use airs_core::Kind;
///
/// assert_eq!(format!("no {} of that name", Kind::Program), "no program of that name");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    /// Gives data a meaning.
    Driver,
    /// Holds a user's workflow.
    Program,
}

impl Kind {
    /// `driver` or `program`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Driver => "driver",
            Self::Program => "program",
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// Where the code of a component came from.
///
/// ```
/// use airs_core::CodeSource;
///
/// assert_eq!(CodeSource::Cache.as_str(), "cache");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum CodeSource {
    /// It was compiled before, and kept.
    Cache,
    /// This process has compiled it.
    Here,
    /// A process of its own has compiled it.
    Process,
}

impl CodeSource {
    /// `cache`, `here` or `process`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Cache => "cache",
            Self::Here => "here",
            Self::Process => "process",
        }
    }
}

impl fmt::Display for CodeSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// Everything that a runtime reports, to whoever listens.
///
/// ```
/// use airs_core::Event;
///
/// /// What went wrong, for an operator's log.
/// fn note(event: &Event<'_>) -> Option<String> {
///     match event {
///         Event::RunEnded { run, what, failure: Some(code), .. } => Some(format!("{run} {what}: {code}")),
///         Event::Log { component, line, .. } if line.contains("panicked") => Some(format!("{component}: {line}")),
///         _ => None,
///     }
/// }
/// # let context = "local".parse().unwrap();
/// # let event = Event::RunEnded { context: &context, run: "1", what: "view", caller: "alice", attempts: 1, replayed: false, failure: None };
/// # assert_eq!(note(&event), None);
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Event<'a> {
    /// There is code of a component, to be put into service or to be called.
    Compiled {
        /// The sha256 of its bytes, in hexadecimal.
        digest: &'a str,
        /// Where the code came from.
        source: CodeSource,
    },
    /// Code that was kept was not taken, or code could not be kept. The component was compiled instead, and all is well
    /// but for the time; unless it goes on.
    CodeCacheFault {
        /// The sha256 of the component's bytes, in hexadecimal.
        digest: &'a str,
        /// What is wrong.
        message: &'a str,
    },
    /// A component was put into service.
    Loaded {
        /// What it is.
        kind: Kind,
        /// Under which name.
        name: &'a Name,
        /// Which generation of that name.
        generation: u64,
        /// The sha256 of its bytes, in hexadecimal.
        digest: &'a str,
    },
    /// A component was not put into service; what was there before still is. The answer to who asked for it is the same.
    Refused {
        /// What it is.
        kind: Kind,
        /// Under which name it would have been.
        name: &'a Name,
        /// The sha256 of its bytes, in hexadecimal.
        digest: &'a str,
        /// Why, for programs: [`Code::UngrantedCapability`] when it was not granted what it declares.
        failure: Code,
        /// Why, for people.
        message: &'a str,
    },
    /// A component was taken out of service; runs that hold it finish with it.
    Unloaded {
        /// What it was.
        kind: Kind,
        /// Under which name.
        name: &'a Name,
        /// Which generation of that name.
        generation: u64,
    },
    /// A component wrote a line to its standard output or error, or logged it.
    Log {
        /// The context's name; none of a call from outside of any.
        context: Option<&'a Name>,
        /// The component's name.
        component: &'a Name,
        /// The run, or the call, in which it did.
        run: &'a str,
        /// The attempt of the run, from 1.
        attempt: u32,
        /// The line without its end; control characters are escaped.
        line: &'a str,
    },
    /// A component was refused what it was not granted. It outlives the run, whatever comes of that, and is in the
    /// context's record by now.
    Denied {
        /// The context, in whose record it is kept; none of a call from outside of any, which is in no record.
        context: Option<&'a Name>,
        /// The component's name.
        component: &'a Name,
        /// The run in which it was, or the call.
        run: &'a str,
        /// The attempt of the run, from 1.
        attempt: u32,
        /// What it would have needed.
        capability: Capability,
        /// What was refused, and why. It holds nothing that may be a secret.
        message: &'a str,
    },
    /// A denial could not be recorded: told right before the denial itself.
    RecordFault {
        /// The context's name.
        context: &'a Name,
        /// What is wrong.
        message: &'a str,
    },
    /// What a driver has stored in a context was brought to the schema of a new generation, which is put into service
    /// next.
    Migrated {
        /// The context's name.
        context: &'a Name,
        /// The driver's name.
        driver: &'a Name,
        /// The new generation.
        generation: u64,
        /// The schema version before; 0 when none was ever noted.
        from: u32,
        /// The schema version after.
        to: u32,
    },
    /// A run is to be committed, and waits because another process owns the state of its context.
    OwnerAwaited {
        /// The context's name.
        context: &'a Name,
        /// The run that waits, or the migration.
        run: &'a str,
    },
    /// A call of a component's function from outside of any run ended.
    Called {
        /// The call's id.
        call: &'a str,
        /// The component's name.
        component: &'a Name,
        /// The function, as it was asked for.
        function: &'a str,
        /// Its error, unless it has a result.
        failure: Option<Code>,
    },
    /// A run that had begun has ended; told once, however it ended.
    RunEnded {
        /// The context's name: the same id in another one is another run.
        context: &'a Name,
        /// The run's id.
        run: &'a str,
        /// What ran: the program's name, or `bind`, `view` and so on.
        what: &'a str,
        /// Who it acted for.
        caller: &'a str,
        /// How many attempts it took.
        attempts: u32,
        /// Whether it was answered with what an earlier run with its id had answered.
        replayed: bool,
        /// Its error, unless it was committed: [`Code::Cancelled`] when it was given up, or
        /// [`Code::OutcomeUnknown`] when that was while it was being committed.
        failure: Option<Code>,
    },
}

/// Who is told of what happens.
pub type Observer = Arc<dyn Fn(&Event<'_>) + Send + Sync>;
