//! Pieces of JSON text.

mod place;

use std::{
    fmt,
    hash::{Hash, Hasher},
    str::FromStr,
};

use serde::{Deserialize, Serialize, de::DeserializeOwned};

use crate::{Error, Result};

/// A piece of JSON text: what a person types, and what is shown to one.
///
/// The text is looked at when it is parsed, not before.
///
/// ```
/// use airs::Json;
///
/// let json = Json::from(r#"{"amount": 5}"#);
/// let error = json.parse::<Vec<u8>>().unwrap_err();
/// assert_eq!(error.code, airs::Code::InvalidInput);
/// ```
#[derive(Clone, Debug)]
pub struct Json {
    text: String,
    /// What errors call it; to nothing else does it make a difference.
    what: &'static str,
}

impl Json {
    /// The JSON form of a value.
    ///
    /// # Errors
    /// [`Code::Internal`](crate::Code::Internal) when the value has none: a map whose keys are no
    /// strings, or a `Serialize` that fails.
    ///
    /// ```
    /// assert_eq!(airs::Json::of(&[1, 2])?.as_str(), "[1,2]");
    /// # Ok::<(), airs::Error>(())
    /// ```
    pub fn of<T: Serialize + ?Sized>(value: &T) -> Result<Self> {
        serde_json::to_string(value)
            .map(Self::from)
            .map_err(|error| Error::internal(format!("no JSON form: {error}")))
    }

    /// The value that the text is the JSON form of.
    ///
    /// # Errors
    /// [`Code::InvalidInput`](crate::Code::InvalidInput) when the text is not JSON or does not fit; the
    /// message says why, in which field, and at which line and column.
    ///
    /// ```
    /// let numbers: Vec<u8> = airs::Json::from("[1, 2]").parse()?;
    /// assert_eq!(numbers, [1, 2]);
    /// # Ok::<(), airs::Error>(())
    /// ```
    pub fn parse<T: DeserializeOwned>(&self) -> Result<T> {
        read(self.what, &self.text)
    }

    /// What a caller gave.
    pub(crate) fn input(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            what: "the input",
        }
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The text.
    pub fn into_string(self) -> String {
        self.text
    }
}

/// The value that a text is the JSON form of; `what` is what an error calls the text.
pub(crate) fn read<'de, T: Deserialize<'de>>(what: &str, text: &'de str) -> Result<T> {
    serde_json::from_str(text).map_err(|error| {
        let field = place::field_at(text, error.line(), error.column());
        Error::invalid_input(if field.is_empty() || error.is_syntax() {
            format!("{what} does not fit: {error}")
        } else {
            format!("{what} does not fit: `{field}`: {error}")
        })
    })
}

impl PartialEq for Json {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl Eq for Json {}

impl Hash for Json {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.text.hash(state);
    }
}

impl From<&str> for Json {
    fn from(text: &str) -> Self {
        text.to_owned().into()
    }
}

impl From<String> for Json {
    fn from(text: String) -> Self {
        Self {
            text,
            what: "the JSON",
        }
    }
}

impl From<serde_json::Value> for Json {
    fn from(value: serde_json::Value) -> Self {
        value.to_string().into()
    }
}

impl FromStr for Json {
    type Err = std::convert::Infallible;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(Self::from(text))
    }
}

impl fmt::Display for Json {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.text)
    }
}
