//! The one error that crosses layers.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use crate::{Code, harmless};

/// A result whose error is an airs [`Error`].
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// As much of a message is kept, and of a hint: a guest's own may be as long as what it hands over at once.
const TEXT_BYTES_MAX: usize = 16 << 10;

type Cause = Arc<dyn std::error::Error + Send + Sync>;

/// A failure with a stable code, a text for people, and where it helps a hint.
///
/// The message is a lower-case fragment that says what failed and on what; it never holds a secret.
/// What a backend or the engine said underneath is kept as [`source`](std::error::Error::source). Parts of a message
/// come from strangers, such as a guest: it is [`harmless`], and so is the hint, and of each 16 KiB are kept.
///
/// ```
/// use airs_core::{Code, Error};
///
/// let error = Error::new(Code::Denied, "bob has no right to debit /accounts/alice/usd");
/// let error = error.hint("only its owner, alice, may take value out of it");
/// assert_eq!(error.code().as_str(), "denied");
/// ```
///
/// One word large: results are moved through every layer, and most are no errors.
#[derive(Clone)]
pub struct Error(Box<Inner>);

#[derive(Clone, Debug)]
struct Inner {
    code: Code,
    message: String,
    hint: Option<String>,
    cause: Option<Cause>,
}

impl Error {
    /// An error with a code and a message.
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        Self(Box::new(Inner {
            code,
            message: shown(message.into()),
            hint: None,
            cause: None,
        }))
    }

    /// The same error, saying also what could be done about it.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.0.hint = Some(shown(hint.into()));
        self
    }

    /// The same error, keeping what caused it.
    #[must_use]
    pub fn caused_by(mut self, cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        self.0.cause = Some(Arc::from(cause.into()));
        self
    }

    /// The same error with `prefix: ` before its message: where it happened.
    #[must_use]
    pub fn within(mut self, prefix: impl fmt::Display) -> Self {
        self.0.message = shown(format!("{prefix}: {}", self.0.message));
        self
    }

    /// Why, for programs.
    pub fn code(&self) -> Code {
        self.0.code
    }

    /// Why, for people.
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// What could be done about it.
    pub fn hint_text(&self) -> Option<&str> {
        self.0.hint.as_deref()
    }
}

fn shown(mut text: String) -> String {
    if text.len() > TEXT_BYTES_MAX {
        text.truncate(text.floor_char_boundary(TEXT_BYTES_MAX));
        text.push('…');
    }
    match harmless(&text) {
        Cow::Borrowed(_) => text,
        Cow::Owned(clean) => clean,
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl PartialEq for Error {
    fn eq(&self, other: &Self) -> bool {
        (self.0.code, &self.0.message, &self.0.hint) == (other.0.code, &other.0.message, &other.0.hint)
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.message)
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.0
            .cause
            .as_deref()
            .map(|cause| cause as &(dyn std::error::Error + 'static))
    }
}

#[cfg(test)]
mod tests {
    use super::Error;
    use crate::Code;

    #[test]
    fn what_a_stranger_says_drives_no_terminal() {
        let error = Error::new(Code::Rejected, "no\u{1b}[2J")
            .within("a\r")
            .hint("\u{7}");
        assert_eq!(error.message(), "a\\r: no\\u{1b}[2J");
        assert_eq!(error.hint_text(), Some("\\u{7}"));
    }

    #[test]
    fn what_a_stranger_says_comes_to_an_end() {
        let long = "ü".repeat(1 << 20);
        let error = Error::new(Code::Rejected, long.as_str())
            .hint(long.as_str())
            .within("a");
        assert!(
            error.message().len() < (16 << 10) + 8,
            "{}",
            error.message().len()
        );
        assert!(error.message().ends_with('…'));
        assert!(error.hint_text().unwrap().len() < (16 << 10) + 8);
    }
}
