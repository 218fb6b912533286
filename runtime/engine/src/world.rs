//! What there is of the world for a guest.

use std::collections::BTreeSet;
use std::fmt;

use airs_core::WitPackage;

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
            .field("interfaces", &self.interfaces)
            .finish()
    }
}
