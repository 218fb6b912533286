//! The development loop.

use clap::Args as ClapArgs;
use clap_complete::engine::ArgValueCompleter;

use crate::completion;

use super::{NodeArgs, PackageArgs};

/// Build and serve, and do so again whenever something is saved
#[derive(Debug, ClapArgs)]
#[command(after_long_help = "\
Watches everything that components are made of, as the compiler names it, and
builds what a change concerns. The new code is checked, compiled and swapped in
while the old one serves; what does not compile, or is no good component, leaves
the last good one where it is. The state stays.

On a terminal: r rebuild, a run again, c clear, l log level, q quit.

Examples:
  cargo airs dev
  cargo airs dev -p ledger
  cargo airs dev --run payment --as alice --input @order.json
")]
pub(crate) struct DevArgs {
    #[command(flatten)]
    pub(crate) packages: PackageArgs,
    /// A program to run whenever something new serves
    #[arg(long, value_name = "PROGRAM", add = ArgValueCompleter::new(completion::programs))]
    pub(crate) run: Option<String>,
    /// Its input, as JSON [default: null]
    #[arg(long, value_name = "JSON|@FILE|-", requires = "run")]
    pub(crate) input: Option<String>,
    /// Begin with an empty state: what the context has is removed
    #[arg(long)]
    pub(crate) fresh: bool,
    /// Look for changes again and again, where the system does not tell of them
    #[arg(long)]
    pub(crate) poll: bool,
    #[command(flatten)]
    pub(crate) node: NodeArgs,
}
