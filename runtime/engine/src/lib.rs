//! The engine of airs: everything that touches wasmtime.
//!
//! Other crates see components as [`DriverCode`] and [`ProgramCode`] (compiled and linked once per
//! version), as [`DriverInstance`] and [`ProgramInstance`] (one for each attempt of a run), and implement
//! [`Val`] and [`Storage`], the interfaces that guests import. Values cross as the types of `airs-core`;
//! what wasmtime calls them stays in here.

mod abi;
mod allowance;
mod callable;
mod cancelling;
mod circumstances;
mod code_cache;
mod code_goal;
mod compile;
mod compile_process;
mod compiler;
mod debugger;
mod divided;
mod driver;
mod dynamic;
mod engine;
mod environment;
mod executor;
mod export;
mod files;
mod functions;
mod giving_way;
mod guest;
mod held_memory;
mod host;
mod http;
mod lines;
mod link;
mod log;
mod memory_budget;
mod meter;
mod os;
mod program;
mod resources;
mod settings;
mod stack;
mod storage;
mod stub;
mod ticker;
mod trap;
mod val;
mod wasi;
#[doc(hidden)]
pub mod wit;
mod world;

pub use allowance::Allowance;
pub use callable::{Arguments, CallState, CallableCode, Outcome};
pub use cancelling::Cancelling;
pub use circumstances::Circumstances;
pub use code_cache::CodeCache;
pub use code_goal::CodeGoal;
pub use compile::Compiled;
pub use compile_process::{CompileProcess, serve_compilation};
pub use compiler::{Compilation, CompilerConfig};
pub use driver::{DriverAsset, DriverCode, DriverInstance};
pub use dynamic::Notation;
pub use engine::{Allocation, Engine, EngineConfig};
pub use environment::Environment;
pub use executor::TornDown;
pub use files::FilePlaces;
pub use guest::{Guest, GuestState};
pub use held_memory::HeldMemory;
pub use host::{Answered, Given, HostCaller, HostFunctions, HostInterface, HostLinker, Waiting, package_of};
pub use http::Http;
pub use link::Absent;
pub use memory_budget::MemoryBudget;
pub use program::{ProgramCode, ProgramInstance};
pub use storage::{Page, Storage};
pub use trap::Failure;
pub use val::{AssetHandle, Val};
pub use world::World;
