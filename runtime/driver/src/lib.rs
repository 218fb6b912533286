//! The driver layer of airs: it gives paths to drivers, descriptors to runs, and runs their transaction.
//!
//! A [`Session`] is one attempt of a run, seen from here: it resolves paths through [`Binding`]s, checks
//! rights, keeps the open descriptors, calls drivers, and gathers what they read and write in one
//! transaction, which [`Session::commit`] brings to the context's storage. Programs are unknown here.
//!
//! ```
//! use std::sync::Arc;
//! use std::time::{Duration, Instant, SystemTime};
//! use airs_core::{Caller, Code, Limits, Name, Rights};
//! use airs_driver::{Context, Drivers, Ended, Heard, Session, SessionStart};
//! use airs_engine::{Allowance, AssetHandle, Environment};
//! use airs_platform::Memory;
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let config = airs_engine::EngineConfig { instances_max: 1, threads: 1, ..Default::default() };
//! # let engine = airs_engine::Engine::new(&config)?;
//! # engine.executor().block_on(async {
//! let (run, deadline) = ("01K5V8Q4ZC2R9T7M3XH6JWPBNE", Instant::now() + Duration::from_secs(5));
//! let mut session = Session::begin(SessionStart {
//!     context: Context::new(Name::local(), Arc::new(Memory::new())),
//!     run: run.into(),
//!     caller: Caller::local(&"alice".parse()?, &Name::local()),
//!     drivers: Arc::new(Drivers::default()),
//!     environment: Environment::new(run.into(), None, SystemTime::now(), Allowance::until(deadline), Arc::new(|_| {})),
//!     heard: Heard::default(),
//!     limits: Limits::default(),
//! })
//! .await?;
//! // Nothing is bound yet, and the run goes on.
//! assert_eq!(session.intend("~/usd", Rights::VIEW).await.unwrap_err().code(), Code::Unbound);
//! assert_eq!(session.view(AssetHandle(7)).await.unwrap_err().code(), Code::BadDescriptor);
//! session.finish().await?;
//! assert!(matches!(session.commit(None).await?, Ended::Committed));
//! # Ok(()) }) }
//! ```

mod alarms;
mod answers;
mod binding;
mod catalog;
mod context;
mod effective;
mod heard;
mod line;
mod namespace;
mod ownership;
mod resolver;
mod schema;
mod session;
mod state;
mod transaction;

pub use answers::{ANSWER_BYTES_MAX, Identity, expired};
pub use binding::{Binding, Owner, unreadable};
pub use catalog::{Driver, Drivers, unknown};
pub use context::Context;
pub use effective::{Allowed, Effective, Ungranted};
pub use heard::Heard;
pub use line::{Footprint, Ticket};
pub use namespace::driver_of_key;
pub use session::{Ended, Migrated, Migration, Placement, Session, SessionStart};
pub use state::DriverState;
