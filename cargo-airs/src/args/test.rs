//! Testing.

use std::ffi::OsString;

use clap::Args as ClapArgs;

use super::{ManifestArgs, PackageArgs, ProfileArgs};

/// Build the components, and run unit tests and integration tests
#[derive(Debug, ClapArgs)]
#[command(after_long_help = "\
Builds every component of the project, and runs the tests of the workspace, or of
the packages named with -p: unit tests natively, and integration tests (tests/*.rs)
against a runtime of their own with the components as they are built, through the
crate airs-testing. The profile is that of the components.

Examples:
  cargo airs test
  cargo airs test -p ledger transfer
  cargo airs test --nextest
  cargo airs test --release -- --nocapture
")]
pub(crate) struct TestArgs {
    /// Tests whose name contains this
    #[arg(value_name = "FILTER")]
    pub(crate) filter: Option<String>,
    #[command(flatten)]
    pub(crate) packages: PackageArgs,
    /// Run the tests with cargo-nextest, a process each
    #[arg(long)]
    pub(crate) nextest: bool,
    /// Say what the tests have covered of the crates, with the toolchain's llvm-tools
    #[arg(long, conflicts_with = "nextest")]
    pub(crate) coverage: bool,
    /// Serve the process that has started this one, over standard input and output, in place of running tests
    #[arg(long, hide = true)]
    pub(crate) serve: bool,
    /// Install the wasm32-wasip2 target when it is missing
    #[arg(long)]
    pub(crate) yes: bool,
    #[command(flatten)]
    pub(crate) profile: ProfileArgs,
    #[command(flatten)]
    pub(crate) manifest: ManifestArgs,
    /// Arguments for the tests themselves
    #[arg(last = true, value_name = "ARGUMENTS")]
    pub(crate) arguments: Vec<OsString>,
}
