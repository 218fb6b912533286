//! The http service: requests that only ask, to hosts that were granted.

mod address;
mod error;
mod exchange;
mod fault;
mod lookups;
mod network;
mod resolve;
mod shares;
mod times;
mod trust;

use std::fmt;
use std::sync::Arc;
use std::time::Instant;

use airs_core::{Capabilities, HttpRequest, HttpResponse};
use futures_util::future::BoxFuture;

pub use error::HttpError;
pub use network::Network;
pub use resolve::{Resolve, SystemResolver};
pub use times::HttpTimes;
pub use trust::Trust;

/// How requests of a node's drivers reach a server.
///
/// Whether a driver may send one is decided in here, behind the resolution of the host's name: the address that is
/// looked at is the one that is connected to. Nothing is kept from one request to the next: no connection, no
/// cookie, no answer.
///
/// ```
/// use std::sync::Arc;
/// use std::time::Instant;
/// use airs_core::{Capabilities, HttpRequest, HttpResponse};
/// use airs_platform::{Http, HttpError, Room};
/// use futures_util::future::BoxFuture;
///
/// /// Answers by itself what it is asked about one host.
/// #[derive(Debug)]
/// struct Canned;
///
/// impl Http for Canned {
///     fn send(
///         &self,
///         request: Arc<HttpRequest>,
///         granted: Arc<Capabilities>,
///         _until: Instant,
///         _room: Room,
///     ) -> BoxFuture<'_, Result<HttpResponse, HttpError>> {
///         Box::pin(async move {
///             HttpError::check_granted(&request, &granted)?;
///             Ok(HttpResponse { status: 200, body: b"42".to_vec(), ..HttpResponse::default() })
///         })
///     }
/// }
/// ```
pub trait Http: Send + Sync + fmt::Debug {
    /// Sends a request, if the capabilities allow it, and waits for the whole response. Redirects are responses.
    ///
    /// Dropping the future ends it. It takes no longer than `until`, and asks for room before it keeps more of the
    /// response.
    ///
    /// # Errors
    /// [`HttpError`], which says whether it was refused, or failed.
    fn send(
        &self,
        request: Arc<HttpRequest>,
        granted: Arc<Capabilities>,
        until: Instant,
        room: Room,
    ) -> BoxFuture<'_, Result<HttpResponse, HttpError>>;
}

/// Memory for one response, of what others take of, too.
///
/// ```
/// use airs_platform::Room;
///
/// let room = Room::new(|bytes| bytes <= 1_024);
/// assert!(room.is_there_for(1_024) && !room.is_there_for(1_025));
/// ```
#[derive(Clone)]
pub struct Room(Arc<dyn Fn(usize) -> bool + Send + Sync>);

impl Room {
    /// Room that is given by `take`: it is told how many bytes the response has in all by now, takes them if it can, and
    /// says whether it could.
    pub fn new(take: impl Fn(usize) -> bool + Send + Sync + 'static) -> Self {
        Self(Arc::new(take))
    }

    /// Room for every response.
    pub fn unbounded() -> Self {
        Self::new(|_| true)
    }

    /// Whether there is room for a response with so many bytes by now; it is taken then.
    pub fn is_there_for(&self, bytes: usize) -> bool {
        (self.0)(bytes)
    }
}

impl fmt::Debug for Room {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Room").finish_non_exhaustive()
    }
}
