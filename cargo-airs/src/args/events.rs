//! What has happened.

use std::path::PathBuf;

use airs_runtime::{CallerId, Name, RunId};
use clap::Args as ClapArgs;
use clap_complete::engine::ArgValueCompleter;

use super::node::{caller, name, run_id};
use super::{ManifestArgs, at_most};
use crate::completion;
use crate::journal::Moment;

/// More than is ever kept.
const LAST_MAX: u64 = 1_000_000;

/// Which events to show.
#[derive(Debug, ClapArgs)]
pub(crate) struct EventsArgs {
    /// A component that it concerns
    #[arg(long, value_name = "NAME", value_parser = name, add = ArgValueCompleter::new(completion::components))]
    pub(crate) component: Option<Name>,
    /// A run that it happened in
    #[arg(long, value_name = "RUN", value_parser = run_id)]
    pub(crate) run: Option<RunId>,
    /// Who the run was for: alice, or home/alice
    #[arg(long, value_name = "CALLER", value_parser = caller)]
    pub(crate) caller: Option<CallerId>,
    /// Not before: 30s, 10m, 2h or 1d ago, or a time such as 2026-11-21T17:30:00Z
    #[arg(long, value_name = "TIME")]
    pub(crate) since: Option<Moment>,
    /// Not after, as --since
    #[arg(long, value_name = "TIME")]
    pub(crate) until: Option<Moment>,
    /// The last ones that fit
    #[arg(long, value_name = "N", default_value_t = 100, value_parser = at_most(LAST_MAX))]
    pub(crate) last: u64,
    /// Go on with what happens, until Ctrl-C
    #[arg(short, long, conflicts_with = "until")]
    pub(crate) follow: bool,
    /// The context that it happened in [default: local]
    #[arg(long, value_name = "NAME", value_parser = name)]
    pub(crate) context: Option<Name>,
    /// The folder of the state [default: .airs/state beside airs.toml]
    #[arg(long, value_name = "PATH")]
    pub(crate) state: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) manifest: ManifestArgs,
}

/// Show what has happened: runs, denials, what components said, what served
#[derive(Debug, ClapArgs)]
#[command(after_long_help = "\
What commands and `cargo airs dev` did is kept beside the state, 8 MiB of it at most.
It holds no input and no answer of a run, and values of variables that components are
granted give way to their names.

Examples:
  cargo airs events --since 10m
  cargo airs events --caller alice --follow
  cargo airs events --run 01M7ZXZFCF6K2GDJHX2SBJC0A1 --message-format json
")]
pub(crate) struct AllEventsArgs {
    #[command(flatten)]
    pub(crate) events: EventsArgs,
}

/// Show what components have said
#[derive(Debug, ClapArgs)]
#[command(after_long_help = "\
The lines of `cargo airs events` that components wrote, and nothing else.

Examples:
  cargo airs logs
  cargo airs logs --component ledger --follow
")]
pub(crate) struct LogsArgs {
    #[command(flatten)]
    pub(crate) events: EventsArgs,
}
