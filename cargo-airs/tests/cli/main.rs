//! The command line as people and programs meet it: the built binary, its output and what it leaves behind.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test that meets something unexpected has failed"
)]

mod bench;
mod broken;
mod build;
mod call;
mod check;
mod code;
mod completions;
mod contract;
mod coverage;
mod debug;
mod demo;
mod dev;
mod doctor;
mod events;
mod explain;
mod failures;
mod faulty;
mod frame;
mod ids;
mod inspect;
#[cfg(unix)]
mod interrupt;
mod locked;
mod money;
mod names;
mod network;
mod new;
mod project;
mod scene;
mod schema;
mod schemas;
mod stack;
mod state;
mod status;
mod templates;
mod test;
#[path = "../../../tests/src/untested.rs"]
mod untested;
