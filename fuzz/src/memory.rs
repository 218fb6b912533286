//! How much memory something takes.
#![expect(
    unsafe_code,
    reason = "an allocator that hands everything on to the system's, and counts"
)]

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

/// The system's allocator, with what the present thread asks of it noted.
struct Counting;

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// What one thread holds.
#[derive(Clone, Copy)]
struct Held {
    now: usize,
    most: usize,
    /// All that was ever asked for.
    asked: usize,
}

thread_local! {
    static HELD: Cell<Held> = const { Cell::new(Held { now: 0, most: 0, asked: 0 }) };
}

fn note(taken: usize, given: usize) {
    // A thread that is ending counts no more.
    let _ended = HELD.try_with(|held| {
        let Held { now, most, asked } = held.get();
        // What another thread took may be given back by this one.
        let now = (now + taken).saturating_sub(given);
        held.set(Held {
            now,
            most: most.max(now),
            asked: asked.saturating_add(taken),
        });
    });
}

// SAFETY: everything is handed on as it is. Noting it does not allocate: what is noted is a constant's copy.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        note(layout.size(), 0);
        // SAFETY: the caller keeps the promises for this one.
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        note(layout.size(), 0);
        // SAFETY: as above.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn dealloc(&self, place: *mut u8, layout: Layout) {
        note(0, layout.size());
        // SAFETY: as above.
        unsafe { System.dealloc(place, layout) }
    }

    unsafe fn realloc(&self, place: *mut u8, layout: Layout, bytes: usize) -> *mut u8 {
        note(bytes, layout.size());
        // SAFETY: as above.
        unsafe { System.realloc(place, layout, bytes) }
    }
}

/// What work took of memory.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Taken {
    /// The most that it held at once.
    pub(crate) most: usize,
    /// All that it asked for, one after the other: a measure of the work, too.
    pub(crate) asked: usize,
}

/// Does something on this thread, and says what it took.
pub(crate) fn measured<T>(work: impl FnOnce() -> T) -> (T, Taken) {
    let before = HELD.get();
    HELD.set(Held {
        most: before.now,
        asked: 0,
        ..before
    });
    let done = work();
    let Held { most, asked, .. } = HELD.get();
    (
        done,
        Taken {
            most: most.saturating_sub(before.now),
            asked,
        },
    )
}

#[cfg(test)]
mod tests {
    use super::measured;

    #[test]
    fn what_is_held_at_once_is_told_from_what_is_asked_for() {
        let (kept, taken) = measured(|| {
            drop(vec![0_u8; 1_000_000]);
            drop(vec![0_u8; 3_000_000]);
            vec![1_u8; 500_000]
        });
        assert_eq!(kept.len(), 500_000);
        assert_eq!((taken.most, taken.asked), (3_000_000, 4_500_000));
    }
}
