//! How wasmtime is set up, and what it reserves.

use wasmtime::{Config, Inlining, PoolingAllocationConfig, WasmBacktraceDetails};

use crate::code_goal::CodeGoal;

/// Native stack for host functions on top of a guest's: as much as it and its `realloc` have unless that is set.
const HOST_STACK_BYTES: usize = 1 << 20;

/// Cleared on reuse instead of being given back to the operating system: a guest linked with a stack of
/// 128 KiB dirties less than this, and a reset without a system call is the largest part of a fast start.
const MEMORY_KEEP_RESIDENT_BYTES: usize = 512 << 10;
/// The same for tables; without it each one costs a system call and page faults for each run.
const TABLE_KEEP_RESIDENT_BYTES: usize = 8 << 10;
/// What one slot of a pool can hold at most: the largest memory limit that can be set.
const POOLED_MEMORY_BYTES_MAX: usize = 1 << 30;
/// What one component can have: a std guest has three core instances, one memory and two tables, and one that is
/// composed of a few has a few times as much. There is as much of each for every instance, so that no component
/// takes what is there for others.
pub(crate) const CORE_INSTANCES_MAX: u32 = 16;
pub(crate) const MEMORIES_MAX: u32 = 4;
pub(crate) const TABLES_MAX: u32 = 8;

/// What decides about code, too: the process that compiles has the same.
pub(crate) fn settings(goal: CodeGoal) -> Config {
    let mut config = Config::new();
    goal.set(&mut config);
    config
        // Calls would cost three times as much, for interfaces that airs does not use.
        .concurrency_support(false)
        .epoch_interruption(true)
        // Compiles five times longer, for calls that cross Stores anyway.
        .compiler_inlining(Inlining::No)
        // Lines are looked up where they are needed.
        .wasm_backtrace_details(WasmBacktraceDetails::Disable)
        // Proposals that no driver needs and that have had holes.
        .wasm_gc(false)
        .wasm_function_references(false)
        .wasm_exceptions(false)
        .wasm_threads(false)
        .wasm_memory64(false)
        .wasm_stack_switching(false)
        .shared_memory(false)
        .relaxed_simd_deterministic(true);
    config
}

/// A Store executes on a fiber of its own, so that budgets of nested Stores do not add up. It has room for the guest's
/// stack, as much again for its `realloc`, which the host calls while the guest waits and which may not call out, and
/// for the host on top of either.
pub(crate) fn with_stacks(mut settings: Config, bytes: u64) -> Config {
    let guest = usize::try_from(bytes).unwrap_or(usize::MAX);
    let fiber = guest.saturating_mul(2).saturating_add(HOST_STACK_BYTES);
    settings.max_wasm_stack(guest).async_stack_size(fiber);
    settings
}

pub(crate) fn pool(instances: u32) -> PoolingAllocationConfig {
    let mut pool = PoolingAllocationConfig::new();
    pool.total_component_instances(instances)
        .max_core_instances_per_component(CORE_INSTANCES_MAX)
        .total_core_instances(instances.saturating_mul(CORE_INSTANCES_MAX))
        .max_memories_per_component(MEMORIES_MAX)
        .total_memories(instances.saturating_mul(MEMORIES_MAX))
        .max_tables_per_component(TABLES_MAX)
        .total_tables(instances.saturating_mul(TABLES_MAX))
        .total_stacks(instances)
        .total_gc_heaps(0)
        .max_memory_size(POOLED_MEMORY_BYTES_MAX)
        .max_unused_warm_slots(instances)
        .linear_memory_keep_resident(MEMORY_KEEP_RESIDENT_BYTES)
        .table_keep_resident(TABLE_KEEP_RESIDENT_BYTES);
    pool
}
