//! The closed list of error codes.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

macro_rules! codes {
    ($($(#[doc = $doc:literal])+ $variant:ident = $text:literal,)+) => {
        /// Why something failed, for programs.
        ///
        /// The list is closed and the same everywhere in airs; a code never changes its meaning. Its text
        /// form is what the command line shows and what JSON holds.
        ///
        /// ```
        /// use airs::Code;
        ///
        /// assert_eq!(Code::InsufficientFunds.as_str(), "insufficient-funds");
        /// assert_eq!("denied".parse(), Ok(Code::Denied));
        /// ```
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        pub enum Code {
            $($(#[doc = $doc])+ #[serde(rename = $text)] $variant,)+
        }

        impl Code {
            /// Every code, in the order of the interface definition.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// The code's text form, such as `insufficient-funds`.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $text,)+
                }
            }
        }

        #[cfg(target_family = "wasm")]
        impl From<Code> for crate::bindings::types::ErrorCode {
            fn from(code: Code) -> Self {
                match code {
                    $(Code::$variant => Self::$variant,)+
                }
            }
        }

        #[cfg(target_family = "wasm")]
        impl From<crate::bindings::types::ErrorCode> for Code {
            fn from(code: crate::bindings::types::ErrorCode) -> Self {
                use crate::bindings::types::ErrorCode;
                match code {
                    $(ErrorCode::$variant => Self::$variant,)+
                }
            }
        }
    };
}

codes! {
    /// The answer could not be made because of a fault in the host.
    Internal = "internal",
    /// The caller, or the descriptor, has no right to do this.
    Denied = "denied",
    /// The input is malformed, or does not fit what is expected.
    InvalidInput = "invalid-input",
    /// The path is not an asset path.
    InvalidPath = "invalid-path",
    /// The name, of a component, context or caller, is not a valid name.
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
    /// The driver, or the program, refused for a reason of its own; the message says which.
    Rejected = "rejected",
    /// A transfer between assets of two drivers.
    DifferentDrivers = "different-drivers",
    /// The descriptor was released, belongs to another run, or was never made.
    BadDescriptor = "bad-descriptor",
    /// The component trapped: a panic, an out-of-bounds access, an unreachable instruction.
    Trap = "trap",
    /// The run took longer than its deadline.
    DeadlineExceeded = "deadline-exceeded",
    /// A limit other than the deadline was reached; the message names the limit.
    LimitExceeded = "limit-exceeded",
    /// Other runs changed what this run read, in every attempt.
    Conflict = "conflict",
    /// The run was cancelled from outside.
    Cancelled = "cancelled",
    /// The run id was used for another request.
    IdReused = "id-reused",
    /// The run id is older than the time for which answers are kept.
    IdExpired = "id-expired",
    /// Whether the run was committed could not be learned; asking again with its id settles it.
    OutcomeUnknown = "outcome-unknown",
    /// An effect on the outside world inside a run.
    EffectInRun = "effect-in-run",
    /// The bytes are not a component, or not one that this host can run.
    InvalidComponent = "invalid-component",
    /// The component does not export, or import, what its kind demands.
    WrongWorld = "wrong-world",
    /// The component needs a capability that its manifest does not declare.
    UndeclaredCapability = "undeclared-capability",
    /// The component declares a capability that the operator did not grant.
    UngrantedCapability = "ungranted-capability",
    /// A manifest or a configuration file is malformed.
    InvalidConfig = "invalid-config",
    /// The state cannot be reached: read-only, wrong permissions, an input or output error.
    StorageUnavailable = "storage-unavailable",
    /// There is no space left for the state.
    StorageFull = "storage-full",
    /// The state is damaged, or is not one of airs.
    StorageCorrupt = "storage-corrupt",
    /// All places are taken; nothing was attempted, and trying again later is safe.
    Busy = "busy",
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// The text is not the text form of a [`Code`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnknownCode;

impl fmt::Display for UnknownCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad("not an error code")
    }
}

impl std::error::Error for UnknownCode {}

impl FromStr for Code {
    type Err = UnknownCode;

    fn from_str(text: &str) -> Result<Self, UnknownCode> {
        Self::ALL
            .iter()
            .copied()
            .find(|code| code.as_str() == text)
            .ok_or(UnknownCode)
    }
}

#[cfg(test)]
mod tests {
    use super::Code;

    #[test]
    fn every_code_is_read_back_from_its_text() {
        for code in Code::ALL {
            assert_eq!(code.as_str().parse(), Ok(*code));
            assert_eq!(serde_json::to_value(code).unwrap(), code.as_str());
        }
        assert!("nonsense".parse::<Code>().is_err());
    }

    #[test]
    fn the_codes_are_those_of_the_interface() {
        let wit = include_str!("../../wit/types.wit");
        let (_, list) = wit.split_once("enum error-code {").unwrap();
        let (list, _) = list.split_once('}').unwrap();
        let codes: Vec<&str> = list
            .lines()
            .map(str::trim)
            .filter(|line| !line.is_empty() && !line.starts_with("//"))
            .map(|line| line.trim_end_matches(','))
            .collect();
        assert_eq!(
            codes,
            Code::ALL.iter().map(|code| code.as_str()).collect::<Vec<_>>()
        );
    }
}
