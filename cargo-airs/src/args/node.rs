//! Commands that use the runtime.

use std::path::PathBuf;

use airs_runtime::{CallerId, Limits, Name, Owner, RunId};
use clap::Args as ClapArgs;
use clap_complete::engine::ArgValueCompleter;

use crate::completion;

use super::{ManifestArgs, ProfileArgs, at_most};

/// On which state, and as whom.
#[derive(Debug, ClapArgs)]
#[command(next_help_heading = "Runtime")]
pub(crate) struct NodeArgs {
    /// Who acts: a name such as alice, or home/alice from another context [default: operator]
    #[arg(long = "as", value_name = "CALLER", value_parser = caller)]
    pub(crate) caller: Option<CallerId>,
    /// The context that it happens in [default: local]
    #[arg(long, value_name = "NAME", value_parser = name)]
    pub(crate) context: Option<Name>,
    /// Where the state is: memory, or a folder [default: .airs/state beside airs.toml]
    #[arg(long, value_name = "memory|PATH")]
    pub(crate) state: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) profile: ProfileArgs,
    #[command(flatten)]
    pub(crate) manifest: ManifestArgs,
}

/// What makes a run happen once.
#[derive(Debug, ClapArgs)]
pub(crate) struct IdArgs {
    /// An id for the run, so that it happens once however often it is asked for: a ULID, 26 letters and digits
    #[arg(long, value_name = "ULID", value_parser = run_id)]
    pub(crate) id: Option<RunId>,
}

/// Bind a driver to a path
#[derive(Debug, ClapArgs)]
#[command(after_long_help = "\
Examples:
  cargo airs bind /accounts --driver ledger --account '{\"unit\":\"usd\",\"scale\":2}' --owner each
  cargo airs bind /treasury --driver ledger --account @account.json --controller carol
")]
pub(crate) struct BindArgs {
    /// The path, such as /accounts/alice/usd
    pub(crate) path: String,
    /// The driver
    #[arg(long, value_name = "NAME", value_parser = name, add = ArgValueCompleter::new(completion::drivers))]
    pub(crate) driver: Name,
    /// What the driver is to know of the binding, as JSON
    #[arg(long, value_name = "JSON|@FILE|-")]
    pub(crate) account: String,
    /// Who may take value out: a caller, or each for the caller that the next segment names [default: who binds]
    #[arg(long, value_name = "CALLER|each", value_parser = owner)]
    pub(crate) owner: Option<Owner>,
    /// Who may call the driver's operations; may be repeated [default: who binds]
    #[arg(long = "controller", value_name = "CALLER", value_parser = caller)]
    pub(crate) controllers: Vec<CallerId>,
    #[command(flatten)]
    pub(crate) id: IdArgs,
    #[command(flatten)]
    pub(crate) node: NodeArgs,
}

/// Remove the binding at a path
#[derive(Debug, ClapArgs)]
#[command(after_long_help = "\
Whoever controls a binding may remove it, once its driver has nothing left there.

Examples:
  cargo airs unbind /accounts/alice/usd
")]
pub(crate) struct UnbindArgs {
    /// The path that was bound
    #[arg(add = ArgValueCompleter::new(completion::paths))]
    pub(crate) path: String,
    #[command(flatten)]
    pub(crate) id: IdArgs,
    #[command(flatten)]
    pub(crate) node: NodeArgs,
}

/// List what is bound
#[derive(Debug, ClapArgs)]
#[command(after_long_help = "\
Examples:
  cargo airs bindings
  cargo airs bindings --message-format json
")]
pub(crate) struct BindingsArgs {
    #[command(flatten)]
    pub(crate) node: NodeArgs,
}

/// Run a program: all of it is committed, or nothing
#[derive(Debug, ClapArgs)]
#[command(after_long_help = "\
The program's output, JSON, is all that goes to stdout.

Examples:
  cargo airs run payment --as alice --input '{\"from\":\"~/usd\",\"to\":\"/accounts/bob/usd\",\"amount\":\"2.50\"}'
  cargo airs run payment --input @order.json --timeout-ms 500
