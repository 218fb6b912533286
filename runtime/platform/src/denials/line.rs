//! One denial, as a line.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::Denial;

/// The longest message that is kept. Those of the host have some hundred bytes.
const MESSAGE_BYTES_MAX: usize = 1_024;

#[derive(Serialize, Deserialize)]
struct Line<'a> {
    #[serde(flatten)]
    denial: Denial,
    /// The sha256 of the line before, in hexadecimal; empty in the first one.
    previous: Cow<'a, str>,
}

/// The end of what is written: what the next line follows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct End {
    number: u64,
    hash: String,
}

impl End {
    /// The line of the next denial, with its end.
    pub(super) fn line(&self, mut denial: Denial) -> serde_json::Result<String> {
        denial.number = self.number.saturating_add(1);
        let end = denial.message.floor_char_boundary(MESSAGE_BYTES_MAX);
        denial.message.truncate(end);
        let previous = Cow::Borrowed(self.hash.as_str());
        let line = serde_json::to_string(&Line { denial, previous })?;
        Ok(line + "\n")
    }

    /// The end after a line, without its own end; and what the line says, and whether it follows.
    pub(super) fn after(&self, line: &str) -> (Self, Option<(Denial, bool)>) {
        let read: Option<Line<'_>> = serde_json::from_str(line).ok();
        let end = Self {
            number: read.as_ref().map_or(self.number, |read| read.denial.number),
            hash: format!("{:x}", Sha256::digest(line)),
        };
        let read = read.map(|Line { denial, previous }| {
            let follows = self.hash == previous && self.number.checked_add(1) == Some(denial.number);
            (denial, follows)
        });
        (end, read)
    }
}
