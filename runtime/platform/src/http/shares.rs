//! Places that all have together, and each a share of them.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use airs_core::Capabilities;
use tokio::sync::{AcquireError, OwnedSemaphorePermit, Semaphore};

/// So many places, and of them so many for each whom the same was granted: one component in one context.
#[derive(Debug)]
pub(super) struct Shares {
    all: Arc<Semaphore>,
    each_max: usize,
    /// By the address of what was granted, which stays there as long as somebody has a place for it.
    shares: Mutex<HashMap<usize, Weak<Share>>>,
}

/// The places of those whom the same was granted.
#[derive(Debug)]
struct Share {
    places: Arc<Semaphore>,
    _granted: Arc<Capabilities>,
}

/// A place, until this is dropped.
#[derive(Debug)]
pub(super) struct Place {
    _share: (Arc<Share>, OwnedSemaphorePermit),
    _common: OwnedSemaphorePermit,
}

impl Shares {
    pub(super) fn of(all_max: usize, each_max: usize) -> Self {
        Self {
            all: Arc::new(Semaphore::new(all_max)),
            each_max,
            shares: Mutex::default(),
        }
    }

    /// Waits for a place, for who was granted this; of the own ones first, so that who has had enough waits in nobody's
    /// way. Places are given in the order in which they were asked for.
    pub(super) async fn take(&self, granted: &Arc<Capabilities>) -> Result<Place, AcquireError> {
        let share = self.share(granted);
        let own = Arc::clone(&share.places).acquire_owned().await?;
        Ok(Place {
            _share: (share, own),
            _common: Arc::clone(&self.all).acquire_owned().await?,
        })
    }

    fn share(&self, granted: &Arc<Capabilities>) -> Arc<Share> {
        let mut shares = self.shares.lock().unwrap_or_else(PoisonError::into_inner);
        let key = Arc::as_ptr(granted).addr();
        if let Some(share) = shares.get(&key).and_then(Weak::upgrade) {
            return share;
        }
        shares.retain(|_, share| share.strong_count() > 0);
        let share = Arc::new(Share {
            places: Arc::new(Semaphore::new(self.each_max)),
            _granted: Arc::clone(granted),
        });
        shares.insert(key, Arc::downgrade(&share));
        share
    }
}
