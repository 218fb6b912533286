//! A runtime for one command: the project's components, over the project's state.

use std::path::{Path, PathBuf};
use std::time::Instant;

use airs_core::{Code, Kind};
use airs_runtime::{Answer, Component, EngineConfig, Event, Report as RunReport, Request, Runtime, State};

use serde_json::value::RawValue;

use crate::error::{Failure, Reason, Result};
use crate::message::Message;
use crate::report::Report;
use crate::settings::{self, StatePlace, Which};
use crate::workspace::{Crate, Workspace};
use crate::{files, interrupt};

/// A command makes one run.
const INSTANCES_MAX: u32 = 16;

/// A runtime with the project's components in it, and who acts on it.
pub(crate) struct Node {
    runtime: Runtime,
    request: settings::Node,
    report: Report,
}

/// Which of the project's components a command needs.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Needs<'a> {
    /// Only the state.
    State,
    /// The drivers: any may be bound to what the command touches.
    Drivers,
    /// This driver above all.
    Driver(&'a str),
    /// The drivers and one of its programs.
    Program(&'a str),
}

impl Node {
    pub(crate) fn open(settings: &settings::Node, needs: Needs<'_>, report: &Report) -> Result<Self> {
        let workspace = Workspace::load(&settings.manifest)?;
        let state = state(settings, &workspace)?;
        let listener = report.clone();
        let builder = Runtime::builder()
            .state(state)
            .limits(workspace.limits())
            .engine(EngineConfig {
                instances_max: INSTANCES_MAX,
                ..EngineConfig::default()
            })
            .context(settings.context.clone())
            .on_event(move |event| log(event, &listener));
        let variables = workspace.variables(&settings.context).into_iter();
        let builder = variables.fold(builder, |builder, (name, value)| builder.variable(name, value));
        let runtime = builder.build()?;
        let node = Self {
            runtime,
            request: settings.clone(),
            report: report.clone(),
        };
        node.load(&workspace, needs)?;
        Ok(node)
    }

    /// Makes a run. Ctrl-C cancels it, and nothing of it remains.
    pub(crate) fn perform(&self, request: Request) -> Result<RunReport> {
        let request = request
            .caller(self.request.caller.clone())
            .context(self.request.context.clone());
        let request = match self.request.timeout_ms {
            Some(milliseconds) => request.deadline_ms(milliseconds),
            None => request,
        };
        interrupt::unless_pressed(self.runtime.perform(request))
    }

    /// Makes a run, and hands out its answer.
    pub(crate) fn ask(&self, request: Request) -> Result<(String, Answer)> {
        let begun = Instant::now();
        let RunReport {
            run,
            attempts,
            result,
        } = self.perform(request)?;
        self.report.detail(&format!(
            "run {run}: attempts {attempts}, {} ms",
            begun.elapsed().as_millis()
        ));
        Ok((run, result?))
    }

    fn load(&self, workspace: &Workspace, needs: Needs<'_>) -> Result<()> {
        if let Needs::State = needs {
            return Ok(());
        }
        let all = workspace.select(&Which::All)?;
        if let Needs::Program(name) = needs {
            self.load_one(program(name, &all)?, workspace)?;
        }
        for driver in all.iter().filter(|one| one.manifest.kind == Kind::Driver) {
            interrupt::check()?;
            // One that is broken must not keep the others from being used.
            let name = driver.manifest.name.as_str();
            match self.load_one(driver, workspace) {
                Err(failure) if matches!(needs, Needs::Driver(needed) if needed == name) => {
                    return Err(failure);
                }
                Err(failure) => self.report.warn(&out_of_service(name, &failure)),
                Ok(()) => {}
            }
        }
        Ok(())
    }

    fn load_one(&self, one: &Crate, workspace: &Workspace) -> Result<()> {
        let name = &one.manifest.name;
        let path = workspace.built(one, &self.request.profile)?;
        let component =
            Component::open(&path).map_err(|error| Failure::from(error).within(workspace.shown(&path)))?;
        if component
            .manifest()
            .is_some_and(|inside| (&inside.name, inside.kind) != (&one.manifest.name, one.manifest.kind))
        {
            let message = format!(
                "{} is not {} {name}",
                workspace.shown(&path),
                one.manifest.kind.as_str()
            );
            return Err(Failure::new(Reason::Airs(Code::InvalidComponent), message)
                .hint(format!("`cargo airs build -p {name}` builds it")));
        }
        self.runtime.load(&component, &workspace.granted(name))?;
        Ok(())
    }
}

/// What is said of a driver that cannot be used, when others can.
fn out_of_service(name: &str, failure: &Failure) -> String {
    let prefix = format!("driver {name}: ");
    let why = failure.message();
    let why = why.strip_prefix(&prefix).unwrap_or(why);
    let hints = failure.hints().iter().map(|hint| format!("; {hint}"));
    format!(
        "driver {name} is not in service: {why}{}",
        hints.collect::<String>()
    )
}

/// The program that a person means.
fn program<'a>(name: &str, all: &'a [Crate]) -> Result<&'a Crate> {
    let programs = || all.iter().filter(|one| one.manifest.kind == Kind::Program);
    programs()
        .find(|one| one.manifest.name.as_str() == name)
        .ok_or_else(|| {
            let known: Vec<&str> = programs().map(|one| one.manifest.name.as_str()).collect();
            let failure = Failure::new(
                Reason::Airs(Code::NotFound),
                format!("there is no program {name:?} here"),
            );
            if all.iter().any(|one| one.manifest.name.as_str() == name) {
                return failure.hint(format!("{name} is a driver; a program is what can be run"));
            }
            match known.as_slice() {
                [] => failure.hint("`cargo airs new program NAME` makes one"),
                known => failure.hint(format!("there is {}", known.join(", "))),
            }
        })
}

