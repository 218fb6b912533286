//! Test drivers and programs as they are built: each test has a runtime of its own, with the components of the project
//! in service and nothing in its state.
//!
//! What is tested is what `cargo airs build` makes, on the runtime that executes it anywhere else. The runtime is in the
//! tool: `cargo airs test` builds the components, serves, and runs the tests; a test that is started by plain
//! `cargo test` starts the tool itself. This crate speaks to it over a pipe, so that nothing of it is compiled with the
//! tests.
//!
//! ```no_run
//! use airs::{Code, json};
//! use airs_testing::{Owner, Runtime};
//!
//! fn main() -> airs::Result<()> {
//!     let runtime = Runtime::new()?;
//!     let account = json!({ "unit": "usd", "scale": 2 });
//!     runtime.bind("/accounts", "ledger", account, Owner::Each, &["bank"])?;
//!     runtime.caller("bank").control("/accounts/alice/usd", "mint", json!({ "amount": "100.00" }))?;
//!
//!     let order = json!({ "from": "~/usd", "to": "/accounts/bob/usd", "amount": "12.50" });
//!     runtime.caller("alice").run("payment", order.clone())?;
//!     assert_eq!(runtime.view("/accounts/bob/usd")?.amount()?.to_string(), "12.50");
//!
//!     let error = runtime.caller("carol").run("payment", order).unwrap_err();
//!     assert_eq!(error.code, Code::InsufficientFunds);
//!     Ok(())
//! }
//! ```
//!
//! Time stands still at the beginning of 2026 and chance is the same in each test, unless a [`Builder`] says otherwise.
//! [`Fault`] has something go wrong, [`Event`] tells what happened. No request of a driver leaves the machine: servers
//! answer what [`Builder::http`] says.

mod actor;
mod builder;
mod connection;
pub mod event;
mod fault;
mod happened;
mod id;
mod response;
mod runtime;
mod wire;

pub use actor::Actor;
pub use airs::testing::Owner;
pub use builder::Builder;
pub use event::Event;
pub use fault::{Fault, Loss};
pub use response::Response;
pub use runtime::Runtime;
