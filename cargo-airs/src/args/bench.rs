//! Measuring.

use airs_runtime::Name;
use clap::Args as ClapArgs;

use super::{NodeArgs, at_most, node::name};
use crate::node::AT_ONCE_MAX;

/// More runs than anybody waits for.
const RUNS_MAX: u64 = 10_000_000;

/// Run a program many times, and say how long that takes
#[derive(Debug, ClapArgs)]
#[command(after_long_help = "\
The runs are made on a copy of the state, which is removed afterwards: nothing of
them remains, and the disk is the same. The first run that fails ends the command.

A baseline is kept in .airs/bench, to be compared with later.

Examples:
  cargo airs bench payment --as alice --input @order.json --release
  cargo airs bench payment --as alice --input @order.json --runs 10000 --at-once 8
  cargo airs bench payment --as alice --input @order.json --save-baseline before
  cargo airs bench payment --as alice --input @order.json --baseline before
")]
pub(crate) struct BenchArgs {
    /// The program
    pub(crate) program: String,
    /// Its input, as JSON [default: null]
    #[arg(long, value_name = "JSON|@FILE|-")]
    pub(crate) input: Option<String>,
    /// How many runs are measured; a tenth as many, at most 1000, come before, unmeasured
    #[arg(long, value_name = "N", default_value_t = 1_000, value_parser = at_most(RUNS_MAX))]
    pub(crate) runs: u64,
    /// How many are made at once
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=i64::from(AT_ONCE_MAX)))]
    pub(crate) at_once: u32,
    /// Keep what is measured under this name
    #[arg(long, value_name = "NAME", value_parser = name)]
    pub(crate) save_baseline: Option<Name>,
    /// Compare with what was kept under this name
    #[arg(long, value_name = "NAME", value_parser = name)]
    pub(crate) baseline: Option<Name>,
    #[command(flatten)]
    pub(crate) node: NodeArgs,
}
