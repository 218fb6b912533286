//! The http service over the network of this machine.

use std::fmt;
use std::io;
use std::sync::{Arc, OnceLock};
use std::time::Instant;

use airs_core::{Capabilities, HttpRequest, HttpResponse};
use futures_util::future::BoxFuture;
use rustls::ClientConfig;
use tokio::runtime::{Builder, Runtime};
use tokio::sync::OnceCell;
use tokio::task::{JoinError, JoinHandle};

use super::exchange::{Time, exchange};
use super::lookups::{LOOKUPS_AT_ONCE_MAX, Lookups};
use super::shares::Shares;
use super::{Http, HttpError, HttpTimes, Resolve, Room, SystemResolver, Trust};

/// Requests at once whose name is known: each has one file descriptor, of which a process usually has 1,024. Who comes
/// after them waits.
pub(super) const REQUESTS_AT_ONCE_MAX: usize = 128;

/// How many of them are one component's in one context: whose servers are slow keeps no others from theirs.
pub(super) const REQUESTS_EACH_MAX: usize = 16;

/// Threads for what cannot be waited for otherwise: names that are resolved, and one to read whom to trust.
const BLOCKING_THREADS_MAX: usize = LOOKUPS_AT_ONCE_MAX + 1;

/// The [`Http`] service over the network of this machine.
///
/// No proxy of the environment, no cookies, no compression, no redirects; HTTP/1.1, and a connection for each request.
/// It happens on a thread of its own, which is started with the first request: guests do not wait for each other's
/// servers.
///
/// ```
/// use airs_platform::{Network, SystemResolver, Trust};
///
/// // What `Network::new` makes.
/// let network = Network::with(SystemResolver, Trust::OperatingSystem);
/// ```
pub struct Network {
    reach: Arc<Reach>,
    times: HttpTimes,
    executor: OnceLock<Executor>,
}

/// What every request needs.
pub(super) struct Reach {
    pub(super) lookups: Lookups,
    pub(super) places: Shares,
    trust: Trust,
    config: OnceCell<Arc<ClientConfig>>,
}

/// Where requests are made.
struct Executor(Option<Runtime>);

impl Network {
    /// The network, with names and trust as the operating system has them.
    pub fn new() -> Self {
        Self::with(SystemResolver, Trust::OperatingSystem)
    }

    /// The network, with names and trust from elsewhere.
    pub fn with(resolver: impl Resolve + 'static, trust: Trust) -> Self {
        Self {
            reach: Arc::new(Reach {
                lookups: Lookups::by(resolver),
                places: Shares::of(REQUESTS_AT_ONCE_MAX, REQUESTS_EACH_MAX),
                trust,
                config: OnceCell::new(),
            }),
            times: HttpTimes::MAX,
            executor: OnceLock::new(),
        }
    }

    /// The same, with requests that may take no longer than this, nor longer than [`HttpTimes::MAX`].
    #[must_use]
    pub fn within(mut self, times: HttpTimes) -> Self {
        self.times = times.bounded();
        self
    }

    fn executor(&self) -> io::Result<&Executor> {
        if let Some(executor) = self.executor.get() {
            return Ok(executor);
        }
        let started = Executor::start()?;
        // When another request was faster, this one ends again.
        Ok(self.executor.get_or_init(|| started))
    }
}

impl Http for Network {
    fn send(
        &self,
        request: Arc<HttpRequest>,
        granted: Arc<Capabilities>,
        until: Instant,
        room: Room,
    ) -> BoxFuture<'_, Result<HttpResponse, HttpError>> {
        Box::pin(async move {
            HttpError::check_granted(&request, &granted)?;
            let origin = request.url().origin();
            let failed = |what, source: io::Error| HttpError::Failed {
                origin: origin.clone(),
                what,
                source: Some(Arc::new(source)),
            };
            let executor = self
                .executor()
                .map_err(|error| failed("no thread could be started for it", error))?;
            let reach = Arc::clone(&self.reach);
            let HttpTimes { connect, whole } = self.times;
            let time = Time {
                until: until.min(Instant::now() + whole),
                connect,
            };
            let task = executor.spawn(async move { exchange(&reach, &request, &granted, &room, time).await });
            let ended = Ending(task).await;
            ended.unwrap_or_else(|error| Err(failed("it was given up", io::Error::other(error))))
        })
    }
}

impl Reach {
    /// How to speak TLS; read once.
    pub(super) async fn config(&self) -> io::Result<Arc<ClientConfig>> {
        let load = || async {
            let trust = self.trust.clone();
            let loaded = tokio::task::spawn_blocking(move || trust.load());
            loaded.await.map_err(io::Error::other)?
        };
        self.config.get_or_try_init(load).await.map(Arc::clone)
    }
}

impl Executor {
    fn start() -> io::Result<Self> {
        let runtime = Builder::new_multi_thread()
            .worker_threads(1)
            .max_blocking_threads(BLOCKING_THREADS_MAX)
            .thread_name("airs-http")
            .enable_all()
            .build()?;
        Ok(Self(Some(runtime)))
    }

    #[expect(clippy::expect_used, reason = "the runtime is taken in drop only")]
    fn spawn<T: Send + 'static>(&self, future: impl Future<Output = T> + Send + 'static) -> JoinHandle<T> {
        self.0.as_ref().expect("present until dropped").spawn(future)
    }
}

impl Drop for Executor {
    fn drop(&mut self) {
        // Not the blocking kind of end: it may be dropped from within an asynchronous context, and the operating
        // system may still resolve a name.
        if let Some(runtime) = self.0.take() {
            runtime.shutdown_background();
        }
    }
}

/// A task that ends when nobody waits for it any more.
pub(super) struct Ending<T>(pub(super) JoinHandle<T>);

impl<T> Future for Ending<T> {
    type Output = Result<T, JoinError>;

    fn poll(
        mut self: std::pin::Pin<&mut Self>,
        context: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Self::Output> {
        std::pin::Pin::new(&mut self.0).poll(context)
    }
}

impl<T> Drop for Ending<T> {
    fn drop(&mut self) {
        self.0.abort();
    }
}

impl Default for Network {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Network")
            .field("lookups", &self.reach.lookups)
            .field("started", &self.executor.get().is_some())
            .finish_non_exhaustive()
    }
}
