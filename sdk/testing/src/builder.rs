//! How a runtime is set up.

use std::time::{SystemTime, UNIX_EPOCH};

use airs::Result;

use crate::Runtime;
use crate::wire::{Canned, Opening};

/// 2026-01-01T00:00:00Z, as in `airs::testing`.
pub(crate) const NOW_MS: u64 = 1_767_225_600_000;

/// Sets up a [`Runtime`].
///
/// ```no_run
/// use std::time::{Duration, UNIX_EPOCH};
/// use airs_testing::Runtime;
///
/// # fn main() -> airs::Result<()> {
/// let runtime = Runtime::builder()
///     .now(UNIX_EPOCH + Duration::from_secs(60))
///     .seed(7)
///     .only(&["rates"])
///     .http("https://api.example.com/usd", 200, "1.16")
///     .start()?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct Builder {
    opening: Opening,
}

impl Builder {
    pub(crate) fn new() -> Self {
        let opening = Opening {
            contexts: Vec::new(),
            components: None,
            now_ms: NOW_MS,
            seed: 0,
            http: Vec::new(),
        };
        Self { opening }
    }

    /// Adds a context. The first one named takes the place of `local` as the usual one.
    pub fn context(mut self, name: &str) -> Self {
        self.opening.contexts.push(name.to_owned());
        self
    }

    /// Puts these components of the project into service, and no others.
    pub fn only(mut self, components: &[&str]) -> Self {
        let components = components.iter().map(|&name| name.to_owned());
        self.opening.components = Some(components.collect());
        self
    }

    /// Where the clock stands, to the millisecond.
    pub fn now(mut self, now: SystemTime) -> Self {
        self.opening.now_ms = milliseconds(now);
        self
    }

    /// What the random numbers of runs are made of: the same seed, the same numbers in the first run, in the second, and
    /// so on, whatever else is in service. `bind`, `view` and `control` are runs, too. 0 unless set.
    pub fn seed(mut self, seed: u64) -> Self {
        self.opening.seed = seed;
        self
    }

    /// What the server of a URL answers. Drivers still need to be granted it. Any other request fails as if nobody was
    /// there.
    pub fn http(mut self, url: &str, status: u16, body: &str) -> Self {
        self.opening.http.push(Canned {
            url: url.to_owned(),
            status,
            body: body.to_owned(),
        });
        self
    }

    /// Starts the runtime.
    ///
    /// # Errors
    /// When the tool cannot be reached, a component is not built, or cannot be put into service.
    pub fn start(self) -> Result<Runtime> {
        Runtime::open(&self.opening)
    }
}

pub(crate) fn milliseconds(time: SystemTime) -> u64 {
    let since = time.duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}
