//! What is fixed for a run, and what its guests may know of the world.

use std::collections::BTreeMap;
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::{Duration, Instant, UNIX_EPOCH};

use airs_core::{Capability, Event, Guard, Guards, GuestCall, Interposed, Interposer, Kind, Name, Observer};
use sha2::{Digest, Sha256};

use crate::allowance::Allowance;
use crate::circumstances::Circumstances;
use crate::host::HostCaller;
use crate::memory_budget::{MemoryBudget, Share};
use crate::ticker::TICK_MS;

/// What all guests of one attempt share: the run's clock, randomness and deadline, and who is told of what they
/// do. Clock and randomness are the run's, the same in every attempt.
///
/// ```
/// use std::sync::Arc;
/// use std::time::{Duration, Instant, SystemTime};
/// use airs_core::{Event, Observer};
/// use airs_engine::{Allowance, Environment};
///
/// let observer: Observer = Arc::new(|event| {
///     if let Event::Log { component, run, attempt, line, .. } = event {
///         eprintln!("{component} ({run}, attempt {attempt}): {line}");
///     }
/// });
/// let deadline = Instant::now() + Duration::from_secs(5);
/// let first = Environment::new("01K5V8Q4ZC2R9T7M3XH6JWPBNE".into(), None, SystemTime::now(), Allowance::until(deadline), observer);
/// // After a conflict:
/// let second = first.next_attempt();
/// assert_eq!((second.attempt(), second.deadline()), (2, deadline));
/// ```
#[derive(Clone)]
pub struct Environment {
    shared: Arc<Shared>,
    attempt: u32,
    guards: Guards,
}

/// How many denials of one kind are told one by one for a component in a run; of the others there is one event, which
/// says how many they were. A guest can be denied things in a loop, and every record of it is kept.
const DENIALS_TOLD_MAX: u64 = 64;

/// What all attempts share.
struct Shared {
    run: Arc<str>,
    context: Option<Name>,
    wall: Duration,
    deadline: Instant,
    seed: OnceLock<[u8; 32]>,
    interposer: Option<Arc<dyn Interposer>>,
    observer: Observer,
    cpu_ms: u64,
    /// How many ticks came while its guests computed.
    ticks: AtomicU64,
    /// When the last of them came, in ticks before the deadline.
    ticked: AtomicU64,
    memory: Option<MemoryBudget>,
    denials: Mutex<BTreeMap<(Name, Capability), Denials>>,
}

/// What a component was denied of one kind.
#[derive(Default)]
struct Denials {
    count: u64,
    /// That of the last one.
    attempt: u32,
}

impl Environment {
    /// The environment of a run's first attempt in a context, or of a call from outside of any. Its clock stands at
    /// the time that it begins with.
    pub fn new(
        run: Arc<str>,
        context: Option<Name>,
        begins: impl Into<Circumstances>,
        allowance: Allowance,
        observer: Observer,
    ) -> Self {
        let Circumstances {
            now,
            seed,
            interposer,
        } = begins.into();
        let wall = now.duration_since(UNIX_EPOCH).unwrap_or_default();
        let Allowance {
            deadline,
            cpu_ms,
            memory,
        } = allowance;
        let shared = Shared {
            run,
            context,
            wall,
            deadline,
            seed: seed.map_or_else(OnceLock::new, OnceLock::from),
            interposer,
            observer,
            cpu_ms,
            ticks: AtomicU64::new(0),
            ticked: AtomicU64::new(u64::MAX),
            memory,
            denials: Mutex::default(),
        };
        Self {
            shared: Arc::new(shared),
            attempt: 1,
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
            shared: Arc::clone(&self.shared),
            attempt: self.attempt + 1,
            guards: self.guards,
        }
    }

    /// The number of the attempt, from 1.
    pub fn attempt(&self) -> u32 {
        self.attempt
    }

    /// When the run has to be over.
    pub fn deadline(&self) -> Instant {
        self.shared.deadline
    }

    pub(crate) fn caller<'g>(&'g self, component: &'g Name) -> HostCaller<'g> {
        HostCaller {
            component,
            context: self.shared.context.as_ref(),
            call: &self.shared.run,
            attempt: self.attempt,
            deadline: self.shared.deadline,
        }
    }

    /// What becomes of a call of a component that is about to be made.
    pub fn before(&self, kind: Kind, component: &Name, function: &str) -> Interposed {
        match &self.shared.interposer {
            None => Interposed::Passed,
            Some(interposer) => {
                let call = GuestCall::new(kind, component, function);
                interposer.before(&call.of(&self.shared.run, self.attempt))
            }
        }
    }

    /// Whether a guest that still computes is to be stopped.
    pub(crate) fn is_late(&self) -> bool {
        self.guards.has(Guard::Deadline) && Instant::now() >= self.shared.deadline
    }

