//! Looking for what is wrong.

use std::path::PathBuf;

use clap::Args as ClapArgs;

use super::ManifestArgs;

/// Look for what is not as it should be, and say what repairs it
#[derive(Debug, ClapArgs)]
#[command(after_long_help = "\
Looks at the toolchain, the machine, the project's files, the state, and at what
processes have left that ended suddenly. Nothing is changed without --fix, which
removes what can be made again, sets modes of folders of yours, and writes what a
command would write; it touches neither your code nor what the state holds.

Examples:
  cargo airs doctor
  cargo airs doctor --fix
")]
pub(crate) struct DoctorArgs {
    /// Repair what can be repaired safely
    #[arg(long)]
    pub(crate) fix: bool,
    /// Where the state is: memory, or a folder [default: .airs/state beside airs.toml]
    #[arg(long, value_name = "memory|PATH")]
    pub(crate) state: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) manifest: ManifestArgs,
}
