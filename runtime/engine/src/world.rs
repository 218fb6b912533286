//! What there is of the world for a guest.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;

use airs_core::{Folder, Name, WitPackage};

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
