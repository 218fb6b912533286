//! Why something failed.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::Code;

/// A result whose error is an [`Error`].
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why something failed: a code for programs, a message for people, and where it helps a hint.
///
/// The message is a lower-case fragment without a full stop that says what failed and on what. It
/// reaches the caller, so it never holds a secret.
///
/// ```
/// use airs::{Code, Error};
///
/// let error = Error::insufficient_funds("12.50 is less than 20.00").hint("pay in first");
/// assert_eq!(error.code, Code::InsufficientFunds);
/// assert_eq!(error.to_string(), "12.50 is less than 20.00");
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Error {
    /// The reason, for programs.
    pub code: Code,
    /// The reason, for people.
    pub message: String,
    /// What could be done about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
}

impl Error {
    /// An error with a code and a message.
    ///
    /// ```
    /// use airs::{Code, Error};
    ///
    /// let error = Error::new(Code::Busy, "the market is closed").hint("it opens at nine");
    /// assert_eq!(error.hint.as_deref(), Some("it opens at nine"));
    /// ```
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
            hint: None,
        }
    }

    /// The same error, saying also what could be done about it.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// [`Code::Denied`]: the caller, or the descriptor, has no right to do this.
    pub fn denied(message: impl Into<String>) -> Self {
        Self::new(Code::Denied, message)
    }

    /// [`Code::InsufficientFunds`]: the asset does not hold enough to take that much out.
    pub fn insufficient_funds(message: impl Into<String>) -> Self {
        Self::new(Code::InsufficientFunds, message)
    }

    /// [`Code::Internal`]: a fault in the host or in the driver, such as data that it cannot have written.
    pub fn internal(message: impl Into<String>) -> Self {
        Self::new(Code::Internal, message)
    }

    /// [`Code::InvalidInput`]: the input is malformed, or does not fit what is expected.
    pub fn invalid_input(message: impl Into<String>) -> Self {
        Self::new(Code::InvalidInput, message)
    }

    /// [`Code::NotFound`]: nothing with that name is there.
    pub fn not_found(message: impl Into<String>) -> Self {
        Self::new(Code::NotFound, message)
    }

    /// [`Code::Overflow`]: a number left the range that it must stay in.
    pub fn overflow(message: impl Into<String>) -> Self {
        Self::new(Code::Overflow, message)
    }

    /// [`Code::Rejected`]: the driver, or the program, refuses for a reason of its own.
    pub fn rejected(message: impl Into<String>) -> Self {
        Self::new(Code::Rejected, message)
    }

    /// [`Code::UnitMismatch`]: the two assets do not hold the same kind of thing.
    pub fn unit_mismatch(message: impl Into<String>) -> Self {
        Self::new(Code::UnitMismatch, message)
    }

    /// [`Code::Unsupported`]: the asset has no such operation.
    pub fn unsupported(message: impl Into<String>) -> Self {
        Self::new(Code::Unsupported, message)
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.message)
    }
}

impl std::error::Error for Error {}
