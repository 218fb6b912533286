//! Names of variables of an environment.

use std::fmt;
use std::str::FromStr;

/// The name of a variable that a component may read: ASCII letters, digits and `_`, not beginning with a digit.
///
/// ```
/// use airs_core::VariableName;
///
/// assert_eq!("RATES_KEY".parse::<VariableName>()?.as_str(), "RATES_KEY");
/// assert!("RATES-KEY".parse::<VariableName>().is_err());
/// # Ok::<(), airs_core::VariableNameError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct VariableName(String);

/// What is wrong with a would-be name of a variable.
///
/// ```
/// use airs_core::{VariableName, VariableNameError};
///
/// assert_eq!("1ST".parse::<VariableName>(), Err(VariableNameError));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("it has 1 to 128 letters, digits and _, and does not begin with a digit")]
pub struct VariableNameError;

impl VariableName {
    /// The longest name; nobody types longer ones.
    pub const BYTES_MAX: usize = 128;

    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for VariableName {
    type Err = VariableNameError;

    fn from_str(text: &str) -> Result<Self, VariableNameError> {
        let fits = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
        let begins_well = text.bytes().next().is_some_and(|byte| !byte.is_ascii_digit());
        if begins_well && text.len() <= Self::BYTES_MAX && text.bytes().all(fits) {
            return Ok(Self(text.to_owned()));
        }
        Err(VariableNameError)
    }
}

impl std::borrow::Borrow<str> for VariableName {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for VariableName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}
