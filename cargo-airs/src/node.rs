//! A runtime for one command: the project's components, over the project's state.

mod absent;
mod events;
mod input;
mod state;

use std::fmt;
use std::time::Instant;

use airs_core::{Code, Error, Kind, NameError};
use airs_runtime::{
    Answer, Component, ComponentExplained, EngineConfig, PathExplained, Report as RunReport, Request,
    Runtime, State,
};

use crate::error::{Failure, Reason, Result};
use crate::report::Report;
use crate::settings::{self, Which};
use crate::workspace::{Crate, Workspace};
use crate::{code, interrupt};

use absent::Absent;
pub(crate) use events::tell;
pub(crate) use input::{input, json, may_lack_input, raw};
pub(crate) use state::{files, has_state, state};

/// A command makes one run.
const INSTANCES_MAX: u32 = 16;

/// A runtime with the project's components in it, and who acts on it.
pub(crate) struct Node {
    runtime: Runtime,
    request: settings::Node,
    report: Report,
    absent: Vec<Absent>,
}

/// What a run has answered.
pub(crate) struct Answered<T> {
    pub(crate) run: String,
    /// Whether it did so before.
    pub(crate) replayed: bool,
    pub(crate) answer: T,
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
    /// The drivers, as far as they can be used, and the state, if there is one.
    Explanation,
    /// One component, if it can be used, and no state.
    Component(&'a str),
}

impl Needs<'_> {
    /// Looking must not make a state.
    fn state(self, state: State) -> State {
        match self {
            Self::Component(_) => State::Memory,
            Self::Explanation if !has_state(&state) => State::Memory,
            _ => state,
        }
    }
}

impl Node {
    pub(crate) fn open(settings: &settings::Node, needs: Needs<'_>, report: &Report) -> Result<Self> {
        let workspace = Workspace::load(&settings.manifest)?;
        let state = needs.state(state(settings, &workspace)?);
        let listener = report.clone();
        let builder = Runtime::builder()
            .state(state)
            .limits(workspace.limits())
            .engine(EngineConfig {
                instances_max: INSTANCES_MAX,
                ..EngineConfig::default()
            })
            .context(settings.context.clone())
            .on_event(move |event| tell(event, &listener));
        let builder = match files(settings, &workspace) {
            Some(files) => builder.files(files),
            None => builder,
        };
        let variables = workspace.variables(&settings.context).into_iter();
        let builder = variables.fold(builder, |builder, (name, value)| builder.variable(name, value));
        let runtime = code::set_up(builder, report).build()?;
        let mut node = Self {
            runtime,
            request: settings.clone(),
            report: report.clone(),
            absent: Vec::new(),
        };
        node.load(&workspace, needs)?;
        Ok(node)
    }

    /// A runtime that is there already, whatever is in it.
    pub(crate) fn over(runtime: Runtime, settings: &settings::Node, report: &Report) -> Self {
        Self {
            runtime,
            request: settings.clone(),
            report: report.clone(),
            absent: Vec::new(),
        }
    }

    /// Makes a run. Ctrl-C cancels it: nothing of it remains, unless it was being committed.
    pub(crate) fn perform(&self, request: Request) -> Result<RunReport> {
        let request = request
            .caller(self.request.caller.clone())
            .context(self.request.context.clone());
        let request = match self.request.timeout_ms {
            Some(milliseconds) => request.deadline_ms(milliseconds),
            None => request,
        };
        let request = match self.request.id {
            Some(id) => request.id(id),
            None => request,
        };
        interrupt::unless_pressed(self.runtime.perform(request)).map_err(|failure| {
            failure
                .hint("nothing of the run remains, unless it was being committed: look before you repeat it")
        })
    }

    /// Makes a run, and hands out its answer, of which `pick` takes what this kind of request is answered with.
    pub(crate) fn ask<T>(&self, request: Request, pick: fn(Answer) -> Option<T>) -> Result<Answered<T>> {
        let begun = Instant::now();
        let RunReport {
            run,
            attempts,
            replayed,
            result,
        } = self.perform(request)?;
        self.report.detail(&format!(
            "run {run}: attempts {attempts}, {} ms",
            begun.elapsed().as_millis()
        ));
        let answer = match result {
            // What was not found may be one of them.
            Err(error) if error.code() == Code::NotFound => {
                let hinted = |failure: Failure, absent: &Absent| failure.hint(absent.to_string());
                return Err(self.absent.iter().fold(error.into(), hinted));
            }
            result => {
                self.absent
                    .iter()
                    .for_each(|absent| self.report.warn(&absent.to_string()));
                result?
            }
        };
        if replayed {
            self.report.note(&format!(
                "run {run} was committed before: this is its answer, and nothing was done again"
            ));
        }
        let Some(answer) = pick(answer) else {
            let message = format!("run {run} answered what was not asked for");
            return Err(Failure::new(Reason::Airs(Code::Internal), message));
        };
        Ok(Answered {
            run,
            replayed,
            answer,
        })
    }

    /// What applies to a path for who acts.
    pub(crate) fn explain_path(&self, path: &str) -> Result<PathExplained> {
        let settings::Node { caller, context, .. } = &self.request;
        let explained = self.runtime.explain_path(path, caller, Some(context));
        Ok(interrupt::unless_pressed(explained)??)
    }

    /// What applies to a component in service.
    pub(crate) fn explain_component(&self, name: &str) -> airs_core::Result<ComponentExplained> {
        let context = &self.request.context;
        let no_name = |why: NameError| Error::new(Code::InvalidName, why.to_string());
        self.runtime
            .explain_component(&name.parse().map_err(no_name)?, Some(context))
    }

    /// The component of that name, if it is one of the project and could not be put into service.
    pub(crate) fn absent(&self, name: &str) -> Option<&Absent> {
        let mut all = self.absent.iter();
        all.find(|absent| absent.explained.name.as_str() == name)
    }

    fn load(&mut self, workspace: &Workspace, needs: Needs<'_>) -> Result<()> {
        if let Needs::State = needs {
            return Ok(());
        }
        if let Needs::Component(name) = needs {
            let one = workspace.component(name)?;
            let loaded = self.load_one(&one, workspace);
            return loaded.or_else(|failure| self.do_without(&one, workspace, failure));
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
                Err(failure) => self.do_without(driver, workspace, failure)?,
                Ok(()) => {}
            }
        }
        Ok(())
    }

    /// Notes that a component is not in service.
    fn do_without(&mut self, one: &Crate, workspace: &Workspace, why: Failure) -> Result<()> {
        if why.reason() == Reason::Interrupted {
            return Err(why);
        }
        let granted = workspace.granted(&one.manifest.name);
        let explained = ComponentExplained::of(&one.manifest, &granted, &self.request.context);
        self.absent.push(Absent { explained, why });
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

impl fmt::Debug for Node {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Node")
            .field("runtime", &self.runtime)
            .finish_non_exhaustive()
    }
}
