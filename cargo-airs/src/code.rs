//! How a runtime of the command line turns components into code: in a process of its own, kept for the next time.

use std::process::ExitCode;

use airs_runtime::{CodeCache, CodeGoal, CodeSource, CompileProcess, Component, Event, RuntimeBuilder};

use crate::cargo::profile;
use crate::report::Report;
use crate::settings;

/// What makes this program compile one component and nothing else; no command, and nobody types it.
const SERVE: &str = "__compile-component";

/// Ends the process if it was started to compile.
pub(crate) fn served(arguments: &[std::ffi::OsString]) -> Option<ExitCode> {
    (arguments.get(1)? == SERVE).then(airs_runtime::serve_compilation)
}

/// Sets up how code is made. A cache that cannot be used costs time, and is said.
pub(crate) fn set_up(builder: RuntimeBuilder, report: &Report) -> RuntimeBuilder {
    with(builder, cache(report).as_ref(), process().as_ref())
}

/// The same for components of one's own, of which there will be more: the process that compiles stays.
pub(crate) fn set_up_to_stay(builder: RuntimeBuilder, report: &Report) -> RuntimeBuilder {
    let process = process().map(|process| CompileProcess {
        stays: true,
        ..process
    });
    with(builder, cache(report).as_ref(), process.as_ref())
}

/// What code is made for, of components that were compiled in this profile.
pub(crate) fn goal(profile: &str) -> CodeGoal {
    match profile {
        profile::DEBUG => CodeGoal::Debugging,
        // It is replaced with the next save.
        profile::DEV => CodeGoal::Turnaround,
        _ => CodeGoal::Speed,
    }
}

/// Says of a component of which a debugger will show little that it is so.
pub(crate) fn warn_of_debugger(component: &Component, profile: &str, shown: &str, report: &Report) {
    if profile == profile::DEBUG && !component.has_debug_info() {
        report.warn(&format!(
            "{shown} has no debug information: a debugger shows neither lines nor variables of it; where it is compiled, \
             `debug = \"full\"` and no `strip` bring them"
        ));
    }
}

/// A runtime that has these, where they are there.
pub(crate) fn with(
    builder: RuntimeBuilder,
    cache: Option<&CodeCache>,
    process: Option<&CompileProcess>,
) -> RuntimeBuilder {
    let builder = match cache {
        Some(cache) => builder.code_cache(cache.clone()),
        None => builder,
    };
    match process {
        Some(process) => builder.compile_process(process.clone()),
        None => builder,
    }
}

/// Where compiled code is kept, if it is.
pub(crate) fn cache(report: &Report) -> Option<CodeCache> {
    let opened = CodeCache::open(settings::code_folder()?);
    let complain = |error: &airs_runtime::Error| {
        let hint = error
            .hint_text()
            .map_or_else(String::new, |hint| format!("; {hint}"));
        report.warn(&format!("compiled code is not kept: {error}{hint}"));
    };
    opened.inspect_err(complain).ok()
}

/// The process that compiles. When nobody says where this program is, it can still compile by itself.
pub(crate) fn process() -> Option<CompileProcess> {
    CompileProcess::this([SERVE]).ok()
}

/// What only those want to know who ask for more.
pub(crate) fn log(event: &Event<'_>, report: &Report) {
    match event {
        Event::Compiled { digest, source } => {
            let how = match source {
                CodeSource::Cache => "was compiled before",
                CodeSource::Here => "was compiled",
                CodeSource::Process => "was compiled in a process of its own",
            };
            report.detail(&format!("component {} {how}", short(digest)));
        }
        Event::CodeCacheFault { digest, message } => {
            let what = short(digest);
            report.detail(&format!("kept code of component {what} is not used: {message}"));
        }
        _ => {}
    }
}

/// As much of a digest as a person compares.
fn short(digest: &str) -> &str {
    digest.get(..12).unwrap_or(digest)
}
