//! What the crate promises, through its public API.

mod bad_bytes;
mod component;
mod componentize;
mod errors;
mod guests;
mod manifest;
mod project;
mod stamp;
mod world;
