//! A world in which nothing happens by itself: time stands still, chance is foreseeable, servers are not asked.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use airs_core::{Capabilities, Code, Error, HttpRequest, HttpResponse};
use airs_runtime::{Clock, Http, HttpError, HttpUrl, Random, Room};
use serde::Deserialize;

use super::storage::BoxFuture;

/// A clock that stands where it is put.
#[derive(Clone, Debug)]
pub(super) struct FixedClock(Arc<AtomicU64>);

impl FixedClock {
    pub(super) fn at(now_ms: u64) -> Self {
        Self(Arc::new(AtomicU64::new(now_ms)))
    }

    pub(super) fn set(&self, now_ms: u64) {
        self.0.store(now_ms, Ordering::SeqCst);
    }
}

impl Clock for FixedClock {
    fn now(&self) -> SystemTime {
        let since = Duration::from_millis(self.0.load(Ordering::SeqCst));
        UNIX_EPOCH.checked_add(since).unwrap_or(UNIX_EPOCH)
    }
}

/// Seeds of runs: the first one's, the second one's, and so on, of what was set last.
#[derive(Clone, Debug)]
pub(super) struct Seeded(Arc<Seeds>);

#[derive(Debug)]
struct Seeds {
    seed: AtomicU64,
    runs: AtomicU64,
}

impl Seeded {
    pub(super) fn with(seed: u64) -> Self {
        Self(Arc::new(Seeds {
            seed: AtomicU64::new(seed),
            runs: AtomicU64::new(0),
        }))
    }

    pub(super) fn set(&self, seed: u64) {
        self.0.seed.store(seed, Ordering::SeqCst);
        self.0.runs.store(0, Ordering::SeqCst);
    }
}

impl Random for Seeded {
    fn seed(&self) -> [u8; 32] {
        let (seed, run) = (
            self.0.seed.load(Ordering::SeqCst),
            self.0.runs.fetch_add(1, Ordering::SeqCst),
        );
        let mut bytes = [0; 32];
        // The engine hashes it; it only has to be another one for each.
        for (place, byte) in bytes
            .iter_mut()
            .zip(seed.to_le_bytes().into_iter().chain(run.to_le_bytes()))
        {
            *place = byte;
        }
        bytes
    }
}

/// What a server answers.
#[derive(Debug, Deserialize)]
pub(crate) struct CannedAnswer {
    url: String,
    status: u16,
    body: String,
}

/// Servers that answer what they were told to.
#[derive(Debug)]
pub(super) struct Canned(Vec<(HttpUrl, HttpResponse)>);

impl Canned {
    pub(super) fn new(answers: Vec<CannedAnswer>) -> airs_core::Result<Self> {
        let answer = |CannedAnswer { url, status, body }: CannedAnswer| {
            let parsed = url.parse::<HttpUrl>().map_err(|why| {
                Error::new(
                    Code::InvalidInput,
                    format!("{url:?} is no URL that could be asked: {why}"),
                )
            })?;
            let response = HttpResponse {
                status,
                body: body.into_bytes(),
                ..HttpResponse::default()
            };
            Ok((parsed, response))
        };
        answers
            .into_iter()
            .map(answer)
            .collect::<airs_core::Result<_>>()
            .map(Self)
    }
}

impl Http for Canned {
    fn send(
        &self,
        request: Arc<HttpRequest>,
        granted: Arc<Capabilities>,
        _until: Instant,
        _room: Room,
    ) -> BoxFuture<'_, Result<HttpResponse, HttpError>> {
        Box::pin(async move {
            HttpError::check_granted(&request, &granted)?;
            let found = self.0.iter().find(|(url, _)| url == request.url());
            found
                .map(|(_, response)| response.clone())
                .ok_or_else(|| HttpError::Failed {
                    origin: request.url().origin(),
                    what: "its test has set no answer",
                    source: None,
                })
        })
    }
}
