//! What runs are given of the world.

use std::sync::Arc;

use airs_core::Interposer;
use airs_engine::Circumstances;
use airs_platform::{Clock, Random, SystemClock};

/// Where time and chance come from, and who stands before the calls of components.
#[derive(Clone)]
pub(crate) struct Surroundings {
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) random: Option<Arc<dyn Random>>,
    pub(crate) interposer: Option<Arc<dyn Interposer>>,
}

impl Default for Surroundings {
    fn default() -> Self {
        Self {
            clock: Arc::new(SystemClock),
            random: None,
            interposer: None,
        }
    }
}

impl Surroundings {
    /// What something that begins now begins with.
    pub(crate) fn now(&self) -> Circumstances {
        Circumstances {
            now: self.clock.now(),
            seed: self.random.as_ref().map(|random| random.seed()),
            interposer: self.interposer.clone(),
        }
    }
}
