//! Names that are being resolved.

use std::collections::HashMap;
use std::io;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use airs_core::Capabilities;
use tokio::sync::{AcquireError, OwnedSemaphorePermit, Semaphore};

use super::Resolve;

/// Names that are resolved at once: the operating system does it on a thread, and cannot be stopped.
pub(super) const LOOKUPS_AT_ONCE_MAX: usize = 16;

/// How many of them are one component's in one context: whose names are not answered for keeps no others from theirs.
const LOOKUPS_EACH_MAX: usize = 4;

/// Resolves names, so many at once, and of them so many for each whom the same was granted.
///
/// A place is kept until the resolver has answered, also when nobody waits for the answer any more: what it still does
/// takes a thread. Who comes after that waits for a place, in the request's own time, so that nothing is queued that
/// nobody waits for.
#[derive(Debug)]
pub(super) struct Lookups {
    resolver: Arc<dyn Resolve>,
    places: Arc<Semaphore>,
    /// By the address of what was granted, which stays there as long as somebody has a place for it.
    shares: Mutex<HashMap<usize, Weak<Share>>>,
}

/// The places of those whom the same was granted.
#[derive(Debug)]
struct Share {
    places: Arc<Semaphore>,
    _granted: Arc<Capabilities>,
}

/// What who resolves a name holds.
struct Place {
    _share: (Arc<Share>, OwnedSemaphorePermit),
    _common: OwnedSemaphorePermit,
}

impl Lookups {
    pub(super) fn by(resolver: impl Resolve + 'static) -> Self {
        Self {
            resolver: Arc::new(resolver),
            places: Arc::new(Semaphore::new(LOOKUPS_AT_ONCE_MAX)),
            shares: Mutex::default(),
        }
    }

    /// The addresses of a name, for who was granted this.
    pub(super) async fn resolve(&self, name: &str, granted: &Arc<Capabilities>) -> io::Result<Vec<IpAddr>> {
        let place = self.place(granted).await.map_err(io::Error::other)?;
        let (resolver, name) = (Arc::clone(&self.resolver), name.to_owned());
        let looking = tokio::spawn(async move {
            let found = resolver.resolve(&name).await;
            drop(place);
            found
        });
        looking.await.map_err(io::Error::other)?
    }

    async fn place(&self, granted: &Arc<Capabilities>) -> Result<Place, AcquireError> {
        let share = self.share(granted);
        let own = Arc::clone(&share.places).acquire_owned().await?;
        Ok(Place {
            _share: (share, own),
            _common: Arc::clone(&self.places).acquire_owned().await?,
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
            places: Arc::new(Semaphore::new(LOOKUPS_EACH_MAX)),
            _granted: Arc::clone(granted),
        });
        shares.insert(key, Arc::downgrade(&share));
        share
    }
}
