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

mod answers;
mod builder;
mod callable;
mod contexts;
mod effective;
mod ending;
mod load;
mod offer;
mod perform;
mod request;
mod routes;
mod runtime;

pub use airs_core::{
    Access, Amount, AssetPath, Caller, CallerId, Capabilities, Capability, Code, Error, Event, FolderName,
    Grants, HttpPattern, Item, Kind, Limit, LimitScope, Limits, Name, NameError, Result, RunId,
    StorageAccess, Value, VariableName,
};
pub use airs_driver::{ANSWER_BYTES_MAX, Binding, Owner, Placement};
pub use airs_engine::{
    Absent, Allocation, Answered, Arguments, EngineConfig, Given, HostCaller, HostFunctions, HostInterface,
    Outcome, Waiting,
};
pub use airs_package::{
    Component, Digest, DigestError, Extern, Manifest, Mismatch, PackageError, ProgramInfo, SectionSize,
};
pub use airs_process::{ATTEMPTS_MAX, Answer};
/// Makes a Rust type one that crosses: the same shape as a type in WIT.
///
/// A struct is a `record`. An enum is an `enum`, or a `variant` when a case carries a value;
/// `#[wit(flags)]` on an enum of names makes `flags` of it, a type with a constant for each of them.
/// Names are those of WIT in kebab case: `column_names` is `column-names`. Where WIT has another name,
/// `#[wit(name = "…")]` on the field or the case says which.
///
/// ```
/// use airs_runtime::wit;
///
/// #[wit]
/// #[derive(Debug, PartialEq)]
/// struct Point {
///     x: f64,
///     y: f64,
///     #[wit(name = "label")]
///     text: Option<String>,
/// }
///
/// #[wit]
/// enum Shape {
///     Circle(Point),
///     Nothing,
/// }
///
/// #[wit(flags)]
/// enum Access {
///     Read,
///     Write,
/// }
///
/// let access = Access::READ | Access::WRITE;
/// assert!(access.contains(Access::READ));
/// ```
pub use airs_runtime_macros::wit;
pub use answers::{ANSWERS_KEPT_MAX, ID_AHEAD_MAX};
pub use builder::{RuntimeBuilder, State};
pub use callable::{CallConfig, Callable, Export};
pub use load::Loaded;
pub use request::{Report, Request};
pub use runtime::Runtime;

#[doc(hidden)]
pub use airs_engine::wit;