/// Where the state is: a folder or memory, as asked for; otherwise beside the project's `airs.toml`.
pub(crate) fn state(settings: &settings::Node, workspace: &Workspace) -> Result<State> {
    match &settings.state {
        StatePlace::Memory => Ok(State::Memory),
        StatePlace::Folder(folder) => Ok(State::Folder(folder.clone())),
        // Messages name it as the person sees it.
        StatePlace::Project => Ok(State::Folder(workspace.shown(&project_state(workspace)?).into())),
    }
}

/// Whether there is a state already: looking must not make one.
pub(crate) fn has_state(state: &State) -> bool {
    matches!(state, State::Folder(folder) if !matches!(folder.try_exists(), Ok(false)))
}

fn project_state(workspace: &Workspace) -> Result<PathBuf> {
    let project = workspace.project().ok_or_else(|| {
        Failure::new(
            Reason::Airs(Code::NotFound),
            "there is no airs.toml here or in a folder above",
        )
        .hint("`cargo airs new driver NAME` makes a project; --state names another place for the state")
    })?;
    Ok(state_folder(project.root()))
}

/// Local state of a project; git ignores it.
fn state_folder(root: &Path) -> PathBuf {
    root.join(".airs").join("state")
}

pub(crate) fn log(event: &Event<'_>, report: &Report) {
    if let Event::Log {
        component,
        run,
        attempt,
        line,
    } = event
    {
        report.say(&Message::Log {
            component: component.as_str(),
            run,
            attempt: *attempt,
            line,
        });
    }
}

impl std::fmt::Debug for Node {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Node")
            .field("runtime", &self.runtime)
            .finish_non_exhaustive()
    }
}

/// The input of a command, which may do without: it is null then.
pub(crate) fn input(text: Option<&str>) -> Result<String> {
    text.map_or_else(|| Ok("null".to_owned()), |text| json("the input", text))
}

/// Tells a person who gave no input, and should have, how it is given.
pub(crate) fn may_lack_input(failure: Failure, input: Option<&str>) -> Failure {
    if input.is_none() && failure.reason() == Reason::Airs(Code::InvalidInput) {
        return failure.hint("there was no --input: it takes JSON, @FILE, or - for standard input");
    }
    failure
}

/// What is typed as JSON: in place, `@FILE`, or `-` for standard input.
pub(crate) fn json(what: &str, text: &str) -> Result<String> {
    let (content, from) = match text.strip_prefix('@') {
        Some(file) => (
            files::text(Path::new(file))?.ok_or_else(|| missing(what, file))?,
            format!(" in {file}"),
        ),
        None if text == "-" => (standard_input(what)?, " on standard input".to_owned()),
        None => (text.to_owned(), String::new()),
    };
    match serde_json::from_str::<serde::de::IgnoredAny>(&content) {
        Ok(_) => Ok(content),
        Err(cause) => Err(Failure::new(
            Reason::Airs(Code::InvalidInput),
            format!("{what}{from} is not JSON: {cause}"),
        )
        .hint("JSON has double quotes, as '{\"amount\":\"2.50\"}'; @FILE reads a file, - standard input")),
    }
}

fn missing(what: &str, file: &str) -> Failure {
    Failure::new(
        Reason::Airs(Code::NotFound),
        format!("{what}: there is no file {file}"),
    )
}

fn standard_input(what: &str) -> Result<String> {
    std::io::read_to_string(std::io::stdin()).map_err(|cause| {
        Failure::unavailable(format!("cannot read {what} from standard input")).caused_by(cause)
    })
}

/// JSON that goes out as it is. The runtime has it from a component, which may have written anything.
pub(crate) fn raw(text: &str) -> Box<RawValue> {
    let quoted = || serde_json::to_string(text).unwrap_or_default();
    let valid = |text: String| RawValue::from_string(text).ok();
    valid(text.to_owned())
        .or_else(|| valid(quoted()))
        .unwrap_or_default()
}
