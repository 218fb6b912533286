//! How a runtime of the command line makes runs.

use airs_runtime::{EngineConfig, INSTANCES_PER_RUN};

/// The most runs that a command makes at once. More than a machine of today makes in truth, and a pool of instances for
/// them is still made in no time.
pub(crate) const AT_ONCE_MAX: u32 = 32;
/// A command makes one run, and few of its programs reach many drivers.
const AT_ONCE: u32 = 4;

/// How runs are made.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Manner {
    /// How many have a place at once; others wait.
    pub(crate) at_once: u32,
    /// Whether they are measured: what happens is then not kept, and shown only to who asks for more, since a disk or a
    /// terminal takes longer than a run.
    pub(crate) is_measured: bool,
}

impl Default for Manner {
    fn default() -> Self {
        Self {
            at_once: AT_ONCE,
            is_measured: false,
        }
    }
}

impl Manner {
    pub(super) fn engine(self) -> EngineConfig {
        EngineConfig {
            instances_max: self.at_once.max(AT_ONCE) * INSTANCES_PER_RUN,
            ..EngineConfig::default()
        }
    }
}

#[cfg(test)]
mod tests {
    use airs_runtime::INSTANCES_PER_RUN;

    use super::{AT_ONCE_MAX, Manner};

    #[test]
    fn as_many_runs_have_places_as_are_made_at_once() {
        for at_once in [1, 5, AT_ONCE_MAX] {
            let manner = Manner {
                at_once,
                ..Manner::default()
            };
            // What a runtime has of places.
            assert!(manner.engine().instances_max / INSTANCES_PER_RUN >= at_once);
        }
    }
}
