//! Runtimes for tests: the project's components, each time in a runtime of its own with an empty state.
//!
//! The other side is the crate `airs-testing`, in a process that tests; [`conversation`] is what the two say.

mod conversation;
mod events;
mod faults;
mod fixed;
mod storage;
mod wire;

use std::path::PathBuf;

use airs_runtime::{
    Code, CodeCache, CompileProcess, Component, EngineConfig, Error, Grants, Limits, Name, Runtime,
    VariableName,
};

use crate::error::{Failure, Result};
use crate::report::Report;
use crate::settings::Which;
use crate::workspace::Workspace;
use crate::{code, interrupt};
pub(crate) use conversation::{converse, refuse};
use events::Events;
use faults::Faults;
use fixed::{Canned, FixedClock, Seeded};
use storage::Faulty;
use wire::Opening;

/// A test makes a few runs at once, if more than one: room for eight.
const INSTANCES_MAX: u32 = 32;
/// Enough for runs that wait for each other.
const THREADS: usize = 2;

/// What every runtime has.
pub(crate) struct Stage {
    components: Vec<(Component, Grants)>,
    limits: Limits,
    files: PathBuf,
    cache: Option<CodeCache>,
    process: Option<CompileProcess>,
    profile: String,
    /// Those that cannot be put into service.
    unfit: Vec<String>,
}

/// A runtime, and what a test may do with it.
pub(crate) struct Opened {
    pub(crate) runtime: Runtime,
    clock: FixedClock,
    seed: Seeded,
    faults: Faults,
    events: Events,
}

impl Stage {
    /// The project's components, as they are built in a profile.
    pub(crate) fn of(workspace: &Workspace, profile: &str, report: &Report) -> Result<Self> {
        let open = |one: &crate::workspace::Crate| {
            interrupt::check()?;
            let path = workspace.built(one, profile)?;
            let component = Component::open(&path)
                .map_err(|error| Failure::from(error).within(workspace.shown(&path)))?;
            Ok((component, workspace.granted(&one.manifest.name)))
        };
        let all = workspace.select(&Which::All)?;
        let root = workspace
            .project()
            .map_or_else(|| workspace.root(), airs_runtime::Project::root);
        let mut stage = Self {
            components: all.iter().map(open).collect::<Result<_>>()?,
            limits: workspace.limits(),
            files: root.join("tests").join("files"),
            cache: code::cache(report),
            process: code::process(),
            profile: profile.to_owned(),
            unfit: Vec::new(),
        };
        stage.unfit = stage.try_out(report)?;
        Ok(stage)
    }

    /// Puts every component into service, from when on its code is kept, and answers with the names of those that cannot
    /// be: whatever is wrong is told once, and tests that do without them are none the worse.
    fn try_out(&self, report: &Report) -> Result<Vec<String>> {
        if self.open(Opening::default()).is_ok() {
            return Ok(Vec::new());
        }
        let only = |names: Vec<String>| {
            self.open(Opening {
                components: Some(names),
                ..Opening::default()
            })
        };
        // If none at all can be had, it is no component's fault.
        only(Vec::new())?;
        let mut unfit = Vec::new();
        for name in self.names() {
            interrupt::check()?;
            if let Err(error) = only(vec![name.to_owned()]) {
                let hint = error
                    .hint_text()
                    .map_or_else(String::new, |hint| format!("; {hint}"));
                report.warn(&format!("no test can have {name} in service: {error}{hint}"));
                unfit.push(name.to_owned());
            }
        }
        Ok(unfit)
    }

    /// The names of the components that tests find in service, unless they do without.
    pub(crate) fn serving(&self) -> Vec<&str> {
        let mut names = self.names();
        names.retain(|name| !self.unfit.iter().any(|unfit| unfit == name));
        names
    }

    /// The names of the components.
    fn names(&self) -> Vec<&str> {
        let manifests = self
            .components
            .iter()
            .filter_map(|(component, _)| component.manifest());
        manifests.map(|manifest| manifest.name.as_str()).collect()
    }

    /// A fresh runtime.
    pub(crate) fn open(&self, opening: Opening) -> airs_runtime::Result<Opened> {
        let Opening {
            contexts,
            components,
            now_ms,
            seed,
            variables,
            http,
        } = opening;
        let (clock, random, faults) = (FixedClock::at(now_ms), Seeded::with(seed), Faults::default());
        let events = Events::default();
        let noted = events.clone();
        let builder = Runtime::builder()
            .limits(self.limits.clone())
            .engine(EngineConfig {
                instances_max: INSTANCES_MAX,
                threads: THREADS,
                ..EngineConfig::default()
            })
            .files(self.files.clone())
            .clock(clock.clone())
            .random(random.clone())
            // Nothing is read or written, and meets a fault, but what a test has asked for.
            .forget_answers_when_asked()
            .interpose(faults.clone())
            .http(Canned::new(http, faults.clone())?)
            .on_event(move |event| noted.note(event));
        // None of those that the tests were started with: they would be others elsewhere.
        let mut builder = builder;
        for (name, value) in variables {
            builder = builder.variable(variable(&name)?, value);
        }
        let names = match contexts.is_empty() {
            true => vec![Name::local()],
            false => contexts
                .iter()
                .map(|name| context(name))
                .collect::<Result<_, _>>()?,
        };
        let builder = names.into_iter().fold(builder, |builder, name| {
            builder.context_in(name, Faulty::new(faults.clone()))
        });
        let builder = builder.code_goal(code::goal(&self.profile));
        let runtime = code::with(builder, self.cache.as_ref(), self.process.as_ref()).build()?;
        self.put_into_service(&runtime, components.as_deref())?;
        // Whatever has started by now has drawn, too: the first run is the first all the same.
        random.set(seed);
        Ok(Opened {
            runtime,
            clock,
            seed: random,
            faults,
            events,
        })
    }

    fn put_into_service(&self, runtime: &Runtime, wanted: Option<&[String]>) -> airs_runtime::Result<()> {
        for name in wanted.unwrap_or_default() {
            if !self.names().contains(&name.as_str()) {
                let message = format!("there is no component {name:?} in the project");
                return Err(
                    Error::new(Code::NotFound, message).hint(format!("there is {}", self.names().join(", ")))
                );
            }
        }
        let is_wanted = |component: &Component| match (wanted, component.manifest()) {
            (Some(wanted), Some(manifest)) => wanted.iter().any(|name| name == manifest.name.as_str()),
            _ => true,
        };
        for (component, granted) in self.components.iter().filter(|(one, _)| is_wanted(one)) {
            runtime.load(component, granted)?;
        }
        Ok(())
    }
}

fn context(name: &str) -> airs_runtime::Result<Name> {
    name.parse()
        .map_err(|why: airs_runtime::NameError| Error::new(Code::InvalidName, why.to_string()))
}

fn variable(name: &str) -> airs_runtime::Result<VariableName> {
    name.parse()
        .map_err(|why: airs_runtime::VariableNameError| Error::new(Code::InvalidName, why.to_string()))
}
