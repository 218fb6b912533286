//! What commands report: once as a line for people, once as an object for programs.

use std::path::{Path, PathBuf};

use airs_core::harmless_json;
use serde::Serialize;
use serde_json::value::RawValue;

use crate::error::Failure;
use crate::journal::Entry;

mod bench;
mod built;
mod coverage;
mod dev;
mod doctor;
mod explain;
mod figures;
mod node;

pub(crate) use bench::{Against, Latency, Measured, RUNS_MIN_FOR_P99};
pub(crate) use built::Built;
pub(crate) use coverage::{Covered, FileCovered};
pub(crate) use dev::{DevServed, DevTurn, SERVES_ON};
pub(crate) use doctor::{Checked, Examination, Verdict};
pub(crate) use explain::{ComponentShown, PathShown, RightShown, Why};
pub(crate) use figures::{seconds, short, size};
pub(crate) use node::{Bound, ComponentStatus, ServingStatus, Status, ValueShown};

/// The schema of messages for programs; its version is part of each of them.
pub(crate) const SCHEMA: &str = include_str!("../schemas/messages.json");

/// The version of that schema. A version only gains: reasons, and fields of what there is.
pub(crate) const VERSION: u32 = 1;

/// Something that a command reports. For programs it is one JSON object with a `reason`.
#[derive(Debug, Serialize)]
#[serde(tag = "reason", rename_all = "kebab-case")]
pub(crate) enum Message<'a> {
    /// `new` has made a component.
    ComponentCreated {
        name: &'a str,
        kind: &'a str,
        folder: &'a Path,
        /// The folder, from where the person is.
        #[serde(skip)]
        shown_folder: PathBuf,
        /// The `airs.toml` that it joined, if it joined one.
        joined: Option<&'a Path>,
    },
    /// `build` has a component ready.
    ComponentBuilt(Built<'a>),
    /// `check` has found nothing wrong with a component.
    ComponentChecked { name: &'a str, kind: &'a str },
    /// `test` has seen every test pass.
    TestsPassed {
        /// What was in service for them.
        components: Vec<String>,
        duration_ms: u64,
    },
    /// What the tests have covered, if `test` was asked.
    CoverageMeasured(Covered),
    /// What `bench` has measured.
    BenchMeasured {
        #[serde(flatten)]
        measured: Measured,
        /// Beside what a baseline has, if that is asked for.
        against: Option<Against>,
    },
    /// What `inspect` shows.
    ComponentInspected(Box<crate::command::inspect::Inspection>),
    /// What `call` has got.
    FunctionCalled {
        component: &'a str,
        call: &'a str,
        /// In WAVE; empty when the function has no result.
        result: &'a str,
    },
    /// What `status` shows.
    Status(Box<Status>),
    /// What `doctor` has found.
    DoctorExamined(Box<Examination>),
    /// What `completions` has for a shell.
    CompletionsWritten { shell: &'a str, script: &'a str },
    /// `man` has written pages of the manual.
    ManualWritten { folder: &'a Path, pages: Vec<String> },
    /// What `schema` shows.
    SchemaShown { of: &'a str, content: Box<RawValue> },
    /// `run` has committed.
    RunCommitted {
        run: &'a str,
        replayed: bool,
        program: &'a str,
        output: Box<RawValue>,
    },
    /// What `view` has seen.
    AssetViewed {
        run: &'a str,
        replayed: bool,
        path: &'a str,
        value: ValueShown,
    },
    /// `control` has committed.
    AssetControlled {
        run: &'a str,
        replayed: bool,
        path: &'a str,
        operation: &'a str,
        output: Box<RawValue>,
    },
    /// `bind` has committed.
    PathBound {
        run: &'a str,
        replayed: bool,
        #[serde(flatten)]
        binding: Bound,
    },
    /// `unbind` has committed.
    PathUnbound {
        run: &'a str,
        replayed: bool,
        path: &'a str,
    },
    /// What `explain` says of a path.
    PathExplained(Box<PathShown>),
    /// What `explain` says of a component.
    ComponentExplained(Box<ComponentShown>),
    /// What is bound.
    Bindings { bindings: Vec<Bound> },
    /// What has happened earlier, or goes on: what `events` and `logs` show.
    Event(&'a Entry),
    /// A component has logged a line.
    Log {
        component: &'a str,
        run: &'a str,
        attempt: u32,
        line: &'a str,
    },
    /// What a driver has stored was brought to a new schema.
    DriverMigrated {
        context: &'a str,
        driver: &'a str,
        from: u32,
        to: u32,
    },
    /// A run waits for another process, which owns the state.
    OwnerAwaited { context: &'a str, run: &'a str },
    /// The wasm target was installed.
    TargetInstalled { target: &'a str },
    /// `dev` watches these components.
    DevStarted {
        components: Vec<&'a str>,
        /// Where its builds are.
        folder: &'a Path,
        /// How it learns of changes: native or poll.
        watching: &'a str,
    },
    /// Something has happened to inputs, and their contents are the same.
    DevUnchanged,
    /// `dev` builds.
    DevBuilding {
        turn: u64,
        /// Empty: all.
        components: Vec<&'a str>,
        files: Vec<String>,
    },
    /// A build was ended: what it builds has changed.
    DevCancelled { turn: u64 },
    /// What the compiler says in a turn.
    DevDiagnostics { turn: u64, text: &'a str },
    /// A turn of `dev` has ended.
    DevTurn(DevTurn),
    /// Something is not as it should be.
    Warning { message: &'a str },
    /// The command has failed.
    Error {
        code: &'a str,
        message: &'a str,
        #[serde(skip_serializing_if = "Option::is_none")]
        hint: Option<String>,
        #[serde(skip_serializing_if = "<[_]>::is_empty")]
        causes: &'a [String],
        exit_code: u8,
    },
}

impl Message<'_> {
    /// What goes to stdout also for people: the result of a command that was asked for one.
    pub(crate) fn result(&self) -> Option<String> {
        match self {
            Self::ComponentInspected(inspection) => Some(inspection.to_string()),
            Self::FunctionCalled { result, .. } => Some((*result).to_owned()),
            Self::BenchMeasured { measured, against } => {
                let against = against.as_ref().map(ToString::to_string);
                Some(format!("{measured}{}", against.unwrap_or_default()))
            }
            Self::CoverageMeasured(covered) => Some(covered.to_string()),
            Self::Status(status) => Some(status.to_string()),
            Self::DoctorExamined(examination) => Some(examination.to_string()),
            Self::RunCommitted { output, .. } | Self::AssetControlled { output, .. } => {
                Some(harmless_json(output.get()).into_owned())
            }
            Self::AssetViewed { value, .. } => Some(value.to_string()),
            Self::PathExplained(path) => Some(path.to_string()),
            Self::ComponentExplained(component) => Some(component.to_string()),
            Self::CompletionsWritten { script, .. } => Some((*script).to_owned()),
            Self::SchemaShown { content, .. } => Some(content.get().to_owned()),
            Self::Event(entry) => Some(entry.to_string()),
            Self::Bindings { bindings } => Some(node::listed(bindings)),
            _ => None,
        }
    }

    /// A line on stderr: a verb and what it is about.
    pub(crate) fn status(&self) -> (&'static str, String) {
        match self {
            Self::ComponentCreated {
                name,
                kind,
                shown_folder,
                joined,
                ..
            } => {
                let listed = if joined.is_some() {
                    ", listed in airs.toml"
                } else {
                    ""
                };
                (
                    "Created",
                    format!("{kind} {name} in {}{listed}", shown_folder.display()),
                )
            }
            Self::ComponentBuilt(built) => (if built.fresh { "Fresh" } else { "Built" }, built.line()),
            Self::ComponentChecked { name, kind } => ("Checked", format!("{kind} {name}")),
            Self::TestsPassed {
                components,
                duration_ms,
            } => (
                "Passed",
                format!(
                    "all tests, with {} in service, in {}",
                    components.join(", "),
                    seconds(*duration_ms)
                ),
            ),
            Self::TargetInstalled { target } => ("Installed", format!("target {target}")),
            Self::ManualWritten { folder, pages } => {
                ("Wrote", format!("{} pages to {}", pages.len(), folder.display()))
            }
            Self::PathBound { binding, .. } => ("Bound", binding.line()),
            Self::PathUnbound { path, .. } => ("Unbound", (*path).to_owned()),
            Self::DriverMigrated {
                context,
                driver,
                from,
                to,
            } => (
                "Migrated",
                format!("driver {driver} in context {context}, from schema version {from} to {to}"),
            ),
            Self::OwnerAwaited { context, .. } => (
                "Waiting",
                format!("for another process, which owns the state of context {context}"),
            ),
            Self::DevStarted {
                components, watching, ..
            } => {
                let how = match *watching {
                    "poll" => ", by looking again and again",
                    _ => "",
                };
                ("Watching", format!("{}{how}", components.join(", ")))
            }
            Self::DevTurn(turn) => (turn.verb(), turn.line()),
            Self::Log { component, line, .. } => ("", format!("{component}: {line}")),
            // These have a result, or are printed in a way of their own.
            _ => ("", String::new()),
        }
    }
}

impl<'a> From<&'a Failure> for Message<'a> {
    fn from(failure: &'a Failure) -> Self {
        let hint = failure.hints().join("\n");
        Self::Error {
            code: failure.reason().as_str(),
            message: failure.message(),
            hint: Some(hint).filter(|hint| !hint.is_empty()),
            causes: failure.causes(),
            exit_code: failure.exit().code(),
        }
    }
}
