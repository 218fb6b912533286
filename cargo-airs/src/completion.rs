//! What could stand where a person presses the tab key: commands and flags as clap has them, and what the project and
//! its state have of names and paths. Whatever cannot be read is not offered, and nothing is said of it.

mod operations;
mod project;

use std::ffi::{OsStr, OsString};
use std::io::Write as _;
use std::process::ExitCode;
use std::sync::OnceLock;

use airs_core::harmless;
use clap_complete::engine::{CompletionCandidate, PathCompleter, ValueCompleter as _, complete};

use crate::args;
use project::Here;

/// What makes this program complete a command line and nothing else; no command, and nobody types it.
pub(crate) const SERVE: &str = "__complete";

/// What is typed so far. Candidates for one word hang on others, of which clap does not tell.
static WORDS: OnceLock<Vec<OsString>> = OnceLock::new();

/// Ends the process if it was started to complete: `__complete INDEX WORD…`, where the first word is the program's. It
/// answers with a line for each candidate: what to type, a tab, and what it is.
pub(crate) fn served(arguments: &[OsString]) -> Option<ExitCode> {
    if arguments.get(1)? != SERVE {
        return None;
    }
    let index = arguments
        .get(2)
        .and_then(|index| index.to_str()?.parse::<usize>().ok());
    let mut words = arguments.get(3..).unwrap_or_default().to_vec();
    let Some(index) = index.filter(|index| *index <= words.len()) else {
        return Some(ExitCode::FAILURE);
    };
    // A shell leaves out the word that is only beginning.
    words.resize(words.len().max(index + 1), OsString::new());
    let words = WORDS.get_or_init(|| words);
    let here = std::env::current_dir().ok();
    let found = complete(&mut args::command(), words.clone(), index, here.as_deref());
    let mut found = found.unwrap_or_default();
    let is_flag = |candidate: &CompletionCandidate| candidate.get_value().to_string_lossy().starts_with('-');
    // Flags could stand nearly everywhere; who wants one types its hyphen.
    if words.get(index).is_some_and(|word| word.is_empty()) && !found.iter().all(is_flag) {
        found.retain(|candidate| !is_flag(candidate));
    }
    let mut out = std::io::stdout().lock();
    for candidate in found {
        let what = candidate.get_help().map(ToString::to_string).unwrap_or_default();
        let what = harmless(what.lines().next().unwrap_or_default());
        let value = candidate.get_value().to_string_lossy();
        // A line is a candidate, and a tab ends it; nor has a terminal to be told of what a file may be called.
        if !value.chars().any(char::is_control) {
            // A reader that has gone away is no reason to fail.
            let _ = writeln!(out, "{value}\t{what}");
        }
    }
    Some(ExitCode::SUCCESS)
}

/// The value that an option has so far.
fn option(name: &str) -> Option<&'static str> {
    let mut words = WORDS.get()?.iter().filter_map(|word| word.to_str());
    let value = |word: &'static str| {
        word.strip_prefix(name)
            .filter(|rest| rest.is_empty() || rest.starts_with('='))
    };
    match words.find_map(value)?.strip_prefix('=') {
        Some(value) => Some(value),
        None => words.next(),
    }
}

/// The path of an asset that is typed already.
fn asset() -> Option<&'static str> {
    let mut words = WORDS.get()?.iter().filter_map(|word| word.to_str());
    words.find(|word| word.starts_with('/'))
}

fn those(all: impl IntoIterator<Item = (String, String)>, current: &OsStr) -> Vec<CompletionCandidate> {
    let begun = current.to_string_lossy();
    let fitting = all.into_iter().filter(|(value, _)| value.starts_with(&*begun));
    fitting
        .map(|(value, what)| CompletionCandidate::new(value).help(Some(what.into())))
        .collect()
}

/// Components of the project.
pub(crate) fn components(current: &OsStr) -> Vec<CompletionCandidate> {
    those(
        Here::find().into_iter().flat_map(|here| here.components()),
        current,
    )
}

/// The same, and files.
pub(crate) fn components_and_files(current: &OsStr) -> Vec<CompletionCandidate> {
    let mut all = components(current);
    all.extend(PathCompleter::file().complete(current));
    all
}

/// Programs of the project.
pub(crate) fn programs(current: &OsStr) -> Vec<CompletionCandidate> {
    those(
        Here::find()
            .into_iter()
            .flat_map(|here| here.of_kind(airs_runtime::Kind::Program)),
        current,
    )
}

/// Drivers of the project.
pub(crate) fn drivers(current: &OsStr) -> Vec<CompletionCandidate> {
    those(
        Here::find()
            .into_iter()
            .flat_map(|here| here.of_kind(airs_runtime::Kind::Driver)),
        current,
    )
}

/// Paths that something is bound to.
pub(crate) fn paths(current: &OsStr) -> Vec<CompletionCandidate> {
    let bindings = Here::find().map(|here| here.bindings()).unwrap_or_default();
    let shown = bindings
        .into_iter()
        .map(|(path, driver)| (path, format!("bound to {driver}")));
    those(shown, current)
}

/// Paths that something is bound to, and components.
pub(crate) fn paths_and_components(current: &OsStr) -> Vec<CompletionCandidate> {
    let mut all = paths(current);
    all.extend(components(current));
    all
}

/// Operations of the driver behind the path that is typed already, as its source has them.
pub(crate) fn operations(current: &OsStr) -> Vec<CompletionCandidate> {
    let Some(here) = Here::find() else {
        return Vec::new();
    };
    let path = asset().unwrap_or_default();
    let below = |bound: &str| {
        path.strip_prefix(bound)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    let bindings = here.bindings().into_iter().filter(|(bound, _)| below(bound));
    let Some((_, driver)) = bindings.max_by_key(|(bound, _)| bound.len()) else {
        return Vec::new();
    };
    let found = here
        .folder(&driver)
        .map(|folder| operations::of(&folder))
        .unwrap_or_default();
    those(
        found
            .into_iter()
            .map(|operation| (operation, format!("of {driver}"))),
        current,
    )
}
