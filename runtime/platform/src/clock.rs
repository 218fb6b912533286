//! The time of day, and what chance is made of.

use std::time::SystemTime;

/// What time it is. A run asks once, when it begins, and its clock stands there.
///
/// ```
/// use std::time::{Duration, SystemTime, UNIX_EPOCH};
/// use airs_platform::{Clock, SystemClock};
///
/// /// Noon, for ever.
/// struct Noon;
///
/// impl Clock for Noon {
///     fn now(&self) -> SystemTime {
///         UNIX_EPOCH + Duration::from_secs(12 * 3_600)
///     }
/// }
///
/// assert!(SystemClock.now() > Noon.now());
/// ```
pub trait Clock: Send + Sync {
    /// The time of a run that begins now.
    fn now(&self) -> SystemTime;
}

/// The clock of this machine.
///
/// An example is at [`Clock`].
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> SystemTime {
        SystemTime::now()
    }
}

/// What the random numbers of a run are made of. Where nobody says, it is drawn from the operating system when a
/// component first asks.
///
/// Whoever knows the seed of a run knows every number that its components draw: one that can be foreseen is for tests,
/// or for repeating a run that was recorded.
///
/// ```
/// use airs_platform::Random;
///
/// /// The same in every run.
/// struct Foreseeable;
///
/// impl Random for Foreseeable {
///     fn seed(&self) -> [u8; 32] {
///         [7; 32]
///     }
/// }
/// ```
pub trait Random: Send + Sync {
    /// The seed of a run that begins now.
    fn seed(&self) -> [u8; 32];
}
