//! What serves: the runtime of the loop, and what is in it.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use airs_runtime::{Kind, Limits, Name, Runtime, State};

use super::level::Shown;
use super::made::{Made, One};
use crate::error::{Failure, Result};
use crate::journal::Flushed;
use crate::message::DevServed;
use crate::report::Report;
use crate::settings;
use crate::workspace::Workspace;
use crate::{code, node};

/// The runtime, and what serves in it.
pub(super) struct Serving {
    runtime: Runtime,
    served: BTreeMap<Name, One>,
    /// The runtime's own, which it keeps.
    limits: Limits,
    context: Name,
    /// After the runtime, which tells it of its end.
    journal: Flushed,
}

/// What came of putting a turn into service.
pub(super) struct Swapped {
    pub(super) served: Vec<DevServed>,
    pub(super) removed: Vec<String>,
    /// How long it took to start what is new, to migrate, and to swap.
    pub(super) took: Duration,
}

/// Why a turn was not put into service, and who is to blame.
pub(super) struct Refused {
    pub(super) component: Name,
    pub(super) failure: Failure,
}

impl Serving {
    pub(super) fn open(
        settings: &settings::Node,
        workspace: &Workspace,
        state: State,
        shown: Shown,
        report: &Report,
    ) -> Result<Self> {
        // What is told is told within runs.
        let listener = report.without_waiting();
        let journal = node::kept(&state, settings, workspace, &listener);
        let kept = journal.clone();
        let builder = Runtime::builder()
            .state(state)
            .limits(workspace.limits())
            .context(settings.context.clone())
            .on_event(move |event| {
                kept.note(event);
                shown.tell(event, &listener);
            });
        let builder = builder.code_goal(code::goal(&settings.profile));
        let builder = node::with_files(builder, settings, workspace);
        // What is granted later is there then; a component sees none of it before.
        let variables = std::env::vars_os()
            .filter_map(|(name, value)| Some((name.to_str()?.parse().ok()?, value.into_string().ok()?)));
        let builder = variables.fold(builder, |builder, (name, value)| builder.variable(name, value));
        Ok(Self {
            runtime: code::set_up_to_stay(builder, report).build()?,
            served: BTreeMap::new(),
            limits: workspace.limits(),
            context: settings.context.clone(),
            journal: journal.into(),
        })
    }

    pub(super) fn runtime(&self) -> Runtime {
        self.runtime.clone()
    }

    /// What serves under a name.
    pub(super) fn of(&self, name: &Name) -> Option<&One> {
        self.served.get(name)
    }

    /// What serves and is none of these: of another name, or of another kind under the same one.
    pub(super) fn others<'a>(&self, these: impl Iterator<Item = (&'a Name, Kind)> + Clone) -> Vec<Name> {
        let is_there = |one: &One| these.clone().any(|these| these == (&one.name, one.kind));
        let others = self.served.values().filter(|one| !is_there(one));
        others.map(|one| one.name.clone()).collect()
    }

    /// Whether the runtime works under other limits than the project now says.
    pub(super) fn has_other_limits(&mut self, limits: &Limits) -> bool {
        // Said once.
        std::mem::replace(&mut self.limits, limits.clone()) != *limits
    }

    /// Puts what a turn has made into service, in one step: all of it, or nothing.
    pub(super) fn swap(&mut self, made: &mut Made) -> Result<Swapped, Refused> {
        let mut prepared = Vec::new();
        let mut coding = Vec::new();
        for one in &made.components {
            // What it is granted now may be new.
            for name in &one.grants.of(&self.context).environment {
                if let Ok(value) = std::env::var(name.as_str()) {
                    self.journal.journal().hide(name.as_str(), &value);
                }
            }
            let begun = Instant::now();
            let preparing = made.preparing.remove(&one.name);
            let early = preparing.and_then(|preparing| preparing.join().ok());
            let ready = early.unwrap_or_else(|| self.runtime.prepare(&one.component, &one.grants));
            prepared.push(ready.map_err(|error| Refused {
                component: one.name.clone(),
                failure: error.into(),
            })?);
            coding.push(begun.elapsed());
        }
        let begun = Instant::now();
        let swapped = self.runtime.swap(&prepared, &made.removed);
        let swapped = swapped.map_err(|refused| Refused {
            component: refused.component,
            failure: refused.error.into(),
        })?;
        let took = begun.elapsed();
        for name in &made.removed {
            self.served.remove(name);
        }
        let each = made.components.iter().zip(swapped.loaded).zip(coding);
        let served = each.map(|((one, loaded), coding)| {
            let before = self.served.insert(one.name.clone(), one.clone());
            DevServed {
                name: one.name.to_string(),
                kind: one.kind.as_str(),
                generation: loaded.generation,
                digest: loaded.digest,
                size_bytes: one.size_bytes(),
                size_bytes_before: before.map(|before| before.size_bytes()),
                component_ms: milliseconds(one.making),
                code_ms: milliseconds(coding),
            }
        });
        Ok(Swapped {
            served: served.collect(),
            removed: made.removed.iter().map(ToString::to_string).collect(),
            took,
        })
    }
}

/// With the microseconds: a swap takes some hundreds of them.
pub(super) fn milliseconds(time: Duration) -> f64 {
    (time.as_secs_f64() * 1e6).round() / 1e3
}
