//! What there is of the world for a guest.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;

use airs_core::{Folder, Name, SECRET_BYTES_MIN, WitPackage};

use crate::FilePlaces;

/// What a guest sees through the virtual WASI, beside its standard output: as much as its capabilities say.
///
/// ```
/// use airs_engine::World;
///
/// let variables = vec![("RATES_KEY".to_owned(), "s3cret".to_owned())];
/// let world = World { clock: true, variables, ..World::default() };
/// assert!(!format!("{world:?}").contains("s3cret"));
/// ```
#[derive(Default)]
pub struct World {
    /// Whether it may know the run's time.
    pub clock: bool,
    /// Whether it may draw what nobody can foresee.
    pub random: bool,
    /// Whether its lines reach anybody.
    pub log: bool,
    /// Its environment.
    pub variables: Vec<(String, String)>,
    /// The folders that it may look into, each at `/` and its name.
    pub folders: BTreeMap<Name, Arc<dyn Folder>>,
    /// Where it waits for what is in them.
    pub file_places: FilePlaces,
    /// The packages whose interfaces it may call, of those that the embedder gives.
    pub interfaces: BTreeSet<WitPackage>,
}

impl World {
    /// With variables' names in place of their values.
    pub(crate) fn without_values(&self, mut text: String) -> String {
        for (name, value) in &self.variables {
            if value.len() >= SECRET_BYTES_MIN && text.contains(value.as_str()) {
                text = text.replace(value.as_str(), &format!("[{name}]"));
            }
        }
        text
    }
}

/// Shows no values of variables: they are often secrets.
impl fmt::Debug for World {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<_> = self.variables.iter().map(|(name, _)| name).collect();
        f.debug_struct("World")
            .field("clock", &self.clock)
            .field("random", &self.random)
            .field("log", &self.log)
            .field("variables", &names)
            .field("folders", &self.folders)
            .field("interfaces", &self.interfaces)
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::World;

    #[test]
    fn a_value_gives_way_to_its_name() {
        let variables = [("KEY", "s3cret-key"), ("SHORT", "com")];
        let variables = variables.map(|(name, value)| (name.to_owned(), value.to_owned()));
        let world = World {
            variables: variables.into(),
            ..World::default()
        };
        let text = "s3cret-key.example.com is not granted";
        assert_eq!(
            world.without_values(text.to_owned()),
            "[KEY].example.com is not granted"
        );
    }
}
