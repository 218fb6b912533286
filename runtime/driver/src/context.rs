//! A named environment: where runs happen.

use std::sync::Arc;

use airs_core::{Guards, Limits, Name, Result};
use airs_platform::{Snapshot, Storage};

use crate::transaction::Transaction;

/// A context: its name and its state.
///
/// An example is at [the crate](crate).
#[derive(Clone, Debug)]
pub struct Context {
    name: Arc<Name>,
    storage: Arc<dyn Storage>,
    guards: Guards,
}

impl Context {
    /// A context over its storage.
    pub fn new(name: Name, storage: Arc<dyn Storage>) -> Self {
        Self {
            name: Arc::new(name),
            storage,
            guards: Guards::default(),
        }
    }

    /// The same context with these guards in place.
    #[must_use]
    pub fn guarded(mut self, guards: Guards) -> Self {
        self.guards = guards;
        self
    }

    /// Which guards are in place.
    pub fn guards(&self) -> Guards {
        self.guards
    }

    /// The context's name.
    pub fn name(&self) -> &Name {
        &self.name
    }

    pub(crate) fn shared_name(&self) -> Arc<Name> {
        Arc::clone(&self.name)
    }

    pub(crate) fn storage(&self) -> &dyn Storage {
        self.storage.as_ref()
    }

    pub(crate) async fn begin(&self, limits: &Limits) -> Result<Box<Transaction>> {
        let snapshot: Box<dyn Snapshot> = self.storage.snapshot().await?;
        Ok(Box::new(Transaction::new(snapshot, limits, self.guards)))
    }
}
