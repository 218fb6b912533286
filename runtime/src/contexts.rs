//! The contexts of a runtime.

use std::path::Path;
use std::sync::Arc;

use airs_core::{Code, Error, Name, Result};
use airs_driver::Context;
use airs_platform::{Memory, Sqlite, Storage};

use crate::builder::State;

/// Every context, the default one first.
#[derive(Debug)]
pub(crate) struct Contexts(Vec<Context>);

impl Contexts {
    /// Opens the contexts of these names, and adds those that are open already.
    pub(crate) fn open(state: &State, names: Vec<Name>, prepared: Vec<Context>) -> Result<Self> {
        let names = if names.is_empty() && prepared.is_empty() {
            vec![Name::local()]
        } else {
            names
        };
        names
            .into_iter()
            .map(|name| open(state, name))
            .chain(prepared.into_iter().map(Ok))
            .collect::<Result<_>>()
            .map(Self)
    }

    /// Their names, the default one's first.
    pub(crate) fn names(&self) -> impl Iterator<Item = &Name> {
        self.0.iter().map(Context::name)
    }

    /// A context by name, or the default one.
    pub(crate) fn find(&self, name: Option<&Name>) -> Result<&Context> {
        let found = match name {
            None => self.0.first(),
            Some(name) => self.0.iter().find(|context| context.name() == name),
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

/// A context's name is safe in a path: lower-case letters, digits and hyphens.
fn file(folder: &Path, name: &Name) -> std::path::PathBuf {
    folder.join(format!("{name}.sqlite"))
}
