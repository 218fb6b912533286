//! Memory that the host holds for a run.

use airs_core::{Code, Error, Result};

use crate::MemoryBudget;
use crate::memory_budget::{Full, Share};

/// What the host keeps for a run, of the memory that all guests of its context and of the node have together. It is
/// given back when this is dropped.
///
/// ```
/// use airs_engine::{Guest, HeldMemory};
///
/// fn keep(guest: &Guest, answer: &[u8]) -> airs_core::Result<HeldMemory> {
///     let mut held = guest.hold_memory();
///     held.cover(answer.len())?;
///     Ok(held)
/// }
/// ```
#[derive(Debug)]
pub struct HeldMemory(Share);

impl HeldMemory {
    pub(crate) fn of(share: Share) -> Self {
        Self(share)
    }

    /// Nothing yet, of this budget; without one, of no end of memory.
    ///
    /// ```
    /// use airs_engine::{HeldMemory, MemoryBudget};
    ///
    /// let node = MemoryBudget::of_node(8 << 20);
    /// let mut held = HeldMemory::within(Some(node.clone()));
    /// held.cover(1_000)?;
    /// assert_eq!(node.used_bytes(), 1 << 20);
    /// assert!(held.cover(9 << 20).is_err());
    /// drop(held);
    /// assert_eq!(node.used_bytes(), 0);
    /// # Ok::<(), airs_core::Error>(())
    /// ```
    pub fn within(budget: Option<MemoryBudget>) -> Self {
        Self(Share::of(budget))
    }

    /// Takes as much that there are so many bytes in all. What was taken once stays taken.
    ///
    /// # Errors
    /// [`Code::LimitExceeded`] when others have taken what there is.
    pub fn cover(&mut self, bytes: usize) -> Result<()> {
        self.0.cover(bytes as u64).map_err(|full| {
            let Full {
                limit,
                whose,
                max_bytes,
            } = full;
            let message = format!(
                "the host has no memory left to keep something for the run: all of {whose} {max_bytes} bytes was taken ({limit})"
            );
            Error::new(Code::LimitExceeded, message).hint("it can be asked for again, when others have ended")
        })
    }
}
