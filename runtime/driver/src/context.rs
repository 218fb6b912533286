//! A named environment: where runs happen.

use std::sync::Arc;
use std::time::Duration;

use airs_core::{Guards, Limits, Name, Result};
use airs_engine::{HeldMemory, MemoryBudget};
use airs_platform::{Http, Snapshot, Storage};

use crate::line::{Footprint, Line, Ticket};
use crate::ownership::Ownership;
use crate::transaction::Transaction;

/// A context: its name and its state.
///
/// An example is at [the crate](crate).
#[derive(Clone, Debug)]
pub struct Context {
    name: Arc<Name>,
    storage: Arc<dyn Storage>,
    line: Arc<Line>,
    ownership: Arc<Ownership>,
    http: Option<Arc<dyn Http>>,
    guards: Guards,
    memory: Option<MemoryBudget>,
}

impl Context {
    /// A context over its storage.
    pub fn new(name: Name, storage: Arc<dyn Storage>) -> Self {
        Self {
            name: Arc::new(name),
            storage,
            line: Arc::default(),
            ownership: Arc::default(),
            http: None,
            guards: Guards::default(),
            memory: None,
        }
    }

    /// The same context with a way to servers.
    #[must_use]
    pub fn reaching(mut self, http: Arc<dyn Http>) -> Self {
        self.http = Some(http);
        self
    }

    /// The same context with these guards in place.
    #[must_use]
    pub fn guarded(mut self, guards: Guards) -> Self {
        self.guards = guards;
        self
    }

    /// The same context, in which an attempt after a conflict keeps others away from its keys for so long at most;
    /// a quarter of a second unless said.
    #[must_use]
    pub fn with_turns_of(mut self, turn_max: Duration) -> Self {
        self.line = Arc::new(Line::with_turns_of(turn_max));
        self
    }

    /// The same context, in which a commit that the backend has begun is waited for so long after the run's deadline,
    /// before its outcome is called unknown; half a minute unless said.
    #[must_use]
    pub fn with_grace_of(mut self, grace: Duration) -> Self {
        self.ownership = Arc::new(Ownership::with_grace(grace));
        self
    }

    /// The same context, in which guests take memory of this budget, beside the limit of each, and so does what the host
    /// keeps for their runs.
    #[must_use]
    pub fn with_memory(mut self, budget: MemoryBudget) -> Self {
        self.memory = Some(budget);
        self
    }

    /// What guests take memory of, beside the limit of each.
    pub fn memory(&self) -> Option<&MemoryBudget> {
        self.memory.as_ref()
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

    /// Joins the line of those who met a conflict here, with what the attempt has touched, and waits for its turn.
    /// Whoever stops waiting leaves the line.
    pub async fn queue(&self, footprint: Footprint) -> Ticket {
        self.line.queue(footprint, None).await
    }

    /// The same for who may keep its turn for another time.
    pub(crate) async fn queue_for(&self, footprint: Footprint, turn_max: Duration) -> Ticket {
        self.line.queue(footprint, Some(turn_max)).await
    }

    pub(crate) fn ownership(&self) -> &Ownership {
        &self.ownership
    }

    pub(crate) fn line(&self) -> &Line {
        &self.line
    }

    pub(crate) fn http(&self) -> Option<Arc<dyn Http>> {
        self.http.clone()
    }

    pub(crate) fn storage(&self) -> &dyn Storage {
        self.storage.as_ref()
    }

    pub(crate) async fn begin(&self, limits: &Limits) -> Result<Box<Transaction>> {
        let snapshot: Box<dyn Snapshot> = self.storage.snapshot().await?;
        let memory = HeldMemory::within(self.memory.clone());
        Ok(Box::new(Transaction::new(snapshot, limits, self.guards, memory)))
    }
}
