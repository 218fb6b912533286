//! What there is of the world for a guest.

use std::cmp::Reverse;
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
    /// With variables' names in place of their values, also of those that became lower case, as hosts do.
    pub(crate) fn without_values(&self, mut text: String) -> String {
        let secrets = self.variables.iter();
        let mut secrets: Vec<_> = secrets
            .filter(|(_, value)| value.len() >= SECRET_BYTES_MIN)
            .collect();
        // The longest first: one may be a part of another.
        secrets.sort_by_key(|(_, value)| Reverse(value.len()));
        for (name, value) in secrets {
            for value in [value.as_str(), &value.to_ascii_lowercase()] {
                if text.contains(value) {
                    text = text.replace(value, &format!("[{name}]"));
                }
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
        let variables = [("A", "S3cret"), ("KEY", "S3cret-Key"), ("SHORT", "com")];
        let variables = variables.map(|(name, value)| (name.to_owned(), value.to_owned()));
        let world = World {
            variables: variables.into(),
            ..World::default()
        };
        for host in ["S3cret-Key.example.com", "s3cret-key.example.com"] {
            assert_eq!(world.without_values(host.to_owned()), "[KEY].example.com");
        }
    }
}
