//! The command line as people and programs meet it: the built binary, its output and what it leaves behind.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test that meets something unexpected has failed"
)]

mod build;
mod frame;
mod inspect;
#[cfg(unix)]
mod interrupt;
mod names;
mod new;
mod scene;
mod stack;
mod templates;
