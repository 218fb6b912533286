//! Places for what waits for a disk.

use std::sync::Arc;

use tokio::sync::{AcquireError, OwnedSemaphorePermit, Semaphore};

/// What waits for disks at once, of all components of a node: each takes a thread of the host and up to 16 MiB, and
/// cannot be stopped once it has begun. More would not make a disk faster.
const JOBS_AT_ONCE_MAX: usize = 32;

/// How much of it is one component's in one context: a folder whose disk does not answer keeps no others from theirs.
const JOBS_EACH_MAX: usize = 8;

/// The places that a component has in a context for what waits for a disk, of those that there are on the node.
///
/// A place is kept until the disk has answered, also when nobody waits for the answer any more. Who comes when all are
/// taken waits in the run's own time, so that nothing is queued that nobody waits for.
///
/// ```
/// use airs_engine::{Engine, EngineConfig, World};
///
/// let engine = Engine::new(&EngineConfig { instances_max: 4, threads: 1, ..EngineConfig::default() })?;
/// let world = World { file_places: engine.file_places(), ..World::default() };
/// # Ok::<(), airs_core::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct FilePlaces {
    all: Arc<Semaphore>,
    own: Arc<Semaphore>,
}

/// What a job holds until it has ended.
#[derive(Debug)]
pub(super) struct FilePlace {
    _own: OwnedSemaphorePermit,
    _common: OwnedSemaphorePermit,
}

impl FilePlaces {
    /// Those of another component or context on the same node.
    pub(crate) fn of_another(&self) -> Self {
        Self {
            all: Arc::clone(&self.all),
            own: Arc::new(Semaphore::new(JOBS_EACH_MAX)),
        }
    }

    /// Waits for a place; an own one first, so that who has had enough waits in nobody's way.
    pub(super) async fn take(&self) -> Result<FilePlace, AcquireError> {
        Ok(FilePlace {
            _own: Arc::clone(&self.own).acquire_owned().await?,
            _common: Arc::clone(&self.all).acquire_owned().await?,
        })
    }
}

/// Places on a node of their own.
impl Default for FilePlaces {
    fn default() -> Self {
        Self {
            all: Arc::new(Semaphore::new(JOBS_AT_ONCE_MAX)),
            own: Arc::new(Semaphore::new(JOBS_EACH_MAX)),
        }
    }
}
