//! Waiting for what was dropped.

use std::time::{Duration, Instant};

use airs_runtime::Runtime;

/// Far less than the deadlines of what is dropped, and long for a machine that is busy.
const IDLE_AFTER_MAX: Duration = Duration::from_secs(30);

/// Waits until everything that runs and calls held was given back.
///
/// # Panics
/// When it is not within half a minute: what is dropped must not go on until its deadline.
pub fn expect_idle(runtime: &Runtime) {
    let started = Instant::now();
    while !runtime.is_idle() {
        assert!(started.elapsed() < IDLE_AFTER_MAX, "something is still held");
        std::thread::yield_now();
    }
}
