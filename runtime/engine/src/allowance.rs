//! What a run may use up.

use std::time::Instant;

use crate::memory_budget::MemoryBudget;

/// What a run may use up of what is counted for all of its guests.
///
/// ```
/// use std::time::{Duration, Instant};
/// use airs_engine::{Allowance, MemoryBudget};
///
/// let deadline = Instant::now() + Duration::from_secs(5);
/// let memory = Some(MemoryBudget::of_node(1 << 30));
/// let brief = Allowance { cpu_ms: 100, memory, ..Allowance::until(deadline) };
/// ```
#[derive(Clone, Debug)]
pub struct Allowance {
    /// When it has to be over.
    pub deadline: Instant,
    /// How long its guests may compute, all of them and in all attempts. It is counted in the ticks at which they
    /// give way, every 5 ms.
    pub cpu_ms: u64,
    /// What they take memory of, beside the limit of each.
    pub memory: Option<MemoryBudget>,
}

impl Allowance {
    /// No limit but a deadline.
    pub fn until(deadline: Instant) -> Self {
        Self {
            deadline,
            cpu_ms: u64::MAX,
            memory: None,
        }
    }
}
