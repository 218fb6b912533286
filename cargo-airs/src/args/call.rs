//! Calling a component.

use std::path::PathBuf;

use airs_runtime::Limits;
use clap::Args as ClapArgs;
use clap_complete::engine::ArgValueCompleter;

use crate::completion;

use super::{ManifestArgs, ProfileArgs, at_most};

/// Call a function of any component, with nothing granted to it
#[derive(Debug, ClapArgs)]
#[command(after_long_help = "\
Arguments and result are in WAVE, the WebAssembly value encoding:
  7  -1.5  true  'c'  \"text\"  [1, 2]  (1, \"b\")  {x: 1, y: 2}  some(1)  none  ok  err(\"why\")  left
The function's name may follow its interface and a dot, when several have it.
The component is built already, or a file: binary, or in text form (.wat). It has
no files, no network, no environment; what it imports beyond that is denied.
In a project the limits of its airs.toml count, for a file too.

Examples:
  cargo airs call calculator.wasm 'add(2, 3)'
  cargo airs call geometry.wat 'test:shapes/geometry.move-by({x: 1, y: 2}, (0.5, 0))'
  cargo airs call payment 'run(\"null\")' --timeout-ms 500 --memory-mib 16
")]
pub(crate) struct CallArgs {
    /// A component of the project, as it was built last, or a file
    #[arg(value_name = "NAME|FILE", add = ArgValueCompleter::new(completion::components_and_files))]
    pub(crate) component: PathBuf,
    /// The function and its arguments, such as 'add(2, 3)'
    #[arg(value_name = "CALL")]
    pub(crate) expression: String,
    /// How long it may take; in a project, if less than airs.toml says [default: the limit deadline_ms]
    #[arg(long, conflicts_with = "debug", value_name = "N", value_parser = at_most(Limits::UNRESTRICTED.deadline_ms))]
    pub(crate) timeout_ms: Option<u64>,
    /// How much memory it may have; in a project, if less than airs.toml says [default: the limit memory_bytes]
    #[arg(long, value_name = "N", value_parser = at_most(Limits::UNRESTRICTED.memory_bytes >> 20))]
    pub(crate) memory_mib: Option<u64>,
    #[command(flatten)]
    pub(crate) profile: ProfileArgs,
    #[command(flatten)]
    pub(crate) manifest: ManifestArgs,
}
