//! What `build` reports.

use std::path::Path;

use serde::Serialize;

use super::{seconds, short, size};

/// A component that is built.
#[derive(Debug, Serialize)]
pub(crate) struct Built<'a> {
    pub(crate) name: &'a str,
    pub(crate) kind: &'a str,
    pub(crate) profile: &'a str,
    pub(crate) path: &'a Path,
    /// Where people find it, from where they are.
    #[serde(skip)]
    pub(crate) shown_path: String,
    pub(crate) digest: String,
    pub(crate) size_bytes: u64,
    /// The size before, when it was built before.
    pub(crate) size_bytes_before: Option<u64>,
    /// Nothing had to be done.
    pub(crate) fresh: bool,
    pub(crate) duration_ms: u64,
}

impl Built<'_> {
    pub(super) fn line(&self) -> String {
        let change = match self.size_bytes_before {
            None => String::new(),
            Some(before) if before == self.size_bytes => ", same size".to_owned(),
            Some(before) if before < self.size_bytes => format!(", +{}", size(self.size_bytes - before)),
            Some(before) => format!(", -{}", size(before - self.size_bytes)),
        };
        let time = if self.fresh {
            String::new()
        } else {
            format!(" in {}", seconds(self.duration_ms))
        };
        let change = if self.fresh { "" } else { &change };
        format!(
            "{} {} ({}{change}, sha256 {}){time} at {}",
            self.kind,
            self.name,
            size(self.size_bytes),
            short(&self.digest),
            self.shown_path
        )
    }
}
