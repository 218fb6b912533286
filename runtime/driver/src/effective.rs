//! What components in service may use.

use std::sync::Arc;

use airs_core::{Capabilities, Capability, Code, Error, Grants, Name, Result};
use airs_engine::{Environment, World};
use rustc_hash::FxHashMap;

/// What a component may use, context by context: decided once, when it is put into service.
///
/// ```
/// use std::sync::Arc;
/// use airs_core::{Capabilities, Capability, Code, Error, Grants, Name};
/// use airs_driver::{Allowed, Effective, Ungranted};
/// use airs_engine::World;
///
/// let allowed = Allowed {
///     capabilities: Arc::new(Capabilities::default()),
///     world: Arc::new(World { clock: true, random: true, log: true, ..World::default() }),
/// };
/// let ungranted = Ungranted {
///     capability: Some(Capability::Http),
///     error: Error::new(Code::UngrantedCapability, "it needs http, which is not granted to it"),
/// };
/// let (local, guests): (Name, Name) = ("local".parse()?, "guests".parse()?);
/// let decided = [(local.clone(), Ok(allowed)), (guests.clone(), Err(ungranted))];
/// let effective = Effective::new(Capabilities::default(), Grants::default(), decided);
/// assert!(effective.of(&local).is_ok());
/// assert_eq!(effective.of(&guests).unwrap_err().capability, Some(Capability::Http));
/// # Ok::<(), airs_core::NameError>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Effective {
    declared: Capabilities,
    granted: Grants,
    decided: FxHashMap<Name, Result<Allowed, Ungranted>>,
}

/// What a component may use in one context: what it declares and is granted there.
///
/// An example is at [`Effective`].
#[derive(Clone, Debug)]
pub struct Allowed {
    /// With their parameters.
    pub capabilities: Arc<Capabilities>,
    /// The part of it that its virtual WASI shows.
    pub world: Arc<World>,
}

/// Why a component does not work in a context: it declares what it is not granted there.
///
/// An example is at [`Effective`].
#[derive(Clone, Debug)]
pub struct Ungranted {
    /// The first kind that it lacks; none when nothing was decided about the context, which is a fault of the host.
    pub capability: Option<Capability>,
    /// All that it lacks, and where to grant it.
    pub error: Error,
}

impl Effective {
    /// What was decided on what it declares and is granted: in each of these contexts what it may use there, or why it
    /// does not work there.
    pub fn new(
        declared: Capabilities,
        granted: Grants,
        decided: impl IntoIterator<Item = (Name, Result<Allowed, Ungranted>)>,
    ) -> Self {
        Self {
            declared,
            granted,
            decided: decided.into_iter().collect(),
        }
    }

    /// What it declares.
    pub fn declared(&self) -> &Capabilities {
        &self.declared
    }

    /// What it is granted.
    pub fn granted(&self) -> &Grants {
        &self.granted
    }

    /// What it may use in a context.
    ///
    /// # Errors
    /// What it lacks there; [`Code::Internal`] when nobody decided about the context.
    pub fn of(&self, context: &Name) -> Result<&Allowed, Ungranted> {
        match self.decided.get(context) {
            Some(Ok(allowed)) => Ok(allowed),
            Some(Err(ungranted)) => Err(ungranted.clone()),
            None => Err(Ungranted {
                capability: None,
                error: Error::new(
                    Code::Internal,
                    format!("nothing was decided about context {context}"),
                ),
            }),
        }
    }

    /// What the component, called so, may use in a run in a context. What it lacks there is told as denied.
    pub fn in_run(&self, context: &Name, component: &Name, environment: &Environment) -> Result<&Allowed> {
        self.of(context).map_err(|Ungranted { capability, error }| {
            if let Some(capability) = capability {
                environment.denied(component, capability, error.message());
            }
            error
        })
    }
}

#[cfg(test)]
mod tests {
    use airs_core::{Code, Name};

    use super::Effective;

    #[test]
    fn a_context_that_nobody_decided_about_is_a_fault_of_the_host_and_no_denial() {
        let lacking = Effective::default().of(&Name::local()).unwrap_err();
        assert_eq!((lacking.capability, lacking.error.code()), (None, Code::Internal));
    }
}
