//! `cargo airs test`: the tests of the workspace, with the components as they are built to be tested.

mod coverage;
mod serving;

use std::ffi::OsString;
use std::io::{BufReader, Write as _};
use std::process::{Command, ExitStatus, Stdio};
use std::sync::Arc;
use std::time::Instant;

use crate::cargo;
use crate::command::build;
use crate::error::{Failure, Reason, Result};
use crate::interrupt::Running;
use crate::message::Message;
use crate::report::Report;
use crate::settings::{Test, TestWay};
use crate::stage::{self, Stage};
use crate::workspace::Workspace;
use coverage::Coverage;
use serving::Serving;

/// The profile of the components, for a tool that tests start themselves.
pub(crate) const PROFILE_VARIABLE: &str = "AIRS_TEST_PROFILE";
/// Says to that tool that the components are built.
pub(crate) const BUILT_VARIABLE: &str = "AIRS_TEST_BUILT";
/// The tool that they start.
const TOOL_VARIABLE: &str = "AIRS_TEST_TOOL";

pub(crate) fn run(settings: &Test, report: &Report) -> Result<()> {
    if settings.serve {
        return serve(settings, report);
    }
    let begun = Instant::now();
    let workspace = Workspace::load(&settings.build.manifest)?;
    // What is missing is said before anything is built.
    workspace.require_packages(&settings.packages)?;
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
    let stage = Stage::of(&workspace, &settings.build.profile, report)?;
    let components = stage.serving().iter().map(|&name| name.to_owned()).collect();
    let serving = Serving::begin(Arc::new(stage))?;
    let mut tests = tests(settings, &[])?;
    serving.tell(&mut tests);
    tests
        .env(PROFILE_VARIABLE, &settings.build.profile)
        .env(BUILT_VARIABLE, "1");
    if let Ok(this) = std::env::current_exe() {
        tests.env(TOOL_VARIABLE, this);
    }
    if let Some(coverage) = &coverage {
        coverage.count(&mut tests);
    }
    let ended = run_through(tests.args(after(settings)), report)?;
    passed(settings.way, ended.code())?;
    if let Some(coverage) = &coverage {
        report.say(&Message::CoverageMeasured(coverage.read()?));
    }
    report.say(&Message::TestsPassed {
        components,
        duration_ms: u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX),
    });
    Ok(())
}

/// Serves the process that has started this one, over standard input and output, until that ends.
fn serve(settings: &Test, report: &Report) -> Result<()> {
    let build = &settings.build;
    let prepared = || {
        let workspace = Workspace::load(&build.manifest)?;
        // What is built with other settings than the tests were started with would be something else.
        if !settings.is_built {
            build::within(&workspace, build, report)?;
        }
        Stage::of(&workspace, &build.profile, report)
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
        false => Err(not_compiled()),
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
    if subcommand.len() > 1 {
        // As with Cargo: a filter may fit none of them.
        command.arg("--no-tests=pass");
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

/// Runs tests, and tells how they ended. What they print is for people: where programs read stdout it goes to
/// stderr.
fn run_through(tests: &mut Command, report: &Report) -> Result<ExitStatus> {
    if !report.is_for_people() {
        tests.stdout(Stdio::piped());
    }
    let mut running = Running::start(tests)?;
    if let Some(mut stdout) = running.stdout() {
        // A reader that has gone away is no reason to fail.
        let _ = std::io::copy(&mut stdout, &mut std::io::stderr());
        let _ = std::io::stderr().flush();
    }
    running.wait()
}

/// Whether tests have passed that ended so. Cargo has one code for all that can be wrong; nextest says more.
fn passed(way: TestWay, code: Option<i32>) -> Result<()> {
    const USAGE: i32 = 2;
    const TESTS_FAILED: i32 = 100;
    const BUILD_FAILED: i32 = 101;
    Err(match (way, code) {
        (_, Some(0)) => return Ok(()),
        (TestWay::Nextest, Some(BUILD_FAILED)) => not_compiled(),
        (TestWay::Nextest, Some(USAGE)) => Failure::usage("cargo-nextest does not take these arguments"),
        (TestWay::Nextest, Some(code)) if code != TESTS_FAILED => {
            Failure::unavailable(format!("cargo-nextest has failed with exit code {code}"))
        }
        _ => Failure::new(Reason::TestsFailed, "a test failed"),
    })
}

fn not_compiled() -> Failure {
    Failure::new(Reason::BuildFailed, "the tests do not compile")
}

#[cfg(test)]
mod tests {
    use super::{TestWay, passed};
    use crate::exit::Exit;

    #[test]
    fn only_a_test_that_failed_is_said_to_have_failed() {
        let ended = |way, code| passed(way, Some(code)).err().map(|failure| failure.exit());
        for (way, code, expected) in [
            (TestWay::Cargo, 0, None),
            (TestWay::Cargo, 101, Some(Exit::Refused)),
            (TestWay::Nextest, 0, None),
            (TestWay::Nextest, 100, Some(Exit::Refused)),
            (TestWay::Nextest, 101, Some(Exit::BuildFailed)),
            (TestWay::Nextest, 2, Some(Exit::Usage)),
            (TestWay::Nextest, 96, Some(Exit::Unavailable)),
        ] {
            assert_eq!(ended(way, code), expected, "{way:?} {code}");
        }
    }
}
