//! An embeddable runtime for components: any of them to call, and drivers and programs whose runs are transactions.
//!
//! # Any component
//!
//! Build a [`Runtime`], load a [`Component`], call what it exports. [`Callable`] says which Rust values stand for
//! which types of WIT, [`wit`] makes types of one's own that cross.
//!
//! ```no_run
//! use airs_runtime::{CallConfig, Component, Runtime, wit};
//!
//! #[wit]
//! struct Point {
//!     x: f64,
//!     y: f64,
//! }
//!
//! # fn example() -> airs_runtime::Result<()> {
//! let runtime = Runtime::builder().build()?;
//! let geometry = runtime.callable(&Component::open("geometry.wasm".as_ref())?, &CallConfig::default())?;
//! let moved: Point = geometry.call_blocking("move", (Point { x: 1.0, y: 2.0 }, 0.5))?;
//! // What somebody has typed, in WAVE or in JSON:
//! let moved = geometry.call_wave_blocking("move({x: 1, y: 2}, 0.5)")?;
//! let moved = geometry.call_json_blocking("move", r#"[{"x": 1, "y": 2}, 0.5]"#)?;
//! # Ok(())
//! # }
//! ```
//!
//! Each call has an instance of its own, with nothing granted: no files, no network, no environment. It ends at its
//! [`Limits`], with an error that says which. Every error has a [`Code`].
//!
//! # Drivers and programs
//!
//! A [`Runtime`] holds contexts with their state, and the components in service. A [`Request`] asks for a run, and a
//! [`Report`] says how it ended; whatever a run did is committed as one, or nothing of it is.
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
//!
//! What an operator has written in an `airs.toml`, a [`Project`] reads:
//!
//! ```no_run
//! use airs_runtime::{Component, Project, Runtime};
//!
//! # fn example(folder: &std::path::Path) -> Result<(), Box<dyn std::error::Error>> {
//! let project = Project::find(folder)?.ok_or("there is no airs.toml")?;
//! let runtime = Runtime::builder().limits(project.limits.clone()).build()?;
//! for name in project.components.keys() {
//!     let component = Component::open(&project.root().join(format!("target/airs/debug/{name}.wasm")))?;
//!     let granted = project.grants.get(name).cloned().unwrap_or_default();
//!     runtime.load(&component, &granted)?;
//! }
//! # Ok(())
//! # }
//! ```
//!
//! # Interfaces of one's own
//!
//! What an application has to give, such as a database, it gives as an interface of its own WIT package, with a
//! [`HostInterface`] behind it. A component gets it when it declares the package, in the `interfaces` of its
//! capabilities, and is granted it: [`Capabilities::with_interfaces`].
//!
//! ```
//! use airs_runtime::{Capabilities, HostCaller, HostFunctions, HostInterface, Result, Runtime};
//!
//! /// `interface rates { rate: func(currency: string) -> option<f64>; }`
//! struct Rates;
//!
//! impl HostInterface for Rates {
//!     const NAME: &'static str = "example:finance/rates@1.0.0";
//!     type Session = Vec<(String, f64)>;
//!
//!     fn session(&self, _caller: &HostCaller<'_>) -> Result<Self::Session> {
//!         Ok(vec![("usd".to_owned(), 1.0), ("eur".to_owned(), 1.16)])
//!     }
//!
//!     fn define(functions: &mut impl HostFunctions<Self::Session>) {
//!         functions.function("rate", |rates, (currency,): (String,)| {
//!             let found = rates.iter().find(|(known, _)| *known == currency);
//!             Ok(found.map(|(_, rate)| *rate))
//!         });
//!     }
//! }
//!
//! let runtime = Runtime::builder().interface(Rates).build()?;
//! let granted = Capabilities::default().with_interfaces(["example:finance".parse()?]);
//! # let _ = (runtime, granted);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Compiled code
//!
//! Loading a component compiles it. A [`CodeCache`] keeps what came of it in a folder that only its owner can write to;
//! a [`CompileProcess`] compiles in a process of its own, within limits, which components of strangers need.
//!
//! ```no_run
//! use airs_runtime::{CodeCache, CompileProcess, Runtime};
//!
//! # fn example(folder: &std::path::Path) -> Result<(), Box<dyn std::error::Error>> {
//! let runtime = Runtime::builder()
//!     .code_cache(CodeCache::open(folder)?)
//!     .compile_process(CompileProcess::this(["compile-component"])?)
//!     .build()?;
//! # let _ = runtime;
//! # Ok(())
//! # }
//! ```
//!
//! The process can be the application itself, when it begins like this:
//!
//! ```
//! fn main() -> std::process::ExitCode {
//!     if std::env::args().nth(1).as_deref() == Some("compile-component") {
//!         return airs_runtime::serve_compilation();
//!     }
//!     // What it does otherwise.
//!     std::process::ExitCode::SUCCESS
//! }
//! ```
//!
//! # Threads
//!
//! Guests execute on threads of the runtime's own ([`EngineConfig::threads`]). Whatever executor polls a call or a
//! run, guests do not occupy it. What waits blocking ends in `_blocking`: while the runtime has less work than
//! threads, the one that waits executes the guest itself. Loading compiles, which takes time
//! unless the code was kept: do it where nobody waits.

mod answers;
mod builder;
mod callable;
mod contexts;
mod denials;
mod effective;
mod ending;
mod explain;
mod load;
mod migrate;
mod offer;
mod perform;
mod ready;
mod request;
mod routes;
mod runtime;
mod surroundings;
mod swap;
mod turns;

pub use airs_core::{
    Access, Amount, AssetPath, Caller, CallerId, Capabilities, Capability, Code, CodeSource, Error, Event,
    Grants, GuestCall, Host, HttpHeader, HttpMethod, HttpPattern, HttpRequest, HttpResponse, HttpUrl,
    HttpUrlError, Interposed, Interposer, Item, Kind, Limit, LimitScope, Limits, Name, NameError, Result,
    Rights, RunId, SECRET_BYTES_MIN, Scheme, StorageAccess, Value, VariableName, VariableNameError,
    WitPackage, WitPackageError,
};
pub use airs_driver::{ANSWER_BYTES_MAX, Binding, Owner, Placement};
pub use airs_engine::{
    Absent, Allocation, Answered, Arguments, CodeCache, CodeGoal, CompileProcess, CompilerConfig,
    EngineConfig, Given, HostCaller, HostFunctions, HostInterface, Outcome, Waiting, serve_compilation,
};
pub use airs_package::{
    Component, ComponentEntry, Digest, DigestError, Extern, Manifest, Mismatch, PackageError, ProgramInfo,
    Project, SectionSize,
};
pub use airs_platform::{
    Clock, Denial, Denials, Http, HttpError, HttpTimes, Network, Random, Resolve, Room, SystemClock,
    SystemResolver, Trust,
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
pub use explain::{ComponentExplained, PathExplained};
pub use load::Loaded;
pub use request::{Report, Request};
pub use routes::Generation;
pub use runtime::{INSTANCES_PER_RUN, Runtime};
pub use swap::{Prepared, Refused, Swapped};

/// What a storage of an embedder's own is made of, for [`RuntimeBuilder::context_in`].
pub mod storage {
    pub use airs_driver::driver_of_key;
    pub use airs_platform::{
        Bytes, Check, Commit, CommitId, Committed, Entry, Key, Memory, Page, Range, Reading, Snapshot,
        Storage, StorageError, Stored, Version,
    };
}

#[doc(hidden)]
pub use airs_engine::wit;
