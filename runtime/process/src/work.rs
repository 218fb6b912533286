//! What a run does.

use std::fmt;
use std::sync::Arc;

use airs_core::{FieldWriter, Interposed, Kind, Result, Rights};
use airs_driver::{Owner, Placement, Session, unknown};
use airs_engine::Environment;
use sha2::{Digest, Sha256};

use crate::answer::Answer;
use crate::catalog::{Program, Programs};
use crate::failed::Failed;

/// What a run does: a program, or one of the operations that need none. All of them are transactions.
///
/// An example is at [the crate](crate).
#[derive(Clone)]
pub enum Work {
    /// Runs a program.
    Program {
        /// Its name.
        name: String,
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
    /// Finds the binding that covers a path.
    Resolve {
        /// The path.
        path: String,
    },
}

impl Work {
    /// What to call it in messages and events.
    pub fn name(&self) -> &str {
        match self {
            Self::Program { name, .. } => name,
            Self::View { .. } => "view",
            Self::Control { .. } => "control",
            Self::Bind(_) => "bind",
            Self::Unbind { .. } => "unbind",
            Self::Bindings => "bindings",
            Self::Resolve { .. } => "resolve",
        }
    }

    /// The sha256 of all that was asked for: what tells whether a run id was given to the same thing before.
    pub fn digest(&self) -> [u8; 32] {
        let (kind, texts): (u8, Vec<&str>) = match self {
            Self::Program { name, input } => (0, vec![name, input]),
            Self::View { path } => (1, vec![path]),
            Self::Control {
                path,
                operation,
                input,
            } => (2, vec![path, operation, input]),
            Self::Bind(placement) => (3, placed(placement)),
            Self::Unbind { path } => (4, vec![path]),
            Self::Bindings => (5, Vec::new()),
            Self::Resolve { path } => (6, vec![path]),
        };
        let mut fields = FieldWriter::new(kind);
        texts.into_iter().for_each(|text| fields.field(text.as_bytes()));
        Sha256::digest(fields.into_bytes()).into()
    }

    /// The program that it runs, if it runs one.
    pub(crate) fn program(&self, programs: &Programs) -> Result<Option<Arc<Program>>> {
        let Self::Program { name, .. } = self else {
            return Ok(None);
        };
        let program = programs.get(name.as_str()).map(Arc::clone);
        program
            .map(Some)
            .ok_or_else(|| unknown(Kind::Program, name, programs.keys()))
    }

    /// Does the work in a session. The session comes back unless there is nothing left to commit.
    pub(crate) async fn perform(
        &self,
        program: Option<&Program>,
        mut session: Box<Session>,
        environment: &Environment,
    ) -> Result<(Answer, Box<Session>), Failed> {
        if let Self::Program { name, input } = self {
            let program = program.ok_or_else(|| unknown(Kind::Program, name, [].iter()))?;
            return run(program, input, session, environment).await;
        }
        match self.operate(&mut session).await {
            Ok(answer) => Ok((answer, session)),
            Err(error) => Err(Failed::of(error, &session)),
        }
    }

    /// Does what needs no program.
    async fn operate(&self, session: &mut Session) -> Result<Answer> {
        Ok(match self {
            Self::Program { name, .. } => return Err(unknown(Kind::Program, name, [].iter())),
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
                Answer::Output(session.control(asset, operation, input).await?)
            }
            Self::Bind(placement) => {
                let (path, binding) = session.bind(placement).await?;
                Answer::Bound(path, binding)
            }
            Self::Unbind { path } => Answer::Unbound(session.unbind(path).await?),
            Self::Bindings => Answer::Bindings(session.bindings().await?),
            Self::Resolve { path } => {
                let (path, at, binding) = session.resolve(path).await?;
                Answer::Resolved(path, at, binding)
            }
        })
    }
}