")]
pub(crate) struct RunArgs {
    /// The program
    #[arg(add = ArgValueCompleter::new(completion::programs))]
    pub(crate) program: String,
    /// Its input, as JSON [default: null]
    #[arg(long, value_name = "JSON|@FILE|-")]
    pub(crate) input: Option<String>,
    /// How long it may take, over all attempts, if less than its limits say
    #[arg(long, value_name = "N", value_parser = at_most(Limits::UNRESTRICTED.deadline_ms))]
    pub(crate) timeout_ms: Option<u64>,
    #[command(flatten)]
    pub(crate) id: IdArgs,
    #[command(flatten)]
    pub(crate) node: NodeArgs,
}

/// Show what an asset holds
#[derive(Debug, ClapArgs)]
#[command(after_long_help = "\
Examples:
  cargo airs view /accounts/alice/usd
  cargo airs view '~/usd' --as alice
")]
pub(crate) struct ViewArgs {
    /// The asset's path
    #[arg(add = ArgValueCompleter::new(completion::paths))]
    pub(crate) path: String,
    #[command(flatten)]
    pub(crate) id: IdArgs,
    #[command(flatten)]
    pub(crate) node: NodeArgs,
}

/// Call an operation of an asset's driver
#[derive(Debug, ClapArgs)]
#[command(after_long_help = "\
Examples:
  cargo airs control /accounts/alice/usd mint --input '{\"amount\":\"100.00\"}'
")]
pub(crate) struct ControlArgs {
    /// The asset's path
    #[arg(add = ArgValueCompleter::new(completion::paths))]
    pub(crate) path: String,
    /// The operation, such as mint
    #[arg(add = ArgValueCompleter::new(completion::operations))]
    pub(crate) operation: String,
    /// Its input, as JSON [default: null]
    #[arg(long, value_name = "JSON|@FILE|-")]
    pub(crate) input: Option<String>,
    #[command(flatten)]
    pub(crate) id: IdArgs,
    #[command(flatten)]
    pub(crate) node: NodeArgs,
}

/// Say what applies to a path or a component, and why what is denied is denied
#[derive(Debug, ClapArgs)]
#[command(after_long_help = "\
For a path: the binding that covers it, its driver, and which rights the caller has.
For a component: what it declares, what it is granted in the context, and what of
that it may use. Nothing is changed, made or migrated, and no driver is asked.

Examples:
  cargo airs explain /accounts/alice/usd --as bob
  cargo airs explain ledger --context guests
")]
pub(crate) struct ExplainArgs {
    /// A path, such as /accounts/alice/usd or ~/usd, or a component of the project
    #[arg(value_name = "PATH|COMPONENT", add = ArgValueCompleter::new(completion::paths_and_components))]
    pub(crate) what: String,
    #[command(flatten)]
    pub(crate) node: NodeArgs,
}

/// Show the project's components and bindings, and what is out of date
#[derive(Debug, ClapArgs)]
#[command(after_long_help = "\
Examples:
  cargo airs status
  cargo airs status --release --message-format json
")]
pub(crate) struct StatusArgs {
    #[command(flatten)]
    pub(crate) node: NodeArgs,
}

/// See all of it at work: a ledger and a payment, in a folder of their own
#[derive(Debug, ClapArgs)]
#[command(after_long_help = "\
Makes a folder, scaffolds a driver and a program in it, builds them, moves money,
and shows each command before it is run. The folder stays, to go on from.

Examples:
  cargo airs demo
  cargo airs demo my-first-project
  cargo airs demo --dev
")]
pub(crate) struct DemoArgs {
    /// The folder to make [default: airs-demo-N with the system's temporary files]
    pub(crate) folder: Option<PathBuf>,
    /// Edit the program instead, while it is called a hundred times a second
    #[arg(long)]
    pub(crate) dev: bool,
}

pub(super) fn caller(text: &str) -> Result<CallerId, String> {
    text.parse()
        .map_err(|error: airs_runtime::Error| error.message().to_owned())
}

pub(super) fn run_id(text: &str) -> Result<RunId, String> {
    text.parse()
        .map_err(|error: airs_runtime::Error| error.hint_text().unwrap_or_default().to_owned())
}

fn owner(text: &str) -> Result<Owner, String> {
    match text {
        Owner::EACH => Ok(Owner::Each),
        text => caller(text).map(|id| Owner::Caller(id.to_string())),
    }
}

pub(super) fn name(text: &str) -> Result<Name, String> {
    text.parse()
        .map_err(|why: airs_runtime::NameError| why.to_string())
}
