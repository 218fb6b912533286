//! A disk that takes its time to sync, as most do: the one of a machine with a cache that survives a power cut, or of
//! one in a cloud that only says so, is done within a fifth of a millisecond.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

static SYNC_MS: AtomicU64 = AtomicU64::new(0);

/// Whether this program can have the disk take so long.
pub(crate) fn can_sync_in(ms: u64) -> bool {
    ms == 0 || cfg!(target_os = "linux")
}

/// Measures with syncs that take so long, and what the disk takes.
pub(crate) fn with_syncs_of<T>(ms: u64, measure: impl FnOnce() -> T) -> T {
    SYNC_MS.store(ms, Ordering::Relaxed);
    let measured = measure();
    SYNC_MS.store(0, Ordering::Relaxed);
    measured
}

/// In the place of the C library's, for this program: what SQLite calls for floor and value alike.
#[cfg(target_os = "linux")]
#[expect(
    unsafe_code,
    clippy::disallowed_methods,
    reason = "the linker takes this one before a library's; it is slow on purpose"
)]
// SAFETY: It has the signature and the meaning of the C library's.
#[unsafe(no_mangle)]
extern "C" fn fsync(file: std::ffi::c_int) -> std::ffi::c_int {
    std::thread::sleep(Duration::from_millis(SYNC_MS.load(Ordering::Relaxed)));
    // SAFETY: The call takes any number, and answers an error for one that is no file.
    let answer = unsafe { libc::syscall(libc::SYS_fsync, file) };
    // It is 0 or -1.
    if answer == 0 { 0 } else { -1 }
}
