//! The driver layer of airs: it gives paths to drivers, descriptors to runs, and runs their transaction.
//!
//! A [`Session`] is one attempt of a run, seen from here: it resolves paths through [`Binding`]s, checks
//! rights, keeps the open descriptors, calls drivers, and gathers what they read and write in one
//! transaction, which [`Session::commit`] brings to the context's storage. Programs are unknown here.

mod binding;
mod catalog;
mod context;
mod namespace;
mod resolver;
mod session;
mod state;
mod transaction;

pub use binding::{Binding, Owner};
pub use catalog::{Driver, Drivers};
pub use context::Context;
pub use session::{Ended, Placement, Session, SessionStart};
pub use state::DriverState;
