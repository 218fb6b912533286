//! What tests ask, and what they are answered: one object a line, in JSON. The other side is `sdk/testing/src/wire.rs`.

use serde::{Deserialize, Serialize};

use super::faults::Fault;
use super::fixed::CannedAnswer;
use crate::journal::Happened;
use crate::live::{Failed, Question, Told};

/// The form of what is said. Whoever knows another one is another version of airs-testing.
pub(super) const FORM: u32 = 2;

/// A question about a runtime; the number of the request goes back with its answer.
#[derive(Debug, Deserialize)]
pub(super) struct Asked {
    pub(super) request: u64,
    pub(super) runtime: u64,
    pub(super) ask: Ask,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Ask {
    Open(Opening),
    Perform(Perform),
    Inject(Fault),
    /// In milliseconds since 1970.
    Now(u64),
    Seed(u64),
    FaultsLeft,
    Events(Taken),
    Close,
}

/// What becomes of events that a test is told.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Taken {
    /// They are told again with the next ones.
    Copied,
    /// They are not.
    Away,
}

/// What a runtime is to be.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Opening {
    /// The first one is the usual one.
    pub(super) contexts: Vec<String>,
    /// What is put into service; all of the project unless said.
    pub(super) components: Option<Vec<String>>,
    pub(super) now_ms: u64,
    pub(super) seed: u64,
    pub(super) variables: Vec<(String, String)>,
    pub(super) http: Vec<CannedAnswer>,
}

/// A run, in a context of the runtime; in the usual one unless said.
#[derive(Debug, Deserialize)]
pub(super) struct Perform {
    pub(super) context: Option<String>,
    #[serde(flatten)]
    pub(super) question: Question,
}

#[derive(Debug, Serialize)]
pub(super) struct Answered {
    pub(super) request: u64,
    pub(super) answer: Answer,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Answer {
    Done,
    Failed(Failed),
    Report(Box<Told>),
    Events(Vec<Happened>),
    Count(u64),
}

/// The first line.
#[derive(Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Greeting {
    Ready(u32),
    Failed(Failed),
}
