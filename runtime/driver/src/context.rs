//! A named environment: where runs happen.

use std::sync::Arc;

use airs_core::{Limits, Name, Result};
use airs_platform::{Snapshot, Storage};

use crate::transaction::Transaction;

/// A context: its name and its state.
///
/// An example is at [the crate](crate).
#[derive(Clone, Debug)]
pub struct Context {
    name: Arc<Name>,
    storage: Arc<dyn Storage>,
}

impl Context {
    /// A context over its storage.
    pub fn new(name: Name, storage: Arc<dyn Storage>) -> Self {
        Self {
            name: Arc::new(name),
            storage,
        }
    }

    /// The context's name.
    pub fn name(&self) -> &Name {
        &self.name
    }

    pub(crate) fn storage(&self) -> &dyn Storage {
        self.storage.as_ref()
    }

    pub(crate) async fn begin(&self, limits: &Limits) -> Result<Box<Transaction>> {
        let snapshot: Box<dyn Snapshot> = self.storage.snapshot().await?;
        Ok(Box::new(Transaction::new(snapshot, limits)))
    }
}
