//! What is said over the pipe: one object a line, in JSON. The other side is `cargo-airs/src/stage/wire.rs`.

use std::fmt;

use airs::{Amount, Code, Error, Item, Result, Value};
use serde::de::IgnoredAny;
use serde::{Deserialize, Serialize};

use crate::fault::Injected;
use crate::happened::Happened;

/// The form of what is said. Whoever knows another one is another version of the tool.
pub(crate) const FORM: u32 = 2;

/// The first line of the tool.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Greeting {
    Ready(u32),
    Failed(Failed),
}

/// A question about a runtime; the number of the request comes back with its answer.
#[derive(Debug, Serialize)]
pub(crate) struct Asked<'a> {
    pub(crate) request: u64,
    pub(crate) runtime: u64,
    pub(crate) ask: Ask<'a>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Ask<'a> {
    Open(&'a Opening),
    Perform(Question<'a>),
    Inject(&'a Injected),
    Now(u64),
    FaultsLeft,
    Seed(u64),
    Events(Taken),
    Close,
}

/// What becomes of events that a test is told.
#[derive(Clone, Copy, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Taken {
    /// They are told again with the next ones.
    Copied,
    /// They are not.
    Away,
}

/// What a runtime is to be.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Opening {
    /// The first one is the usual one.
    pub(crate) contexts: Vec<String>,
    /// What is put into service; all of the project unless said.
    pub(crate) components: Option<Vec<String>>,
    /// In milliseconds since 1970.
    pub(crate) now_ms: u64,
    pub(crate) seed: u64,
    /// Names and values.
    pub(crate) variables: Vec<(String, String)>,
    pub(crate) http: Vec<Canned>,
}

/// What a server answers.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Canned {
    pub(crate) url: String,
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

/// A run that is asked for.
#[derive(Debug, Serialize)]
pub(crate) struct Question<'a> {
    pub(crate) form: u32,
    pub(crate) caller: &'a str,
    pub(crate) context: Option<&'a str>,
    pub(crate) id: Option<&'a str>,
    pub(crate) timeout_ms: Option<u64>,
    pub(crate) work: Work<'a>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Work<'a> {
    Run {
        program: &'a str,
        input: &'a str,
    },
    View {
        path: &'a str,
    },
    Control {
        path: &'a str,
        operation: &'a str,
        input: &'a str,
    },
    Bind {
        path: &'a str,
        driver: &'a str,
        account: &'a str,
        owner: Option<&'a str>,
        controllers: &'a [&'a str],
    },
    Unbind {
        path: &'a str,
    },
}

#[derive(Debug, Deserialize)]
pub(crate) struct Answered {
    pub(crate) request: u64,
    pub(crate) answer: Answer,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Answer {
    Done,
    Failed(Failed),
    Report(Report),
    Events(Vec<Happened>),
    Count(u64),
}

/// How a run has ended.
#[derive(Debug, Deserialize)]
pub(crate) struct Report {
    pub(crate) result: Ending,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Ending {
    Output(String),
    Amount(String),
    Items(Vec<(String, Vec<u8>)>),
    Data(Vec<u8>),
    Bound(IgnoredAny),
    Unbound(IgnoredAny),
    Failed(Failed),
}

#[derive(Debug, Deserialize)]
pub(crate) struct Failed {
    code: String,
    message: String,
    hint: Option<String>,
    #[serde(default)]
    causes: Vec<String>,
}

impl Ending {
    pub(crate) fn output(self) -> Result<String> {
        match self {
            Self::Output(output) => Ok(output),
            other => Err(other.unexpected()),
        }
    }

    pub(crate) fn value(self) -> Result<Value> {
        Ok(match self {
            Self::Amount(amount) => Value::Amount(amount.parse::<Amount>()?),
            Self::Items(items) => {
                Value::Items(items.into_iter().map(|(id, data)| Item::new(id, data)).collect())
            }
            Self::Data(data) => Value::Data(data),
            other => return Err(other.unexpected()),
        })
    }

    pub(crate) fn placed(self) -> Result<()> {
        match self {
            Self::Bound(IgnoredAny) | Self::Unbound(IgnoredAny) => Ok(()),
            other => Err(other.unexpected()),
        }
    }

    fn unexpected(self) -> Error {
        match self {
            Self::Failed(failed) => failed.into(),
            other => strange(&other),
        }
    }
}

impl From<Failed> for Error {
    /// What was underneath, such as where a component trapped, is part of the message here: a test shows it.
    fn from(failed: Failed) -> Self {
        let Failed {
            code,
            message,
            hint,
            causes,
        } = failed;
        let causes: String = causes
            .iter()
            .map(|cause| format!("\ncaused by: {cause}"))
            .collect();
        let error = Self::new(
            code.parse().unwrap_or(Code::Internal),
            format!("{message}{causes}"),
        );
        match hint {
            Some(hint) => error.hint(hint),
            None => error,
        }
    }
}

/// The other side has said what nobody asked for.
pub(crate) fn strange(what: &impl fmt::Debug) -> Error {
    Error::internal(format!("the tool answers with what was not asked for: {what:?}"))
        .hint("use airs-testing and cargo-airs of one version")
}
