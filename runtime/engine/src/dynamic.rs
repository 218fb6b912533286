//! Values whose types are known only when a component is there: as WAVE, as JSON.

mod json;
mod signature;
mod wave;

pub(crate) use signature::Signature;

use airs_core::{Code, Error, Result};
use wasmtime::component::Val;

/// How arguments and results are written. An example is at [`CallableCode`](crate::CallableCode).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Notation {
    /// The WebAssembly value encoding: `("ada", {x: 1.5, y: -2})`.
    Wave,
    /// JSON, an array of arguments: `["ada", {"x": 1.5, "y": -2}]`.
    Json,
}

impl Notation {
    /// Reads the arguments of a function.
    pub(crate) fn read(self, text: &str, signature: &Signature) -> Result<Vec<Val>> {
        let arguments = match self {
            Self::Wave => wave::read(text, signature),
            Self::Json => json::read(text, signature),
        };
        arguments.map_err(|why| {
            Error::new(Code::InvalidInput, format!("the arguments do not fit: {why}"))
                .hint(format!("it is {signature}"))
        })
    }

    /// Writes a function's result; nothing, or `null`, when it has none.
    pub(crate) fn write(self, result: Option<&Val>) -> Result<String> {
        let written = match self {
            Self::Wave => result.map_or(Some(String::new()), wave::write),
            Self::Json => json::write(result),
        };
        written.ok_or_else(|| Error::new(Code::Unsupported, "the result holds what has no text form"))
    }
}

/// One of what a type names, looked up; the message names what there is otherwise.
fn one_of<'a, T>(what: &str, name: &str, all: impl Iterator<Item = (&'a str, T)>) -> Result<T, String> {
    let mut names = Vec::new();
    for (known, found) in all {
        if known == name {
            return Ok(found);
        }
        if names.len() < NAMES_SHOWN_MAX {
            names.push(known);
        }
    }
    Err(format!(
        "there is no {what} {name:?}; there is {}",
        names.join(", ")
    ))
}

/// The same for names that stand for themselves.
fn known<'a>(what: &str, name: &str, all: impl Iterator<Item = &'a str>) -> Result<(), String> {
    one_of(what, name, all.map(|known| (known, ())))
}

/// Names of fields or cases that a message lists.
const NAMES_SHOWN_MAX: usize = 12;
