//! The command line, as clap reads it. No logic: [`crate::settings`] resolves it.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{Args as ClapArgs, CommandFactory, FromArgMatches, Parser, Subcommand, ValueEnum};
use clap_complete::engine::ArgValueCompleter;

use crate::completion;
use crate::exit::Exit;

mod bench;
mod call;
mod check;
mod dev;
mod doctor;
mod events;
mod node;
mod test;
mod written;

pub(crate) use bench::BenchArgs;
pub(crate) use call::CallArgs;
pub(crate) use check::CheckArgs;
pub(crate) use dev::DevArgs;
pub(crate) use doctor::DoctorArgs;
pub(crate) use events::{AllEventsArgs, EventsArgs, LogsArgs};
pub(crate) use node::{
    BindArgs, BindingsArgs, ControlArgs, DemoArgs, ExplainArgs, IdArgs, NodeArgs, RunArgs, StatusArgs,
    UnbindArgs, ViewArgs,
};
pub(crate) use test::TestArgs;

pub(crate) use written::{CompletionsArgs, ManArgs, SchemaArg, SchemaArgs, ShellArg};

/// Scaffold, build and run drivers and programs of airs
#[derive(Debug, Parser)]
#[command(
    name = "cargo-airs",
    bin_name = "cargo airs",
    version,
    arg_required_else_help = true,
    max_term_width = 100,
    propagate_version = false
)]
pub(crate) struct Args {
    #[command(flatten)]
    pub(crate) output: OutputArgs,
    #[command(subcommand)]
    pub(crate) command: CommandArgs,
}

