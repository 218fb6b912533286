//! The error that a person sees.

use std::fmt;

use airs_runtime::Code;

use crate::exit::Exit;

pub(crate) type Result<T, E = Failure> = std::result::Result<T, E>;

/// Why a command failed: which kind of failure, a text for people, what could be done, and what was
/// underneath.
#[derive(Debug)]
pub(crate) struct Failure {
    reason: Reason,
    exit: Exit,
    message: String,
    hints: Vec<String>,
    causes: Vec<String>,
}

/// The kind of a failure, for programs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reason {
    /// A code of the closed list that WIT and every API share.
    Airs(Code),
    /// The command line itself is wrong.
    Usage,
    /// The compiler, or a check of what it made, failed.
    BuildFailed,
    /// A test failed.
    TestsFailed,
    /// A file, a folder or another tool could not be used.
    Unavailable,
    /// `doctor` has found something that does not work.
    FaultsFound,
    /// Ctrl-C.
    Interrupted,
}

impl Reason {
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Airs(code) => code.as_str(),
            Self::Usage => "usage",
            Self::BuildFailed => "build-failed",
            Self::TestsFailed => "tests-failed",
            Self::Unavailable => "unavailable",
            Self::FaultsFound => "faults-found",
            Self::Interrupted => "interrupted",
        }
    }

    /// The exit code, unless the command knows better.
    const fn exit(self) -> Exit {
        match self {
            Self::Usage => Exit::Usage,
            Self::BuildFailed => Exit::BuildFailed,
            Self::TestsFailed => Exit::Refused,
            Self::Unavailable => Exit::Unavailable,
            Self::FaultsFound => Exit::Refused,
            Self::Interrupted => Exit::Interrupted,
            Self::Airs(code) => match code {
                Code::InvalidInput
                | Code::InvalidPath
                | Code::InvalidName
                | Code::NotFound
                | Code::Unbound
                | Code::AlreadyBound
                | Code::InvalidComponent
                | Code::WrongWorld
                | Code::UndeclaredCapability
                | Code::UngrantedCapability
                | Code::InvalidConfig => Exit::Usage,
                Code::Internal
                | Code::StorageUnavailable
                | Code::StorageFull
                | Code::StorageCorrupt
                | Code::OutcomeUnknown
                | Code::Busy => Exit::Unavailable,
                _ => Exit::Refused,
            },
        }
    }
}

impl Failure {
    pub(crate) fn new(reason: Reason, message: impl Into<String>) -> Self {
        Self {
            reason,
            exit: reason.exit(),
            message: message.into(),
            hints: Vec::new(),
            causes: Vec::new(),
        }
    }

    /// The command line asks for something that cannot be.
    pub(crate) fn usage(message: impl Into<String>) -> Self {
        Self::new(Reason::Usage, message)
    }

    /// A file or a tool could not be used.
    pub(crate) fn unavailable(message: impl Into<String>) -> Self {
        Self::new(Reason::Unavailable, message)
    }

    pub(crate) fn interrupted() -> Self {
        Self::new(Reason::Interrupted, "interrupted")
    }

    #[must_use]
    pub(crate) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hints.push(hint.into());
        self
    }

    #[must_use]
    pub(crate) fn caused_by(mut self, cause: impl fmt::Display) -> Self {
        self.causes.push(cause.to_string());
        self
    }

    /// The same failure, ending the command with another exit code than its reason suggests.
    #[must_use]
    pub(crate) fn exiting(mut self, exit: Exit) -> Self {
        self.exit = exit;
        self
    }

    /// The same failure with `prefix: ` before its message: where it happened.
    #[must_use]
    pub(crate) fn within(mut self, prefix: impl fmt::Display) -> Self {
        self.message = format!("{prefix}: {}", self.message);
        self
    }

    /// Whether something else was in the way, a disk for one, and what failed may succeed as it is.
    pub(crate) fn may_pass(&self) -> bool {
        use Code::{
            Busy, Cancelled, Internal, OutcomeUnknown, StorageCorrupt, StorageFull, StorageUnavailable,
        };
        let storage = [StorageUnavailable, StorageFull, StorageCorrupt];
        match self.reason {
            Reason::Unavailable | Reason::Interrupted => true,
            Reason::Airs(code) => {
                storage.contains(&code) || [Busy, Cancelled, Internal, OutcomeUnknown].contains(&code)
            }
            _ => false,
        }
    }

    pub(crate) fn reason(&self) -> Reason {
        self.reason
    }

    pub(crate) fn exit(&self) -> Exit {
        self.exit
    }

    pub(crate) fn message(&self) -> &str {
        &self.message
    }

    pub(crate) fn hints(&self) -> &[String] {
        &self.hints
    }

    pub(crate) fn causes(&self) -> &[String] {
        &self.causes
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)?;
        self.causes.iter().try_for_each(|cause| write!(f, ": {cause}"))
    }
}

impl From<airs_runtime::Error> for Failure {
    fn from(error: airs_runtime::Error) -> Self {
        let mut failure = Self::new(Reason::Airs(error.code()), error.message());
        failure.hints.extend(error.hint_text().map(str::to_owned));
        let mut cause = std::error::Error::source(&error);
        while let Some(inner) = cause {
            let text = inner.to_string();
            // Some messages end with their cause already.
            if !failure.message.ends_with(&text) {
                failure.causes.push(text);
            }
            cause = inner.source();
        }
        failure
    }
}

impl From<airs_runtime::PackageError> for Failure {
    fn from(error: airs_runtime::PackageError) -> Self {
        airs_runtime::Error::from(error).into()
    }
}
