//! The time of the run.

use std::time::SystemTime;

use crate::host;

/// The time at which the run began: the same in every call, and in every attempt, of one run.
///
/// ```
/// use std::time::UNIX_EPOCH;
///
/// assert!(airs::clock::now() > UNIX_EPOCH);
/// ```
pub fn now() -> SystemTime {
    host::now()
}
