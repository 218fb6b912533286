//! House rules: what no compiler checks.

#![expect(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "what is not as it should be ends the test"
)]

mod codes;
mod edges;
mod examples;
mod files;
mod profiles;
mod provoked;
mod supply;
mod systems;
mod tree;
mod versions;
mod words;
