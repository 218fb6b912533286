//! The vocabulary, where it guards something.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "what is not as it should be ends the test"
)]

mod capabilities;
mod http;
mod http_any;
