//! The promises under attack: each proof tries hard to break one, and is itself put to the proof by a test
//! that drops the guard which it looks after.
//!
//! `cargo test` runs sizes that take seconds; with `AIRS_PROOF=full` they take
//! hours. Either way what was seen is written to `target/proof/summary.json`. Counts and invariants decide;
//! times are noted, and decide at full size only, where a promise is about them.

#![expect(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "what is not as it should be ends the test"
)]

/// All of it in a module of that name, so that `cargo test proof` finds it.
#[path = "."]
mod proof {
    mod bank;
    mod before;
    mod chance;
    mod child;
    mod disk;
    mod disk_errors;
    mod driver_functions;
    mod faulty;
    mod gate;
    mod growth;
    mod hanging_disk;
    mod history;
    mod host_api;
    mod hostile;
    mod jittery;
    mod large_values;
    mod marks;
    mod panics;
    mod power_cuts;
    mod random_type;
    mod random_value;
    mod runaway;
    mod serializability;
    mod state;
    mod storage_calls;
    mod swaps;
    mod typed_values;
    mod verdict;
    mod vfs;
    mod worlds;
}
