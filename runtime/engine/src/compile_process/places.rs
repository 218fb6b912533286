//! How many processes compile at once.

use std::sync::{Condvar, Mutex, PoisonError};

/// Processes at once, of all runtimes of this process: each may take memory and threads of its own, unless said 2 GiB
/// and four. Who comes after them waits.
const PROCESSES_AT_ONCE_MAX: usize = 4;

static TAKEN: Mutex<usize> = Mutex::new(0);
static GIVEN_BACK: Condvar = Condvar::new();

/// A place for a process, given back when it is dropped.
pub(super) struct Place(());

impl Place {
    /// Waits for a place.
    pub(super) fn take() -> Self {
        let taken = TAKEN.lock().unwrap_or_else(PoisonError::into_inner);
        let mut taken = GIVEN_BACK
            .wait_while(taken, |taken| *taken >= PROCESSES_AT_ONCE_MAX)
            .unwrap_or_else(PoisonError::into_inner);
        *taken += 1;
        Self(())
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut taken = TAKEN.lock().unwrap_or_else(PoisonError::into_inner);
        *taken -= 1;
        GIVEN_BACK.notify_one();
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::thread;

    use super::{PROCESSES_AT_ONCE_MAX, Place};

    #[test]
    fn so_many_have_a_place_at_once_and_all_get_one() {
        let (now, most, done) = (AtomicUsize::new(0), AtomicUsize::new(0), AtomicUsize::new(0));
        thread::scope(|scope| {
            for _ in 0..4 * PROCESSES_AT_ONCE_MAX {
                scope.spawn(|| {
                    let _place = Place::take();
                    most.fetch_max(now.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                    thread::yield_now();
                    now.fetch_sub(1, Ordering::SeqCst);
                    done.fetch_add(1, Ordering::SeqCst);
                });
            }
        });
        assert!(most.load(Ordering::SeqCst) <= PROCESSES_AT_ONCE_MAX);
        assert_eq!(done.load(Ordering::SeqCst), 4 * PROCESSES_AT_ONCE_MAX);
    }
}