/// How to report; every command has it.
#[derive(Debug, ClapArgs)]
#[command(next_help_heading = "Output")]
pub(crate) struct OutputArgs {
    /// Write for people, or one JSON object a line on stdout for programs
    #[arg(
        long,
        global = true,
        value_name = "FORMAT",
        default_value = "human",
        hide_possible_values = true
    )]
    pub(crate) message_format: FormatArg,
    /// Colour: auto, always or never
    #[arg(long, global = true, value_name = "WHEN", hide_possible_values = true)]
    pub(crate) color: Option<ColorArg>,
    /// Print errors and results only
    #[arg(short, long, global = true, conflicts_with = "verbose")]
    pub(crate) quiet: bool,
    /// Print more
    #[arg(short, long, global = true)]
    pub(crate) verbose: bool,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum FormatArg {
    Human,
    Json,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum ColorArg {
    Auto,
    Always,
    Never,
}

#[derive(Debug, Subcommand)]
pub(crate) enum CommandArgs {
    New(NewArgs),
    Build(BuildArgs),
    Check(CheckArgs),
    Dev(DevArgs),
    Test(TestArgs),
    Bench(BenchArgs),
    Inspect(InspectArgs),
    Call(CallArgs),
    Bind(BindArgs),
    Unbind(UnbindArgs),
    Bindings(BindingsArgs),
    Run(RunArgs),
    View(ViewArgs),
    Control(ControlArgs),
    Explain(ExplainArgs),
    Status(StatusArgs),
    Events(AllEventsArgs),
    Logs(LogsArgs),
    Doctor(DoctorArgs),
    Demo(DemoArgs),
    Completions(CompletionsArgs),
    Man(ManArgs),
    Schema(SchemaArgs),
}

/// Make a new driver or program from a template
#[derive(Debug, ClapArgs)]
#[command(after_long_help = "\
Outside a project, this makes a folder NAME that stands alone. Inside one (an
airs.toml above), the component joins it: its folder next to the others, an entry
in airs.toml, a member of the workspace.

Examples:
  cargo airs new driver ledger
  cargo airs new program payment
")]
pub(crate) struct NewArgs {
    /// What to make: driver or program
    #[arg(value_name = "KIND", hide_possible_values = true)]
    pub(crate) kind: KindArg,
    /// Its name: lower-case letters, digits and hyphens, beginning with a letter
    pub(crate) name: String,
    /// The folder of the SDK to depend on
    #[arg(long, value_name = "PATH")]
    pub(crate) sdk: Option<PathBuf>,
    /// A template of your own: a folder, or a git repository with #BRANCH or #TAG after it
    #[arg(long, value_name = "PATH|GIT")]
    pub(crate) template: Option<String>,
    /// Version control: git or none [default: git, unless within a repository]
    #[arg(long, value_name = "VCS", hide_possible_values = true)]
    pub(crate) vcs: Option<VcsArg>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum KindArg {
    Driver,
    Program,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum VcsArg {
    Git,
    None,
}

/// Build components
#[derive(Debug, ClapArgs)]
#[command(after_long_help = "\
Builds every component of the project, or those named with -p, for wasm32-wasip2,
checks each one against its world and its manifest, and writes
target/airs/<profile>/<name>.wasm.

Examples:
  cargo airs build
  cargo airs build --release -p ledger
")]
pub(crate) struct BuildArgs {
    #[command(flatten)]
    pub(crate) made: MadeArgs,
}

// What is to be built, or checked, and how.
#[derive(Debug, ClapArgs)]
pub(crate) struct MadeArgs {
    #[command(flatten)]
    pub(crate) packages: PackageArgs,
    /// Install the wasm32-wasip2 target when it is missing
    #[arg(long)]
    pub(crate) yes: bool,
    #[command(flatten)]
    pub(crate) profile: ProfileArgs,
    #[command(flatten)]
    pub(crate) manifest: ManifestArgs,
}

/// Show what a component is, imports, exports and needs
#[derive(Debug, ClapArgs)]
#[command(after_long_help = "\
Examples:
  cargo airs inspect ledger
  cargo airs inspect target/airs/release/ledger.wasm --message-format json
")]
pub(crate) struct InspectArgs {
    /// A component of the project, as it was built last, or a file
    #[arg(value_name = "NAME|FILE", add = ArgValueCompleter::new(completion::components_and_files))]
    pub(crate) component: PathBuf,
    #[command(flatten)]
    pub(crate) profile: ProfileArgs,
    #[command(flatten)]
    pub(crate) manifest: ManifestArgs,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct PackageArgs {
    /// A component to take; may be repeated [default: all of the project]
    #[arg(short, long = "package", value_name = "NAME", add = ArgValueCompleter::new(completion::components))]
    pub(crate) packages: Vec<String>,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct ProfileArgs {
    /// The release profile
    #[arg(short, long, conflicts_with = "profile", help_heading = "Build")]
    pub(crate) release: bool,
    /// A profile by name
    #[arg(long, value_name = "NAME", help_heading = "Build")]
    pub(crate) profile: Option<String>,
    /// A profile for debuggers; what executes it shows them lines and variables, and has no limits of time
    #[arg(long, conflicts_with_all = ["release", "profile"], help_heading = "Build")]
    pub(crate) debug: bool,
}

#[derive(Debug, ClapArgs)]
#[command(next_help_heading = "Manifest")]
pub(crate) struct ManifestArgs {
    /// The Cargo.toml to start from
    #[arg(long, value_name = "PATH")]
    pub(crate) manifest_path: Option<PathBuf>,
    /// Fail when Cargo.lock would change
    #[arg(long)]
    pub(crate) locked: bool,
    /// Do not touch the network
    #[arg(long)]
    pub(crate) offline: bool,
    /// Both --locked and --offline
    #[arg(long)]
    pub(crate) frozen: bool,
}

/// The process's arguments. Started as `cargo airs …`, the first is `airs`. `help X` with options is `X --help` with these.
pub(crate) fn from(arguments: impl Iterator<Item = OsString>) -> Vec<OsString> {
    let mut arguments: Vec<_> = arguments.collect();
    if arguments.get(1).is_some_and(|first| first == "airs") {
        arguments.remove(1);
    }
    let is_option = |argument: &OsString| argument.as_encoded_bytes().starts_with(b"-");
    if arguments.get(1).is_some_and(|first| first == "help") && arguments.iter().any(is_option) {
        arguments.remove(1);
        arguments.push("--help".into());
    }
    arguments
}

/// The command line as clap knows it; every help text ends with the exit codes.
pub(crate) fn command() -> clap::Command {
    let table = Exit::table();
    Args::command().after_help(&table).mut_subcommands(|subcommand| {
        let text = subcommand.get_after_long_help().map(ToString::to_string);
        let long = text.map_or_else(|| table.clone(), |text| format!("{}\n\n{table}", text.trim_end()));
        subcommand.after_long_help(long)
    })
}

pub(crate) fn parse(arguments: &[OsString]) -> Result<Args, clap::Error> {
    let command = command().color(crate::settings::color_of(arguments).into());
    Args::from_arg_matches(&command.try_get_matches_from(arguments)?)
}

/// A number from 1 to a limit's maximum.
fn at_most(max: u64) -> clap::builder::RangedU64ValueParser {
    clap::value_parser!(u64).range(1..=max)
}
