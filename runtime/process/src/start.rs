//! Starting programs.

use std::sync::Arc;

use airs_core::{Caller, CallerId, Result};
use airs_driver::{Context, Drivers, Heard, Session, SessionStart};
use airs_engine::{Environment, Guest, ProgramInstance};

use crate::catalog::Program;
use crate::val::ProgramState;

impl Program {
    /// Has an instance start as it does in a run, and drops it: nothing of it remains. To be polled on the engine's
    /// executor.
    ///
    /// # Errors
    /// Why it does not start, and [`Code::UngrantedCapability`](airs_core::Code::UngrantedCapability) in a context in
    /// which it does not work.
    pub async fn start(&self, context: &Context, run: Arc<str>, environment: &Environment) -> Result<()> {
        let session = Session::begin(SessionStart {
            context: context.clone(),
            run,
            caller: Caller::local(&CallerId::operator(), context.name()),
            drivers: Arc::new(Drivers::default()),
            environment: environment.clone(),
            heard: Heard::default(),
            limits: self.limits.clone(),
        });
        self.instance(session.await?, environment).await.map(drop)
    }

    /// A new instance, whose calls go to a session.
    pub(crate) async fn instance(
        &self,
        session: Box<Session>,
        environment: &Environment,
    ) -> Result<ProgramInstance<ProgramState>> {
        let allowed = self
            .effective
            .in_run(session.context(), &self.name, environment)?;
        let (name, world) = (Arc::clone(&self.name), Arc::clone(&allowed.world));
        let guest = Guest::new(name, environment.clone(), world, &self.limits);
        let instance = self.code.instantiate(ProgramState::new(guest, session)).await;
        instance.map_err(|failure| failure.into_error())
    }
}