    /// Notes that a tick found a guest of the run computing, once for each time between two ticks: the run's guests
    /// each learn of a tick when they compute next. Over many short guests that is right on the average.
    pub(crate) fn tick(&self) {
        let left_ms = self
            .shared
            .deadline
            .saturating_duration_since(Instant::now())
            .as_millis();
        let now = u64::try_from(left_ms).unwrap_or(u64::MAX) / TICK_MS;
        if self.shared.ticked.swap(now, Ordering::Relaxed) != now {
            self.shared.ticks.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// Whether the run's guests have computed for as long as they may.
    pub(crate) fn is_exhausted(&self) -> bool {
        self.shared.ticks.load(Ordering::Relaxed).saturating_mul(TICK_MS) > self.shared.cpu_ms
    }

    pub(crate) fn cpu_ms(&self) -> u64 {
        self.shared.cpu_ms
    }

    /// One guest's share of the memory that there is.
    pub(crate) fn share(&self) -> Share {
        Share::of(self.shared.memory.clone())
    }

    /// The run's time of day, since 1970.
    pub(crate) fn wall(&self) -> Duration {
        self.shared.wall
    }

    /// The `block`th block of the random stream of a component in this run.
    ///
    /// Unless the run began with a seed, it is drawn from the operating system when its first guest asks for it.
    pub(crate) fn random_block(&self, component: &Name, block: u64) -> Result<[u8; 32], getrandom::Error> {
        let seed = match self.shared.seed.get() {
            Some(seed) => seed,
            None => {
                let mut fresh = [0; 32];
                getrandom::fill(&mut fresh)?;
                self.shared.seed.get_or_init(|| fresh)
            }
        };
        Ok(block_of(seed, component, block))
    }

    /// The same for a component that has no right to randomness: it is what it is, in every run.
    pub(crate) fn foreseeable_block(component: &Name, block: u64) -> [u8; 32] {
        block_of(&[0; 32], component, block)
    }

    /// Tells of a line that a component wrote.
    pub(crate) fn log(&self, component: &Name, line: &str) {
        (self.shared.observer)(&Event::Log {
            context: self.shared.context.as_ref(),
            component,
            run: &self.shared.run,
            attempt: self.attempt,
            line,
        });
    }

    /// Tells that the run waits for another process, which owns the state of its context.
    pub fn waits_for_owner(&self) {
        if let Some(context) = &self.shared.context {
            (self.shared.observer)(&Event::OwnerAwaited {
                context,
                run: &self.shared.run,
            });
        }
    }

    /// Tells that a component was refused what it was not granted.
    ///
    /// The first 64 of one kind are told; how many more they were is told when the run is over.
    pub fn denied(&self, component: &Name, capability: Capability, message: &str) {
        let mut denials = self.shared.denials.lock().unwrap_or_else(PoisonError::into_inner);
        let denied = denials.entry((component.clone(), capability)).or_default();
        (denied.count, denied.attempt) = (denied.count + 1, self.attempt);
        let is_told = denied.count <= DENIALS_TOLD_MAX;
        drop(denials);
        if is_told {
            self.shared.denied(component, self.attempt, capability, message);
        }
    }
}

impl Shared {
    fn denied(&self, component: &Name, attempt: u32, capability: Capability, message: &str) {
        (self.observer)(&Event::Denied {
            context: self.context.as_ref(),
            component,
            run: &self.run,
            attempt,
            capability,
            message,
        });
    }

    fn tell_of_more_denials(&self) {
        let denials = self.denials.lock().unwrap_or_else(PoisonError::into_inner);
        for ((component, capability), Denials { count, attempt }) in &*denials {
            if let more @ 1.. = count.saturating_sub(DENIALS_TOLD_MAX) {
                let message = format!("component \"{component}\" was denied {capability} {more} more times");
                self.denied(component, *attempt, *capability, &message);
            }
        }
    }
}

/// The run is over.
impl Drop for Shared {
    fn drop(&mut self) {
        // A panic of the observer on top of another would abort the process.
        let _ = catch_unwind(AssertUnwindSafe(|| self.tell_of_more_denials()));
    }
}

fn block_of(seed: &[u8; 32], component: &Name, block: u64) -> [u8; 32] {
    let hash = Sha256::new().chain_update(seed).chain_update(block.to_le_bytes());
    hash.chain_update(component.as_str()).finalize().into()
}

impl fmt::Debug for Environment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Not the seed: what a guest draws from it may be a secret.
        f.debug_struct("Environment")
            .field("run", &self.shared.run)
            .field("attempt", &self.attempt)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::time::SystemTime;

    use super::*;

    #[test]
    fn a_tick_counts_once_however_many_guests_of_a_run_meet_it() {
        let until = Instant::now() + Duration::from_secs(3_600);
        let allowance = Allowance {
            cpu_ms: 60_000,
            ..Allowance::until(until)
        };
        let run = Environment::new("run".into(), None, SystemTime::now(), allowance, Arc::new(|_| ()));
        (0..100_000).for_each(|_| run.tick());
        assert!(!run.is_exhausted() && run.shared.ticks.load(Ordering::Relaxed) > 0);
    }
}
