//! What serves: the runtime of the loop, and what is in it.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use airs_core::{Limits, Name};
use airs_runtime::{Event, Runtime, State};

use super::made::{Made, One};
use crate::error::{Failure, Result};
use crate::journal::Journal;
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
    /// When code was last made of a component.
    compiled_at: Arc<Mutex<Option<Instant>>>,
    context: Name,
    journal: Journal,
}

impl Drop for Serving {
    fn drop(&mut self) {
        self.journal.flush();
    }
}

/// What came of putting a turn into service.
#[derive(Default)]
pub(super) struct Swapped {
    pub(super) served: Vec<DevServed>,
    pub(super) removed: Vec<String>,
    pub(super) failures: Vec<Failure>,
}

impl Serving {
    pub(super) fn open(
        settings: &settings::Node,
        workspace: &Workspace,
        state: State,
        logs: Arc<AtomicBool>,
        report: &Report,
    ) -> Result<Self> {
        let compiled_at: Arc<Mutex<Option<Instant>>> = Arc::default();
        let (listener, noted) = (report.clone(), Arc::clone(&compiled_at));
        let journal = node::kept(&state, settings, workspace, report);
        let kept = journal.clone();
        let builder = Runtime::builder()
            .state(state)
            .limits(workspace.limits())
            .context(settings.context.clone())
            .on_event(move |event| {
                kept.note(event);
                match event {
                    Event::Compiled { .. } => {
                        *noted.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now());
                        code::log(event, &listener);
                    }
                    Event::Log { .. } if !logs.load(Ordering::Relaxed) => {}
                    event => node::tell(event, &listener),
                }
            });
        let builder = node::with_files(builder, settings, workspace);
        // What is granted later is there then; a component sees none of it before.
        let variables = std::env::vars_os()
            .filter_map(|(name, value)| Some((name.to_str()?.parse().ok()?, value.into_string().ok()?)));
        let builder = variables.fold(builder, |builder, (name, value)| builder.variable(name, value));
        Ok(Self {
            runtime: code::set_up(builder, report).build()?,
            served: BTreeMap::new(),
            limits: workspace.limits(),
            compiled_at,
            context: settings.context.clone(),
            journal,
        })
    }

    pub(super) fn runtime(&self) -> Runtime {
        self.runtime.clone()
    }

    /// What serves under a name.
    pub(super) fn of(&self, name: &Name) -> Option<&One> {
        self.served.get(name)
    }

    /// What serves and is none of these.
    pub(super) fn others(&self, names: &[Name]) -> Vec<Name> {
        let others = self.served.keys().filter(|name| !names.contains(name));
        others.cloned().collect()
    }

    /// Whether the runtime works under other limits than the project now says.
    pub(super) fn has_other_limits(&mut self, limits: &Limits) -> bool {
        // Said once.
        std::mem::replace(&mut self.limits, limits.clone()) != *limits
    }

    /// Puts what a turn has made into service, each component in one step. One that fails leaves what served.
    pub(super) fn swap(&mut self, made: &Made) -> Swapped {
        let mut swapped = Swapped::default();
        for one in &made.components {
            match self.swap_one(one) {
                Ok(served) => swapped.served.push(served),
                Err(failure) => swapped.failures.push(failure),
            }
        }
        for name in &made.removed {
            self.served.remove(name);
            match self.runtime.unload(name) {
                Ok(_) => swapped.removed.push(name.to_string()),
                Err(error) => swapped.failures.push(error.into()),
            }
        }
        swapped
    }

    fn swap_one(&mut self, one: &One) -> Result<DevServed> {
        // What it is granted now may be new.
        for name in &one.grants.of(&self.context).environment {
            if let Ok(value) = std::env::var(name.as_str()) {
                self.journal.hide(name.as_str(), &value);
            }
        }
        let begun = Instant::now();
        let loaded = self.runtime.load(&one.component, &one.grants)?;
        let ended = Instant::now();
        let noted = *self.compiled_at.lock().unwrap_or_else(PoisonError::into_inner);
        let compiled = noted.filter(|at| *at >= begun).unwrap_or(begun);
        let before = self.served.insert(one.name.clone(), one.clone());
        Ok(DevServed {
            name: one.name.to_string(),
            kind: one.kind.as_str(),
            generation: loaded.generation,
            digest: loaded.digest,
            size_bytes: one.size_bytes(),
            size_bytes_before: before.map(|before| before.size_bytes()),
            component_ms: milliseconds(one.making),
            code_ms: milliseconds(compiled - begun),
            swap_ms: milliseconds(ended - compiled),
        })
    }
}

/// With the microseconds: a swap takes some hundreds of them.
pub(super) fn milliseconds(time: Duration) -> f64 {
    (time.as_secs_f64() * 1e6).round() / 1e3
}
