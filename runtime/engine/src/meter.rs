//! How much memory a guest takes.

use wasmtime::ResourceLimiter;

use crate::engine::{CORE_INSTANCES_MAX, MEMORIES_MAX, TABLES_MAX};

/// One table element, as wasmtime stores it.
const TABLE_ELEMENT_BYTES: usize = 8;

/// Adds up all memories and tables of one Store, and refuses what would exceed the limit.
#[derive(Debug)]
pub(crate) struct MemoryMeter {
    used: usize,
    max: usize,
    refused: bool,
}

impl MemoryMeter {
    pub(crate) fn new(bytes_max: u64) -> Self {
        Self {
            used: 0,
            max: usize::try_from(bytes_max).unwrap_or(usize::MAX),
            refused: false,
        }
    }

    /// Whether the guest ever wanted more than it may have.
    pub(crate) fn refused(&self) -> bool {
        self.refused
    }

    pub(crate) fn max(&self) -> usize {
        self.max
    }

    fn grow(&mut self, current: usize, desired: usize, unit: usize) -> bool {
        let more = desired.saturating_sub(current).saturating_mul(unit);
        match self.used.checked_add(more) {
            Some(total) if total <= self.max => {
                self.used = total;
                true
            }
            _ => {
                self.refused = true;
                false
            }
        }
    }
}

impl ResourceLimiter for MemoryMeter {
    fn memory_growing(&mut self, current: usize, desired: usize, _: Option<usize>) -> wasmtime::Result<bool> {
        Ok(self.grow(current, desired, 1))
    }

    fn table_growing(&mut self, current: usize, desired: usize, _: Option<usize>) -> wasmtime::Result<bool> {
        Ok(self.grow(current, desired, TABLE_ELEMENT_BYTES))
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
