//! What an operator grants.

use std::collections::BTreeMap;

use crate::{Capabilities, Capability, Name};

/// What an operator grants a component, context by context.
///
/// In a context that has a grant of its own for the component that one counts, alone; in every other context the
/// general one does.
///
/// ```
/// use airs_core::{Capabilities, Capability, Grants};
///
/// let grants = Grants::from([Capability::Storage]).in_context("guests".parse()?, Capabilities::default());
/// assert!(grants.of(&"local".parse()?).contains(Capability::Storage));
/// assert!(!grants.of(&"guests".parse()?).contains(Capability::Storage));
/// # Ok::<(), airs_core::NameError>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Grants {
    general: Capabilities,
    contexts: BTreeMap<Name, Capabilities>,
}

impl Grants {
    /// The same, but with this grant in that context.
    #[must_use]
    pub fn in_context(mut self, context: Name, granted: Capabilities) -> Self {
        self.contexts.insert(context, granted);
        self
    }

    /// What is granted in a context.
    pub fn of(&self, context: &Name) -> &Capabilities {
        self.contexts.get(context).unwrap_or(&self.general)
    }

    /// What is granted in general, and then in each context that has a grant of its own.
    pub fn all(&self) -> impl Iterator<Item = &Capabilities> {
        std::iter::once(&self.general).chain(self.contexts.values())
    }

    /// The table of `airs.toml` that grants `component` what counts in a context.
    pub fn table(&self, context: &Name, component: &Name) -> String {
        if self.contexts.contains_key(context) {
            format!("[contexts.{context}.grants.{component}]")
        } else {
            format!("[grants.{component}]")
        }
    }
}

impl From<Capabilities> for Grants {
    /// The same in every context.
    fn from(general: Capabilities) -> Self {
        Self {
            general,
            contexts: BTreeMap::new(),
        }
    }
}

impl<const N: usize> From<[Capability; N]> for Grants {
    /// In every context, these with their default parameters.
    fn from(kinds: [Capability; N]) -> Self {
        Capabilities::from(kinds).into()
    }
}
