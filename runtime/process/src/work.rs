//! What a run does.

use std::sync::Arc;

use airs_core::{AssetPath, Error, Result, Rights, Value};
use airs_driver::{Binding, Placement, Session};
use airs_engine::{Environment, Guest};

use crate::catalog::Program;
use crate::val::ProgramState;

/// What a run does: a program, or one of the operations that need none. All of them are transactions.
///
/// An example is at [the crate](crate).
#[derive(Clone, Debug)]
pub enum Work {
    /// Runs a program.
    Program {
        /// Which.
        program: Arc<Program>,
        /// Its input, JSON.
        input: Arc<str>,
    },
    /// Looks at an asset.
    View {
        /// The asset's path.
        path: String,
    },
    /// Calls an operation of an asset's driver.
    Control {
        /// The asset's path.
        path: String,
        /// The operation.
        operation: String,
        /// Its input, JSON.
        input: String,
    },
    /// Binds a driver to a path.
    Bind(Placement),
    /// Removes a binding.
    Unbind {
        /// Its path.
        path: String,
    },
    /// Lists the bindings.
    Bindings,
}

/// What a run that ended well answers.
///
/// An example is at [the crate](crate).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// A program's, or an operation's, output: JSON.
    Output(String),
    /// What an asset holds.
    Value(Value),
    /// What was bound, and where.
    Bound(AssetPath, Binding),
    /// What is no longer bound.
    Unbound(AssetPath),
    /// Everything that is bound.
    Bindings(Vec<(String, Binding)>),
}

impl Work {
    /// What to call it in messages and events.
    pub fn name(&self) -> &str {
        match self {
            Self::Program { program, .. } => program.name.as_str(),
            Self::View { .. } => "view",
            Self::Control { .. } => "control",
            Self::Bind(_) => "bind",
            Self::Unbind { .. } => "unbind",
            Self::Bindings => "bindings",
        }
    }

    /// Does the work in a session. The session comes back unless there is nothing left to commit.
    pub(crate) async fn perform(
        &self,
        mut session: Box<Session>,
        environment: &Environment,
    ) -> Result<(Answer, Box<Session>)> {
        let answer = match self {
            Self::Program { program, input } => return run(program, input, session, environment).await,
            Self::View { path } => {
                let asset = session.intend(path, Rights::VIEW).await?;
                Answer::Value(session.view(asset).await?)
            }
            Self::Control {
                path,
                operation,
                input,
            } => {
                let asset = session.intend(path, Rights::CONTROL).await?;
                Answer::Output(session.control(asset, operation.clone(), input.clone()).await?)
            }
            Self::Bind(placement) => {
                let (path, binding) = session.bind(placement).await?;
                Answer::Bound(path, binding)
            }
            Self::Unbind { path } => Answer::Unbound(session.unbind(path).await?),
            Self::Bindings => Answer::Bindings(session.bindings().await?),
        };
        Ok((answer, session))
    }
}

async fn run(
    program: &Program,
    input: &Arc<str>,
    session: Box<Session>,
    environment: &Environment,
) -> Result<(Answer, Box<Session>), Error> {
    let allowed = program.effective.of(session.context()).map_err(|lacking| {
        environment.denied(&program.name, lacking.capability, lacking.error.message());
        lacking.error
    })?;
    let (name, world) = (Arc::clone(&program.name), Arc::clone(&allowed.world));
    let guest = Guest::new(name, environment.clone(), world, &program.limits);
    let state = ProgramState::new(guest, session);
    let instance = program
        .code
        .instantiate(state)
        .await
        .map_err(|failure| failure.into_error())?;
    let (output, state) = instance.run(Arc::clone(input)).await;
    let mut session = state.into_session();
    match output {
        Ok(output) => Ok((Answer::Output(output), session)),
        // What doomed the run says more than what the program made of it.
        Err(failure) => Err(session.doom().unwrap_or_else(|| failure.into_error())),
    }
}
