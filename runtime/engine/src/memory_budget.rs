//! Memory that many guests have together.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// The most memory that the guests of a node, or of a context, take together.
///
/// ```
/// use airs_engine::MemoryBudget;
///
/// let node = MemoryBudget::of_node(2 << 30);
/// let context = node.of_context(1 << 30);
/// assert_eq!((node.used_bytes(), context.used_bytes()), (0, 0));
/// ```
#[derive(Clone)]
pub struct MemoryBudget(Arc<Inner>);

struct Inner {
    limit: &'static str,
    whose: &'static str,
    max_bytes: u64,
    used_bytes: AtomicU64,
    /// The budget that this one is a part of.
    around: Option<MemoryBudget>,
}

/// A budget has no room for more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Full {
    /// The name of the limit.
    pub(crate) limit: &'static str,
    /// Whose guests it is of.
    pub(crate) whose: &'static str,
    pub(crate) max_bytes: u64,
}

impl MemoryBudget {
    /// The budget of all guests of a runtime.
    pub fn of_node(max_bytes: u64) -> Self {
        Self(Arc::new(Inner {
            limit: "node_memory_bytes",
            whose: "the node's",
            max_bytes,
            used_bytes: AtomicU64::new(0),
            around: None,
        }))
    }

    /// A budget of a context's guests. What they take they take of this budget, too.
    #[must_use]
    pub fn of_context(&self, max_bytes: u64) -> Self {
        Self(Arc::new(Inner {
            limit: "context_memory_bytes",
            whose: "the context's",
            max_bytes,
            used_bytes: AtomicU64::new(0),
            around: Some(self.clone()),
        }))
    }

    /// What is taken now.
    pub fn used_bytes(&self) -> u64 {
        self.0.used_bytes.load(Ordering::Relaxed)
    }

    fn take(&self, bytes: u64) -> Result<(), Full> {
        let Inner {
            limit,
            whose,
            max_bytes,
            ..
        } = *self.0;
        let room = |used: u64| used.checked_add(bytes).filter(|total| *total <= max_bytes);
        let full = |_| Full {
            limit,
            whose,
            max_bytes,
        };
        self.0
            .used_bytes
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, room)
            .map_err(full)?;
        let around = self.0.around.as_ref().map_or(Ok(()), |around| around.take(bytes));
        around.inspect_err(|_| {
            self.0.used_bytes.fetch_sub(bytes, Ordering::Relaxed);
        })
    }

    fn give_back(&self, bytes: u64) {
        self.0.used_bytes.fetch_sub(bytes, Ordering::Relaxed);
        if let Some(around) = &self.0.around {
            around.give_back(bytes);
        }
    }
}

impl fmt::Debug for MemoryBudget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MemoryBudget")
            .field(self.0.limit, &self.0.max_bytes)
            .field("used_bytes", &self.used_bytes())
            .finish()
    }
}

/// Taken at once: budgets are shared by all threads, and a guest grows in many small steps.
const STEP_BYTES: u64 = 1 << 20;

/// What so many bytes of one guest take of a budget.
pub(crate) fn counted(bytes: u64) -> u64 {
    // What is too large for a step is too large for any budget.
    bytes.checked_next_multiple_of(STEP_BYTES).unwrap_or(bytes)
}

/// What one guest has taken of a budget. It is given back when this is dropped.
#[derive(Debug, Default)]
pub(crate) struct Share {
    budget: Option<MemoryBudget>,
    bytes: u64,
}

impl Share {
    pub(crate) fn of(budget: Option<MemoryBudget>) -> Self {
        Self { budget, bytes: 0 }
    }

    /// Takes more, if so many bytes in all are more than it has.
    pub(crate) fn cover(&mut self, bytes: u64) -> Result<(), Full> {
        let Some(budget) = &self.budget else { return Ok(()) };
        if bytes > self.bytes {
            let wanted = counted(bytes);
            budget.take(wanted - self.bytes)?;
            self.bytes = wanted;
        }
        Ok(())
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        if let Some(budget) = &self.budget {
            budget.give_back(self.bytes);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{MemoryBudget, Share};

    const MIB: u64 = 1 << 20;

    #[test]
    fn what_a_guest_takes_is_taken_of_all_around_it_and_given_back() {
        let node = MemoryBudget::of_node(8 * MIB);
        let context = node.of_context(4 * MIB);
        let used = || (context.used_bytes() / MIB, node.used_bytes() / MIB);
        let mut one = Share::of(Some(context.clone()));
        for (bytes, taken) in [(1, 1), (MIB, 1), (MIB + 1, 2), (17, 2), (4 * MIB, 4)] {
            one.cover(bytes).unwrap();
            assert_eq!(used(), (taken, taken), "{bytes}");
        }
        assert_eq!(one.cover(4 * MIB + 1).unwrap_err().limit, "context_memory_bytes");
        assert_eq!(used(), (4, 4));
        let mut other = Share::of(Some(node.clone()));
        other.cover(4 * MIB).unwrap();
        drop(one);
        assert_eq!(used(), (0, 4));
        other.cover(6 * MIB).unwrap();
        let mut third = Share::of(Some(context.clone()));
        assert_eq!(third.cover(3 * MIB).unwrap_err().limit, "node_memory_bytes");
        // What the context had room for and the node had not is not lost.
        assert_eq!(used(), (0, 6));
        drop((other, third));
        assert_eq!(used(), (0, 0));
    }

    #[test]
    fn no_number_is_too_large_to_be_refused() {
        let mut share = Share::of(Some(MemoryBudget::of_node(u64::MAX - 1)));
        share.cover(MIB).unwrap();
        assert!(share.cover(u64::MAX).is_err());
    }
}
