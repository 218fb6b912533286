//! An embeddable runtime for airs drivers and programs.
//!
//! A [`Runtime`] holds contexts with their state, and the components in service. A [`Request`] asks for a
//! run, and a [`Report`] says how it ended; whatever a run did is committed as one, or nothing of it is.
//!
//! ```no_run
//! use airs_runtime::{Capability, Component, Request, Runtime, State};
//! # fn example() -> airs_runtime::Result<()> {
//! let runtime = Runtime::builder().state(State::folder(".airs")).build()?;
//! let ledger = Component::open("target/airs/debug/ledger.wasm".as_ref())?;
//! runtime.load(&ledger, &[Capability::Storage].into())?;
//! let payment = Component::open("target/airs/debug/payment.wasm".as_ref())?;
//! runtime.load(&payment, &[].into())?;
//!
//! let input = r#"{"from":"~/usd","to":"/accounts/bob/usd","amount":"2.50"}"#;
//! let report = runtime.perform_blocking(Request::run("payment", input).caller("alice".parse()?));
//! println!("{:?} in {} attempts", report.result?, report.attempts);
//! # Ok(())
//! # }
//! ```

mod builder;
mod contexts;
mod effective;
mod ending;
mod load;
mod perform;
mod request;
mod routes;
mod runtime;

pub use airs_core::{
    Access, Amount, AssetPath, Caller, CallerId, Capabilities, Capability, Code, Error, Event, FolderName,
    Grants, HttpPattern, Item, Kind, Limit, Limits, Name, NameError, Result, StorageAccess, Value,
    VariableName,
};
pub use airs_driver::{Binding, Owner, Placement};
pub use airs_engine::{Allocation, EngineConfig};
pub use airs_package::{
    Component, Digest, DigestError, Extern, Manifest, Mismatch, PackageError, ProgramInfo, SectionSize,
};
pub use airs_process::{ATTEMPTS_MAX, Answer};
pub use builder::{RuntimeBuilder, State};
pub use load::Loaded;
pub use request::{Report, Request};
pub use runtime::Runtime;
