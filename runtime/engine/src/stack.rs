//! Where a guest was when it failed.

use std::fmt;

use wasmtime::{FrameInfo, WasmBacktrace};

use crate::lines::{Lines, Place, readable};

/// The functions that a guest was in, the innermost first, and why it went no further.
///
/// The lines of source are looked up when somebody reads it, and that is hardly ever on a guest's thread.
#[derive(Debug)]
pub(crate) struct Stack {
    why: String,
    /// Each with where its instruction stands in the component.
    functions: Vec<(String, Option<usize>)>,
    lines: Lines,
}

impl Stack {
    pub(crate) fn of(error: &wasmtime::Error, lines: &Lines) -> Option<Self> {
        let functions = error.downcast_ref::<WasmBacktrace>()?.frames().iter();
        let named = |frame: &FrameInfo| match frame.func_name() {
            Some(name) => readable(name),
            None => format!("function {}", frame.func_index()),
        };
        Some(Self {
            why: error.root_cause().to_string(),
            functions: functions
                .map(|frame| (named(frame), frame.module_offset()))
                .collect(),
            lines: lines.clone(),
        })
    }

    /// The innermost line that is the author's: neither the standard library's nor a dependency's.
    pub(crate) fn own_line(&self) -> Option<Place> {
        let foreign = |file: &str| {
            file.contains("/rustc/") || file.contains("/registry/src/") || file.contains("/library/")
        };
        let mut own = self
            .lines()
            .into_iter()
            .flatten()
            .filter(|place| !foreign(&place.file));
        own.next()
    }

    /// The lines of each function that has a place.
    fn lines(&self) -> Vec<Vec<Place>> {
        let places: Vec<usize> = self.functions.iter().filter_map(|(_, at)| *at).collect();
        self.lines.of_instructions(&places)
    }
}

impl fmt::Display for Stack {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.why)?;
        let mut lines = self.lines().into_iter();
        for (number, (name, at)) in self.functions.iter().enumerate() {
            let places = at.and_then(|_| lines.next()).unwrap_or_default();
            if places.is_empty() {
                write!(f, "\n{number:>4}: {name}")?;
            }
            for place in places {
                let name = place.function.as_ref().unwrap_or(name);
                write!(f, "\n{number:>4}: {name}\n        at {place}")?;
            }
        }
        Ok(())
    }
}

impl std::error::Error for Stack {}
