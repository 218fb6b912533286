//! What the integration tests of airs stand on: guests, built once, and runtimes with them in service.

#![expect(
    clippy::expect_used,
    reason = "a fixture that cannot be made ends the test, and says why"
)]

mod bench;
mod guests;
mod hooks;
mod idle;
mod script;
mod untested;

pub use bench::{Bench, Notes, pay, two_contexts};
pub use guests::{
    BUILT_GUESTS, build_guests, built_guests, component, component_with, of_example, raw, stamped,
    target_folder,
};
pub use idle::expect_idle;
pub use script::Script;
pub use untested::untested;
