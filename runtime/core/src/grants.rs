//! What an operator grants.

use std::collections::{BTreeMap, BTreeSet};

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
#[derive(Clone, Debug, Default, Eq)]
pub struct Grants {
    general: Capabilities,
    contexts: BTreeMap<Name, Capabilities>,
    /// Where nothing of a kind is granted and a line says so, by context, and in general where there is none.
    refused: BTreeMap<Option<Name>, BTreeSet<Capability>>,
}

/// What is granted counts, and not how that is written.
impl PartialEq for Grants {
    fn eq(&self, other: &Self) -> bool {
        (&self.general, &self.contexts) == (&other.general, &other.contexts)
    }
}

impl Grants {
    /// The same, but with this grant in that context.
    #[must_use]
    pub fn in_context(mut self, context: Name, granted: Capabilities) -> Self {
        self.contexts.insert(context, granted);
        self
    }

    /// The same, where a line such as `storage = false` says that nothing of these kinds is granted, in the table of a
    /// context or in the general one.
    ///
    /// ```
    /// use airs_core::{Capability, Grants};
    ///
    /// let grants = Grants::default().refusing(None, [Capability::Storage]);
    /// assert_eq!(grants, Grants::default());
    /// assert!(grants.states(None, Capability::Storage) && !grants.states(None, Capability::Http));
    /// ```
    #[must_use]
    pub fn refusing(mut self, context: Option<Name>, kinds: impl IntoIterator<Item = Capability>) -> Self {
        self.refused.entry(context).or_default().extend(kinds);
        self
    }

    /// Whether the table that counts in a context, or the general one, has a line of this kind already: one to be written anew,
    /// where another one could not be read beside it.
    pub fn states(&self, context: Option<&Name>, kind: Capability) -> bool {
        let own = context.filter(|context| self.contexts.contains_key(*context));
        let granted = own.map_or(&self.general, |context| self.of(context));
        let is_granted = granted.contains(kind) && !kind.is_for_programs();
        let refused = self.refused.get(&own.cloned());
        is_granted || refused.is_some_and(|kinds| kinds.contains(&kind))
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
            refused: BTreeMap::new(),
        }
    }
}

impl<const N: usize> From<[Capability; N]> for Grants {
    /// In every context, these with their default parameters.
    fn from(kinds: [Capability; N]) -> Self {
        Capabilities::from(kinds).into()
    }
}
