//! A runtime for one command: the project's components, over the project's state.

mod absent;
mod ask;
mod events;
mod explain;
mod input;
mod manner;
mod state;

use std::fmt;

use airs_runtime::{Code, Component, Event, Kind, Loaded, Name, PathExplained, Runtime, State};

use crate::error::{Failure, Reason, Result};
use crate::journal::{Flushed, Journal};
use crate::live::Live;
use crate::report::Report;
use crate::settings::{self, Which};
use crate::workspace::{Crate, Workspace};
use crate::{code, interrupt};

use absent::Absent;
pub(crate) use ask::{Answered, ask};
pub(crate) use events::tell;
pub(crate) use input::{input, json, may_lack_input, raw};
pub(crate) use manner::{AT_ONCE_MAX, Manner};
pub(crate) use state::{kept, owned, state, with_files};

/// A runtime with the project's components in it, and who acts on it.
pub(crate) struct Node {
    runtime: Runtime,
    request: settings::Node,
    report: Report,
    absent: Vec<Absent>,
    /// After the runtime, which tells it of its end.
    _journal: Flushed,
}

/// What a command needs.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Needs<'a> {
    /// Nothing but a runtime to ask.
    Nothing,
    /// What is in the state, if there is one, and nothing in service.
    State,
    /// What is in the state, and the drivers: any may be bound to what the command touches.
    Drivers,
    /// The drivers, this one above all, and a state, which is made when there is none.
    Driver(&'a str),
    /// The drivers, one of the programs, and a state, which is made when there is none.
    Program(&'a str),
}

impl Needs<'_> {
    /// Who needs what is there makes nothing where there is nothing.
    fn of(self, state: State, context: &Name) -> (Self, State) {
        match self {
            Self::Nothing => (self, State::Memory),
            Self::State | Self::Drivers if matches!(state, State::Folder(_)) && !state.has(context) => {
                (Self::State, State::Memory)
            }
            _ => (self, state),
        }
    }
}

impl Node {
    pub(crate) fn open(settings: &settings::Node, needs: Needs<'_>, report: &Report) -> Result<Self> {
        Self::within(&Workspace::load(&settings.manifest)?, settings, needs, report)
    }

    /// The same in a workspace that was read already.
    pub(crate) fn within(
        workspace: &Workspace,
        settings: &settings::Node,
        needs: Needs<'_>,
        report: &Report,
    ) -> Result<Self> {
        Self::in_a_manner(workspace, settings, needs, report, Manner::default())
    }

    pub(crate) fn in_a_manner(
        workspace: &Workspace,
        settings: &settings::Node,
        needs: Needs<'_>,
        report: &Report,
        manner: Manner,
    ) -> Result<Self> {
        let (needs, state) = needs.of(state(settings, workspace)?, &settings.context);
        let journal = match manner.is_measured {
            true => Journal::default(),
            false => kept(&state, settings, workspace, report),
        };
        let (listener, noted) = (report.clone(), journal.clone());
        let builder = Runtime::builder()
            .state(state)
            .limits(workspace.limits())
            .engine(manner.engine())
            .context(settings.context.clone())
            .on_event(move |event| {
                // Whoever serves for the length of one command is no news.
                if !matches!(event, Event::Loaded { .. } | Event::Unloaded { .. }) {
                    noted.note(event);
                }
                match manner.is_measured {
                    true => events::tell_who_asks(event, &listener),
                    false => tell(event, &listener),
                }
            });
        let builder = builder.code_goal(code::goal(&settings.profile));
        let builder = with_files(builder, settings, workspace);
        let variables = workspace.variables(&settings.context).into_iter();
        let builder = variables.fold(builder, |builder, (name, value)| builder.variable(name, value));
        let runtime = code::set_up(builder, report).build()?;
        let mut node = Self {
            runtime,
            request: settings.clone(),
            report: report.clone(),
            absent: Vec::new(),
            _journal: journal.into(),
        };
        node.load(workspace, needs)?;
        Ok(node)
    }

    /// A runtime that is there already, whatever is in it.
    pub(crate) fn over(runtime: Runtime, settings: &settings::Node, report: &Report) -> Self {
        Self {
            runtime,
            request: settings.clone(),
            report: report.clone(),
            absent: Vec::new(),
            _journal: Journal::default().into(),
        }
    }

    /// What is in service.
    pub(crate) fn components(&self) -> Vec<Loaded> {
        self.runtime.components()
    }

    /// Says which components are not in service, and why.
    pub(crate) fn warn_of_absent(&self) {
        let warn = |absent: &Absent| self.report.warn(&absent.to_string());
        self.absent.iter().for_each(warn);
    }

    /// What applies to a path for who acts.
    pub(crate) fn explain_path(&self, path: &str) -> Result<PathExplained> {
        let settings::Node { caller, context, .. } = &self.request;
        let explained = self.runtime.explain_path(path, caller, Some(context));
        Ok(interrupt::unless_pressed(explained)??)
    }

    fn load(&mut self, workspace: &Workspace, needs: Needs<'_>) -> Result<()> {
        if let Needs::Nothing | Needs::State = needs {
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
                Err(failure) => self.do_without(driver, failure)?,
                Ok(()) => {}
            }
        }
        Ok(())
    }

    /// Notes that a component is not in service.
    fn do_without(&mut self, one: &Crate, why: Failure) -> Result<()> {
        if why.reason() == Reason::Interrupted {
            return Err(why);
        }
        let (kind, name) = (one.manifest.kind, one.manifest.name.clone());
        self.absent.push(Absent { kind, name, why });
        Ok(())
    }

    fn load_one(&self, one: &Crate, workspace: &Workspace) -> Result<()> {
        let component = self.built(one, workspace)?;
        self.runtime
            .load(&component, &workspace.granted(&one.manifest.name))?;
        Ok(())
    }

    /// A component as it was built last.
    fn built(&self, one: &Crate, workspace: &Workspace) -> Result<Component> {
        let name = &one.manifest.name;
        let path = match Live::of(&self.request)?.and_then(|live| live.component(name)) {
            Some(serving) => serving,
            None => workspace.built(one, &self.request.profile)?,
        };
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
        code::warn_of_debugger(&component, &self.request.profile, name.as_str(), &self.report);
        Ok(component)
    }
}

/// The program that a person means.
pub(crate) fn program<'a>(name: &str, all: &'a [Crate]) -> Result<&'a Crate> {
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
