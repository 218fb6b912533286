//! The closed list of error codes.

use std::fmt;
use std::str::FromStr;

macro_rules! codes {
    ($($(#[doc = $doc:literal])+ $variant:ident = $text:literal,)+) => {
        /// Why something failed, for programs.
        ///
        /// The list is closed and the same in WIT (`airs:types/types.error-code`), on the command line
        /// and in every API; a code never changes its meaning.
        ///
        /// ```
        /// use airs_core::Code;
        ///
        /// assert_eq!(Code::InsufficientFunds.to_string(), "insufficient-funds");
        /// assert_eq!("denied".parse(), Ok(Code::Denied));
        /// ```
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Code {
            $($(#[doc = $doc])+ $variant,)+
        }

        impl Code {
            /// Every code, in the order of the WIT enum.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// The code's text form, such as `insufficient-funds`.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $text,)+
                }
            }
        }
    };
}

codes! {
    /// A fault in the host.
    Internal = "internal",
    /// The caller, or the descriptor, has no right to do this.
    Denied = "denied",
    /// The input is malformed, or does not fit what is expected.
    InvalidInput = "invalid-input",
    /// The path is not an asset path.
    InvalidPath = "invalid-path",
    /// The name of a component, context or caller is not a valid name.
    InvalidName = "invalid-name",
    /// Nothing with that name is there.
    NotFound = "not-found",
    /// Nothing is bound at, or above, that path.
    Unbound = "unbound",
    /// The path is bound already, or lies above or below a binding of somebody else.
    AlreadyBound = "already-bound",
    /// The asset, or the component, has no such operation.
    Unsupported = "unsupported",
    /// The asset does not hold enough to take that much out.
    InsufficientFunds = "insufficient-funds",
    /// The two assets do not hold the same kind of thing.
    UnitMismatch = "unit-mismatch",
    /// A number left the range that it must stay in.
    Overflow = "overflow",
    /// The driver, or the program, refused for a reason of its own.
    Rejected = "rejected",
    /// A transfer between assets of two drivers.
    DifferentDrivers = "different-drivers",
    /// The descriptor was released, belongs to another run, or was never made.
    BadDescriptor = "bad-descriptor",
    /// The component trapped.
    Trap = "trap",
    /// The run took longer than its deadline.
    DeadlineExceeded = "deadline-exceeded",
    /// A limit other than the deadline was reached.
    LimitExceeded = "limit-exceeded",
    /// Other runs changed what this run read, in every attempt.
    Conflict = "conflict",
    /// The run was cancelled from outside.
    Cancelled = "cancelled",
    /// The run id was used for another request.
    IdReused = "id-reused",
    /// The run id is older than the time for which answers are kept.
    IdExpired = "id-expired",
    /// Whether the run was committed could not be learned.
    OutcomeUnknown = "outcome-unknown",
    /// An effect on the outside world inside a run.
    EffectInRun = "effect-in-run",
    /// The bytes are not a component that this host can run.
    InvalidComponent = "invalid-component",
    /// The component does not export, or import, what its kind demands.
    WrongWorld = "wrong-world",
    /// The component needs a capability that its manifest does not declare.
    UndeclaredCapability = "undeclared-capability",
    /// The component declares a capability that the operator did not grant.
    UngrantedCapability = "ungranted-capability",
    /// A manifest or a configuration file is malformed.
    InvalidConfig = "invalid-config",
    /// The state cannot be reached.
    StorageUnavailable = "storage-unavailable",
    /// There is no space left for the state.
    StorageFull = "storage-full",
    /// The state is damaged, or is not one of airs.
    StorageCorrupt = "storage-corrupt",
    /// All places are taken; nothing was attempted.
    Busy = "busy",
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for Code {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        Self::ALL
            .iter()
            .copied()
            .find(|code| code.as_str() == text)
            .ok_or(())
    }
}

#[cfg(test)]
mod tests {
    use super::Code;

    #[test]
    fn every_code_is_read_back_from_its_text() {
        for code in Code::ALL {
            assert_eq!(code.as_str().parse(), Ok(*code));
        }
        assert_eq!("nonsense".parse::<Code>(), Err(()));
    }
}
