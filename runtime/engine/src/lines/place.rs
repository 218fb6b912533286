//! A place in the source of a component.

use std::fmt;

/// A place in the source, and the function that it is in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    /// None when only the component's own name for it is known.
    pub(crate) function: Option<String>,
    pub(crate) file: String,
    pub(super) line: u32,
    pub(super) column: u32,
}

impl Place {
    /// `FILE:LINE`.
    pub(crate) fn line_in_file(&self) -> String {
        format!("{}:{}", self.file, self.line)
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.line_in_file(), self.column)
    }
}

/// The name of a function as its author knows it.
pub(crate) fn readable(name: &str) -> String {
    format!("{:#}", rustc_demangle::demangle(name))
}
