//! Names that are being resolved.

use std::io;
use std::net::IpAddr;
use std::sync::Arc;

use airs_core::Capabilities;

use super::Resolve;
use super::shares::Shares;

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
    places: Shares,
}

impl Lookups {
    pub(super) fn by(resolver: impl Resolve + 'static) -> Self {
        Self {
            resolver: Arc::new(resolver),
            places: Shares::of(LOOKUPS_AT_ONCE_MAX, LOOKUPS_EACH_MAX),
        }
    }

    /// The addresses of a name, for who was granted this.
    pub(super) async fn resolve(&self, name: &str, granted: &Arc<Capabilities>) -> io::Result<Vec<IpAddr>> {
        let place = self.places.take(granted).await.map_err(io::Error::other)?;
        let (resolver, name) = (Arc::clone(&self.resolver), name.to_owned());
        let looking = tokio::spawn(async move {
            let found = resolver.resolve(&name).await;
            drop(place);
            found
        });
        looking.await.map_err(io::Error::other)?
    }
}
