//! How a runtime is set up.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use airs::{Error, Result};

use crate::wire::{Canned, Opening};
use crate::{Response, Runtime};

/// 2026-01-01T00:00:00Z, as in `airs::testing`.
pub(crate) const NOW_MS: u64 = 1_767_225_600_000;

/// Sets up a [`Runtime`].
///
/// ```no_run
/// use std::time::{Duration, UNIX_EPOCH};
/// use airs_testing::{Response, Runtime};
///
/// # fn main() -> airs::Result<()> {
/// let runtime = Runtime::builder()
///     .now(UNIX_EPOCH + Duration::from_secs(60))
///     .seed(7)
///     .only(&["rates"])
///     .http("https://api.example.com/usd", Response::new(200, "1.16"))
///     .start()?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct Builder {
    now: SystemTime,
    opening: Opening,
}

impl Builder {
    pub(crate) fn new() -> Self {
        let opening = Opening {
            contexts: Vec::new(),
            components: None,
            now_ms: NOW_MS,
            seed: 0,
            variables: Vec::new(),
            http: Vec::new(),
        };
        Self {
            now: UNIX_EPOCH + Duration::from_millis(NOW_MS),
            opening,
        }
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
        self.now = now;
        self
    }

    /// What the random numbers of runs are made of: the same seed, the same numbers in the first run, in the second, and
    /// so on, whatever else is in service. `bind`, `view` and `control` are runs, too. 0 unless set.
    pub fn seed(mut self, seed: u64) -> Self {
        self.opening.seed = seed;
        self
    }

    /// Sets a variable of the environment that components see which are granted it. There are no others: what the tests
    /// are started in is none of theirs.
    pub fn variable(mut self, name: &str, value: &str) -> Self {
        self.opening.variables.push((name.to_owned(), value.to_owned()));
        self
    }

    /// What the server of a URL answers; of several answers the first request gets the first, and so on, and the last one
    /// is for all that follow. Drivers still need to be granted it. Any other request fails as if nobody was there, and
    /// [`Fault::unreachable`](crate::Fault::unreachable) and [`Fault::late`](crate::Fault::late) have one fail that is
    /// answered.
    pub fn http(mut self, url: &str, answer: Response) -> Self {
        let Response {
            status,
            headers,
            body,
        } = answer;
        self.opening.http.push(Canned {
            url: url.to_owned(),
            status,
            headers,
            body,
        });
        self
    }

    /// Starts the runtime.
    ///
    /// # Errors
    /// When the tool cannot be reached, a component is not built, or cannot be put into service, or something that was
    /// set cannot be.
    pub fn start(mut self) -> Result<Runtime> {
        self.opening.now_ms = milliseconds(self.now)?;
        Runtime::open(&self.opening)
    }
}

pub(crate) fn milliseconds(time: SystemTime) -> Result<u64> {
    let since = time.duration_since(UNIX_EPOCH);
    let since = since.map_err(|_| Error::invalid_input("no clock can stand at a time before 1970"))?;
    u64::try_from(since.as_millis()).map_err(|_| Error::invalid_input("no clock can stand so far ahead"))
}
