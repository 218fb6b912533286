//! How much memory a guest takes.

use wasmtime::ResourceLimiter;

use crate::memory_budget::{Full, Share};
use crate::settings::{CORE_INSTANCES_MAX, MEMORIES_MAX, TABLES_MAX};

/// One table element, as wasmtime stores it.
const TABLE_ELEMENT_BYTES: usize = 8;

/// Adds up all memories and tables of one Store, and refuses what would exceed the limit, or what its context or node
/// has no room for.
#[derive(Debug)]
pub(crate) struct MemoryMeter {
    used: usize,
    max: usize,
    share: Share,
    refusal: Option<Refusal>,
}

/// Why a guest did not get memory that it wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// It would have more than it may, which is so many bytes.
    Own(usize),
    /// All guests together would.
    Shared(Full),
}

impl MemoryMeter {
    pub(crate) fn new(bytes_max: u64, share: Share) -> Self {
        Self {
            used: 0,
            max: usize::try_from(bytes_max).unwrap_or(usize::MAX),
            share,
            refusal: None,
        }
    }

    /// Why the guest did not get what it wanted, the last time that it did not; it may have met its end by that.
    pub(crate) fn refusal(&self) -> Option<Refusal> {
        self.refusal
    }

    /// The guest had no end by what it was refused.
    pub(crate) fn forget_refusal(&mut self) {
        self.refusal = None;
    }

    /// Takes memory of the host's for the guest, of what the guest may have; answers whether it may.
    pub(crate) fn take(&mut self, bytes: usize) -> bool {
        let total = self.total(0, bytes, 1);
        self.used = *total.as_ref().unwrap_or(&self.used);
        total.is_ok()
    }

    /// Whether the guest may have so much more, whatever others have taken.
    pub(crate) fn has_room(&self, bytes: usize) -> bool {
        self.used
            .checked_add(bytes)
            .is_some_and(|total| total <= self.max)
    }

    /// Gives back what was taken so.
    pub(crate) fn give_back(&mut self, bytes: usize) {
        self.used = self.used.saturating_sub(bytes);
    }

    /// What its own maximum keeps from growing is asked about all the same: it takes nothing, and was not refused
    /// anything here.
    fn grow(&mut self, current: usize, desired: usize, maximum: Option<usize>, unit: usize) -> bool {
        if maximum.is_some_and(|maximum| desired > maximum) {
            return false;
        }
        match self.total(current, desired, unit) {
            Ok(total) => {
                self.used = total;
                true
            }
            Err(refusal) => {
                self.refusal = Some(refusal);
                false
            }
        }
    }

    fn total(&mut self, current: usize, desired: usize, unit: usize) -> Result<usize, Refusal> {
        let more = desired.saturating_sub(current).saturating_mul(unit);
        let total = self.used.checked_add(more).filter(|total| *total <= self.max);
        let total = total.ok_or(Refusal::Own(self.max))?;
        self.share.cover(total as u64).map_err(Refusal::Shared)?;
        Ok(total)
    }
}

impl ResourceLimiter for MemoryMeter {
    fn memory_growing(
        &mut self,
        current: usize,
        desired: usize,
        maximum: Option<usize>,
    ) -> wasmtime::Result<bool> {
        Ok(self.grow(current, desired, maximum, 1))
    }

    fn table_growing(
        &mut self,
        current: usize,
        desired: usize,
        maximum: Option<usize>,
    ) -> wasmtime::Result<bool> {
        Ok(self.grow(current, desired, maximum, TABLE_ELEMENT_BYTES))
    }

    fn instances(&self) -> usize {
        CORE_INSTANCES_MAX as usize
    }

    fn memories(&self) -> usize {
        MEMORIES_MAX as usize
    }

    fn tables(&self) -> usize {
        TABLES_MAX as usize
    }
}

#[cfg(test)]
mod tests {
    use wasmtime::ResourceLimiter;

    use super::{MemoryMeter, Refusal};
    use crate::memory_budget::{MemoryBudget, Share};

    const MIB: usize = 1 << 20;

    #[test]
    fn what_its_own_maximum_keeps_from_growing_takes_nothing() {
        let budget = MemoryBudget::of_node(64 << 20);
        let mut meter = MemoryMeter::new(8 << 20, Share::of(Some(budget.clone())));
        assert!(meter.memory_growing(0, MIB, Some(MIB)).unwrap());
        for _ in 0..100 {
            assert!(!meter.memory_growing(MIB, 2 * MIB, Some(MIB)).unwrap());
            assert!(!meter.table_growing(1, 1_000, Some(1)).unwrap());
        }
        assert_eq!((meter.refusal(), budget.used_bytes()), (None, 1 << 20));
        assert!(!meter.memory_growing(MIB, 9 * MIB, None).unwrap());
        assert_eq!(meter.refusal(), Some(Refusal::Own(8 << 20)));
        assert!(meter.memory_growing(MIB, 8 * MIB, None).unwrap());
    }
}
