//! The contexts of a runtime.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::time::Duration;

use airs_core::{Code, Error, Name, Result};
use airs_driver::Context;
use airs_engine::MemoryBudget;
use airs_platform::{DenialLog, Http, Memory, Sqlite, Storage};

use crate::builder::State;

/// Every context, the default one first.
#[derive(Debug)]
pub(crate) struct Contexts(Vec<Held>);

/// A context, and what the runtime does for it from time to time.
#[derive(Debug)]
pub(crate) struct Held {
    pub(crate) context: Context,
    /// When old answers are looked for again, in milliseconds since 1970.
    pub(crate) answers_due_ms: Arc<AtomicU64>,
    /// What its components were denied.
    pub(crate) denials: Arc<DenialLog>,
}

impl Held {
    fn new(context: Context, denials: DenialLog) -> Self {
        Self {
            context,
            answers_due_ms: Arc::default(),
            denials: Arc::new(denials),
        }
    }
}

impl Contexts {
    /// Opens the contexts of these names, and adds those that are open already. Each has a budget of its own, of so
    /// many bytes of the node's memory.
    pub(crate) fn open(
        state: &State,
        names: Vec<Name>,
        prepared: Vec<Context>,
        http: &Arc<dyn Http>,
        (node, memory_bytes): (&MemoryBudget, u64),
    ) -> Result<Self> {
        let names = if names.is_empty() && prepared.is_empty() {
            vec![Name::local()]
        } else {
            names
        };
        names
            .into_iter()
            .map(|name| {
                let denials = denials(state, &name);
                open(state, name).map(|context| (context, denials))
            })
            .chain(
                prepared
                    .into_iter()
                    .map(|context| Ok((context, DenialLog::memory()))),
            )
            .map(|opened: Result<_>| {
                let (context, denials): (Context, _) = opened?;
                let context = context.reaching(Arc::clone(http));
                let context = context.with_memory(node.of_context(memory_bytes));
                Ok(Held::new(context, denials))
            })
            .collect::<Result<_>>()
            .map(Self)
    }

    pub(crate) fn all(&self) -> impl Iterator<Item = &Held> {
        self.0.iter()
    }

    /// Their names, the default one's first.
    pub(crate) fn names(&self) -> impl Iterator<Item = &Name> {
        self.0.iter().map(|held| held.context.name())
    }

    /// A context by name, or the default one.
    pub(crate) fn find(&self, name: Option<&Name>) -> Result<&Held> {
        let found = match name {
            None => self.0.first(),
            Some(name) => self.0.iter().find(|held| held.context.name() == name),
        };
        found.ok_or_else(|| {
            let name = name.cloned().unwrap_or_else(Name::local);
            Error::new(Code::NotFound, format!("there is no context {name}"))
        })
    }
}

fn open(state: &State, name: Name) -> Result<Context> {
    let storage: Arc<dyn Storage> = match state {
        State::Memory => Arc::new(Memory::new()),
        State::Folder(folder) => Arc::new(Sqlite::open(&file(folder, &name))?),
    };
    Ok(Context::new(name, storage))
}

/// Looks at the file of a context, which has to be there.
pub(crate) fn examine(folder: &Path, name: &Name) -> Result<()> {
    Ok(Sqlite::examine(&file(folder, name))?)
}

/// Looks at the rows of a context as well, for so long.
pub(crate) fn examine_rows(folder: &Path, name: &Name, time_max: Duration) -> Result<bool> {
    Ok(Sqlite::examine_rows(&file(folder, name), time_max)?)
}

/// The record of what the components of a context were denied.
pub(crate) fn denials(state: &State, name: &Name) -> DenialLog {
    match state {
        State::Memory => DenialLog::memory(),
        State::Folder(folder) => DenialLog::file(folder.join(format!("{name}.denials.jsonl"))),
    }
}

/// A context's name is safe in a path: lower-case letters, digits and hyphens.
pub(crate) fn file(folder: &Path, name: &Name) -> PathBuf {
    folder.join(format!("{name}.sqlite"))
}