/// Shows how long an input is, and not what it says: that is its caller's own.
impl fmt::Debug for Work {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Program { name, input } => f
                .debug_struct("Program")
                .field("name", name)
                .field("input_bytes", &input.len())
                .finish(),
            Self::View { path } => f.debug_struct("View").field("path", path).finish(),
            Self::Control {
                path,
                operation,
                input,
            } => f
                .debug_struct("Control")
                .field("path", path)
                .field("operation", operation)
                .field("input_bytes", &input.len())
                .finish(),
            Self::Bind(placement) => f.debug_tuple("Bind").field(placement).finish(),
            Self::Unbind { path } => f.debug_struct("Unbind").field("path", path).finish(),
            Self::Bindings => f.write_str("Bindings"),
            Self::Resolve { path } => f.debug_struct("Resolve").field("path", path).finish(),
        }
    }
}

/// All that says what is to be bound, so that no two placements have the same texts.
fn placed(placement: &Placement) -> Vec<&str> {
    let Placement {
        path,
        driver,
        account,
        owner,
        controllers,
    } = placement;
    let owner = match owner {
        None => ["who binds", ""],
        Some(Owner::Each) => ["each", ""],
        Some(Owner::Caller(id)) => ["caller", id],
    };
    let texts = [path.as_str(), driver, account].into_iter().chain(owner);
    texts.chain(controllers.iter().map(String::as_str)).collect()
}

async fn run(
    program: &Program,
    input: &Arc<str>,
    session: Box<Session>,
    environment: &Environment,
) -> Result<(Answer, Box<Session>), Failed> {
    let interposed = environment.before(Kind::Program, &program.name, "run");
    if let Interposed::Refused(error) | Interposed::Fault(error) = interposed {
        return Err(Failed::of(error, &session));
    }
    let instance = program.instance(session, environment).await?;
    let (output, state) = instance.run(Arc::clone(input)).await;
    let mut session = state.into_session();
    match output {
        Ok(output) => Ok((Answer::Output(output), session)),
        // What doomed the run says more than what the program made of it.
        Err(failure) => {
            let error = session.doom().unwrap_or_else(|| failure.into_error());
            Err(Failed::of(error, &session))
        }
    }
}

#[cfg(test)]
mod tests {
    use airs_driver::{Owner, Placement};

    use super::Work;

    fn binding(change: impl FnOnce(&mut Placement)) -> Work {
        let mut placement = Placement::new("/a", "ledger", "{}");
        change(&mut placement);
        Work::Bind(placement)
    }

    #[test]
    fn an_input_is_not_shown() {
        let (path, input) = ("/a".to_owned(), "s3cret".to_owned());
        for work in [
            Work::Program {
                name: "pay".into(),
                input: input.as_str().into(),
            },
            Work::Control {
                path,
                operation: "mint".into(),
                input: input.clone(),
            },
            binding(|placement| placement.account = input.clone()),
        ] {
            let shown = format!("{work:?}");
            assert!(shown.contains('6') && !shown.contains("s3cret"), "{shown}");
        }
    }

    #[test]
    fn no_two_requests_have_one_digest() {
        let program = |name: &str, input: &str| Work::Program {
            name: name.into(),
            input: input.into(),
        };
        let control = |path: &str, operation: &str, input: &str| Work::Control {
            path: path.into(),
            operation: operation.into(),
            input: input.into(),
        };
        let path = || "/a".to_owned();
        let works = [
            program("pay", "{}"),
            program("pay", "{} "),
            program("pa", "y{}"),
            program("/a", ""),
            control("/a", "mint", "1"),
            control("/a", "min", "t1"),
            control("/am", "int", "1"),
            Work::View { path: path() },
            Work::Unbind { path: path() },
            Work::Bindings,
            Work::Resolve { path: path() },
            binding(|_| ()),
            binding(|placement| placement.owner = Some(Owner::Each)),
            binding(|placement| placement.owner = Some(Owner::Caller("each".into()))),
            binding(|placement| placement.owner = Some(Owner::Caller("alice".into()))),
            binding(|placement| placement.controllers = vec!["alice".into()]),
            binding(|placement| placement.controllers = vec!["alice".into(), "bob".into()]),
            binding(|placement| placement.controllers = vec!["bob".into(), "alice".into()]),
            binding(|placement| placement.account = "{ }".into()),
        ];
        for (at, work) in works.iter().enumerate() {
            assert_eq!(work.digest(), work.clone().digest());
            for other in &works[..at] {
                assert_ne!(work.digest(), other.digest(), "{work:?} {other:?}");
            }
        }
    }
}
