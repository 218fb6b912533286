//! `cargo airs test`: the tests of the workspace, with the components as they are built to be tested.

mod coverage;
mod serving;

use std::ffi::OsString;
use std::io::{BufReader, Write as _};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::Instant;

use crate::cargo;
use crate::code;
use crate::command::build;
use crate::error::{Failure, Reason, Result};
use crate::interrupt::Running;
use crate::message::Message;
use crate::report::Report;
use crate::settings::{Build, Test, TestWay};
use crate::stage::{self, Stage};
use crate::workspace::Workspace;
use coverage::Coverage;
use serving::Serving;

/// The profile of the components, for a tool that tests start themselves.
pub(crate) const PROFILE_VARIABLE: &str = "AIRS_TEST_PROFILE";
/// The tool that they start.
const TOOL_VARIABLE: &str = "AIRS_TEST_TOOL";

pub(crate) fn run(settings: &Test, report: &Report) -> Result<()> {
    if settings.serve {
        return serve(&settings.build, report);
    }
    let begun = Instant::now();
    let workspace = Workspace::load(&settings.build.manifest)?;
    // What is missing is said before anything is built.
    let mut coverage = match settings.way {
        TestWay::Coverage => Some(Coverage::new(workspace.target(), workspace.root())?),
        TestWay::Cargo | TestWay::Nextest => None,
    };
    build::within(&workspace, &settings.build, report)?;
    let mut compiling = tests(settings, &["--no-run".into()])?;
    match &mut coverage {
        None => compile(&mut compiling)?,
        Some(coverage) => {
            coverage.count(&mut compiling);
            coverage.compile(&mut compiling)?;
        }
    }
    let stage = Stage::of(&workspace, &settings.build.profile, code::cache(report))?;
    let components = stage.names().iter().map(|&name| name.to_owned()).collect();
    let serving = Serving::begin(Arc::new(stage))?;
    let mut tests = tests(settings, &[])?;
    serving.tell(&mut tests);
    tests.env(PROFILE_VARIABLE, &settings.build.profile);
    if let Ok(this) = std::env::current_exe() {
        tests.env(TOOL_VARIABLE, this);
    }
    if let Some(coverage) = &coverage {
        coverage.count(&mut tests);
    }
    if !passed(tests.args(after(settings)), report)? {
        return Err(Failure::new(Reason::TestsFailed, "a test failed"));
    }
    if let Some(coverage) = &coverage {
        coverage.report(report)?;
    }
    report.say(&Message::TestsPassed {
        components,
        duration_ms: u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX),
    });
    Ok(())
}

/// Serves the process that has started this one, over standard input and output, until that ends.
fn serve(settings: &Build, report: &Report) -> Result<()> {
    let prepared = || {
        let workspace = Workspace::load(&settings.manifest)?;
        build::within(&workspace, settings, report)?;
        Stage::of(&workspace, &settings.profile, code::cache(report))
    };
    match prepared() {
        Ok(stage) => {
            stage::converse(BufReader::new(std::io::stdin()), std::io::stdout(), &stage);
            Ok(())
        }
        Err(failure) => {
            stage::refuse(std::io::stdout(), &failure);
            Err(failure)
        }
    }
}

/// Compiles the tests: what fails here is no test that fails.
fn compile(command: &mut Command) -> Result<()> {
    match Running::start(command.stdout(Stdio::null()))?.wait()?.success() {
        true => Ok(()),
        false => Err(Failure::new(Reason::BuildFailed, "the tests do not compile")),
    }
}

/// Cargo, to run the tests that are meant.
fn tests(settings: &Test, more: &[OsString]) -> Result<Command> {
    let subcommand = match settings.way {
        TestWay::Nextest if more.is_empty() => ["nextest", "run"].as_slice(),
        _ => ["test"].as_slice(),
    };
    if subcommand.len() > 1 && !cargo::has_nextest() {
        return Err(Failure::unavailable("cargo-nextest is not installed").hint(
            "`cargo install cargo-nextest --locked` installs it; without --nextest Cargo runs the tests",
        ));
    }
    let mut command = cargo::tests(subcommand, &settings.build.manifest);
    match settings.packages.as_slice() {
        [] => drop(command.arg("--workspace")),
        packages => drop(command.args(packages.iter().flat_map(|name| ["-p", name]))),
    }
    command.args(more).stdin(Stdio::null());
    Ok(command)
}

/// Which tests, and what they are told.
fn after(settings: &Test) -> Vec<OsString> {
    let filter = settings.filter.iter().map(OsString::from);
    let arguments = settings.arguments.iter().cloned();
    match settings.arguments.is_empty() {
        true => filter.collect(),
        false => filter.chain(["--".into()]).chain(arguments).collect(),
    }
}

/// Runs tests, and tells whether they have passed. What they print is for people: where programs read stdout it goes to
/// stderr.
fn passed(tests: &mut Command, report: &Report) -> Result<bool> {
    if !report.is_for_people() {
        tests.stdout(Stdio::piped());
    }
    let mut running = Running::start(tests)?;
    if let Some(mut stdout) = running.stdout() {
        // A reader that has gone away is no reason to fail.
        let _ = std::io::copy(&mut stdout, &mut std::io::stderr());
        let _ = std::io::stderr().flush();
    }
    Ok(running.wait()?.success())
}
