//! What a run begins with.

use std::fmt;
use std::sync::Arc;
use std::time::SystemTime;

use airs_core::Interposer;

/// What a run is given of the world when it begins.
///
/// ```
/// use std::time::SystemTime;
/// use airs_engine::Circumstances;
///
/// let usual = Circumstances::from(SystemTime::now());
/// let foreseeable = Circumstances { seed: Some([7; 32]), ..usual };
/// ```
#[derive(Clone)]
pub struct Circumstances {
    /// Where its clock stands.
    pub now: SystemTime,
    /// What its random numbers are made of; drawn from the operating system unless said.
    pub seed: Option<[u8; 32]>,
    /// Who is asked before each call of a component.
    pub interposer: Option<Arc<dyn Interposer>>,
}

impl From<SystemTime> for Circumstances {
    fn from(now: SystemTime) -> Self {
        Self {
            now,
            seed: None,
            interposer: None,
        }
    }
}

impl fmt::Debug for Circumstances {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Not the seed: what a guest draws from it may be a secret.
        f.debug_struct("Circumstances")
            .field("now", &self.now)
            .finish_non_exhaustive()
    }
}
