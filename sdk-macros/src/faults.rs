//! What is wrong with the author's code, collected.

use std::fmt::Display;

use quote::ToTokens;
use syn::{Error, Result};

/// What is wrong at the author's tokens, and what to do about it.
///
/// A macro of a stable compiler has one message for both; the compiler indents the lines after its first.
pub(crate) fn fault(place: impl ToTokens, what: impl Display, help: impl Display) -> Error {
    Error::new_spanned(place, format!("{what}\nhelp: {help}"))
}

/// Everything that was found, to be reported at once.
#[derive(Default)]
pub(crate) struct Faults(Option<Error>);

impl Faults {
    /// Reports what is wrong at the author's tokens, and what to do about it.
    pub(crate) fn at(&mut self, place: impl ToTokens, what: impl Display, help: impl Display) {
        self.add(fault(place, what, help));
    }

    pub(crate) fn add(&mut self, error: Error) {
        match &mut self.0 {
            Some(all) => all.combine(error),
            none => *none = Some(error),
        }
    }

    /// The value, or everything that was found.
    pub(crate) fn or<T>(self, value: T) -> Result<T> {
        self.0.map_or(Ok(value), Err)
    }
}
