//! The http service: requests that only ask, to hosts that were granted.

mod address;
mod error;
mod exchange;
mod lookups;
mod network;
mod resolve;
mod trust;

use std::fmt;
use std::sync::Arc;
use std::time::Instant;

use airs_core::{Capabilities, HttpRequest, HttpResponse};
use futures_util::future::BoxFuture;

pub use error::HttpError;
pub use network::Network;
pub use resolve::{Resolve, SystemResolver};
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
/// use airs_platform::{Http, HttpError};
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
    /// Dropping the future ends it. It takes no longer than `until`.
    ///
    /// # Errors
    /// [`HttpError`], which says whether it was refused, or failed.
    fn send(
        &self,
        request: Arc<HttpRequest>,
        granted: Arc<Capabilities>,
        until: Instant,
    ) -> BoxFuture<'_, Result<HttpResponse, HttpError>>;
}
