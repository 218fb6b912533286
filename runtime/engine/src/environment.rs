//! What is fixed for a run, and what its guests may know of the world.

use std::fmt;
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use airs_core::{Guard, Guards, Name};
use sha2::{Digest, Sha256};

/// A line that a guest wrote.
///
/// An example is at [`Environment`].
#[derive(Clone, Copy, Debug)]
pub struct LogLine<'a> {
    /// The component's name.
    pub component: &'a Name,
    /// The run in which it did.
    pub run: &'a str,
    /// The attempt of the run, from 1.
    pub attempt: u32,
    /// The line without its end; control characters are escaped.
    pub line: &'a str,
}

/// Where guests' lines go.
pub type LogSink = Arc<dyn Fn(LogLine<'_>) + Send + Sync>;

/// What all guests of one attempt share: the run's clock, randomness, deadline and log. Clock and
/// randomness are the run's, the same in every attempt.
///
/// ```
/// use std::sync::Arc;
/// use std::time::{Duration, Instant, SystemTime};
/// use airs_engine::{Environment, LogLine, LogSink};
///
/// let log: LogSink = Arc::new(|LogLine { component, run, attempt, line }| {
///     eprintln!("{component} ({run}, attempt {attempt}): {line}");
/// });
/// let deadline = Instant::now() + Duration::from_secs(5);
/// let first = Environment::new("01K5V8Q4ZC2R9T7M3XH6JWPBNE".into(), SystemTime::now(), deadline, log);
/// // After a conflict:
/// let second = first.next_attempt();
/// assert_eq!((second.attempt(), second.deadline()), (2, deadline));
/// ```
#[derive(Clone)]
pub struct Environment {
    run: Arc<str>,
    attempt: u32,
    wall: Duration,
    deadline: Instant,
    seed: Arc<OnceLock<[u8; 32]>>,
    log: LogSink,
    guards: Guards,
}

impl Environment {
    /// The environment of a run's first attempt. Its clock stands at `now`.
    pub fn new(run: Arc<str>, now: SystemTime, deadline: Instant, log: LogSink) -> Self {
        let wall = now.duration_since(UNIX_EPOCH).unwrap_or_default();
        Self {
            run,
            attempt: 1,
            wall,
            deadline,
            seed: Arc::default(),
            log,
            guards: Guards::default(),
        }
    }

    /// The same environment with these guards in place.
    #[must_use]
    pub fn guarded(mut self, guards: Guards) -> Self {
        self.guards = guards;
        self
    }

    /// The environment of the next attempt: the same, but for its number.
    #[must_use]
    pub fn next_attempt(&self) -> Self {
        Self {
            attempt: self.attempt + 1,
            ..self.clone()
        }
    }

    /// The number of the attempt, from 1.
    pub fn attempt(&self) -> u32 {
        self.attempt
    }

    /// When the run has to be over.
    pub fn deadline(&self) -> Instant {
        self.deadline
    }

    /// Whether a guest that still computes is to be stopped.
    pub(crate) fn is_late(&self) -> bool {
        self.guards.has(Guard::Deadline) && Instant::now() >= self.deadline
    }

    /// The run's time of day, since 1970.
    pub(crate) fn wall(&self) -> Duration {
        self.wall
    }

    /// The `block`th block of the random stream of a component in this run.
    ///
    /// The seed is drawn from the operating system when the run's first guest asks for it.
    pub(crate) fn random_block(&self, component: &Name, block: u64) -> Result<[u8; 32], getrandom::Error> {
        let seed = match self.seed.get() {
            Some(seed) => seed,
            None => {
                let mut fresh = [0; 32];
                getrandom::fill(&mut fresh)?;
                self.seed.get_or_init(|| fresh)
            }
        };
        let hash = Sha256::new().chain_update(seed).chain_update(block.to_le_bytes());
        Ok(hash.chain_update(component.as_str()).finalize().into())
    }

    pub(crate) fn log(&self, component: &Name, line: &str) {
        (self.log)(LogLine {
            component,
            run: &self.run,
            attempt: self.attempt,
            line,
        });
    }
}

impl fmt::Debug for Environment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Not the seed: what a guest draws from it may be a secret.
        f.debug_struct("Environment")
            .field("run", &self.run)
            .field("attempt", &self.attempt)
            .finish_non_exhaustive()
    }
}
