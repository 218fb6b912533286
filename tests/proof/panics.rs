//! Panics of this process, whichever thread they are of and whoever catches them.

use std::panic;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Counts panics from now on; the answer says how many there were.
pub(crate) fn counted() -> impl Fn() -> usize {
    static PANICS: AtomicUsize = AtomicUsize::new(0);
    let before = panic::take_hook();
    panic::set_hook(Box::new(move |panic| {
        PANICS.fetch_add(1, Ordering::SeqCst);
        before(panic);
    }));
    || PANICS.load(Ordering::SeqCst)
}
