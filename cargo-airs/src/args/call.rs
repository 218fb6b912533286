//! Calling a component.

use std::path::PathBuf;

use airs_core::Limits;
use clap::Args as ClapArgs;

use super::{ManifestArgs, ProfileArgs};

/// Call a function of any component, with nothing granted to it
#[derive(Debug, ClapArgs)]
#[command(after_long_help = "\
Arguments and result are in WAVE, the WebAssembly value encoding:
  7  -1.5  true  'c'  \"text\"  [1, 2]  (1, \"b\")  {x: 1, y: 2}  some(1)  none  ok  err(\"why\")  left
The function's name may follow its interface and a dot, when several have it.
The component is built already, or a file: binary, or in text form (.wat). It has
no files, no network, no environment; what it imports beyond that is denied.

Examples:
  cargo airs call calculator.wasm 'add(2, 3)'
  cargo airs call geometry.wat 'test:shapes/geometry.move-by({x: 1, y: 2}, (0.5, 0))'
  cargo airs call payment 'run(\"null\")' --timeout-ms 500 --memory-mib 16
")]
pub(crate) struct CallArgs {
    /// A component of the project, as it was built last, or a file
    #[arg(value_name = "NAME|FILE")]
    pub(crate) component: PathBuf,
    /// The function and its arguments, such as 'add(2, 3)'
    #[arg(value_name = "CALL")]
    pub(crate) expression: String,
    /// How long it may take [default: 5000]
    #[arg(long, value_name = "N", value_parser = at_most("deadline_ms", 1))]
    pub(crate) timeout_ms: Option<u64>,
    /// How much memory it may have [default: 64]
    #[arg(long, value_name = "N", value_parser = at_most("memory_bytes", 1 << 20))]
    pub(crate) memory_mib: Option<u64>,
    #[command(flatten)]
    pub(crate) profile: ProfileArgs,
    #[command(flatten)]
    pub(crate) manifest: ManifestArgs,
}

/// A number from 1 to a limit's maximum, in units of so many.
fn at_most(limit: &str, unit: u64) -> clap::builder::RangedU64ValueParser {
    let max = Limits::UNRESTRICTED.iter().find(|(name, _)| *name == limit);
    let max = max.map_or(u64::MAX, |(_, max)| max / unit);
    clap::value_parser!(u64).range(1..=max)
}
