//! What is written for shells, readers of manuals and editors.

use std::path::PathBuf;

use clap::{Args as ClapArgs, ValueEnum};

/// Print what makes a shell complete names, paths and flags
#[derive(Debug, ClapArgs)]
#[command(after_long_help = "\
The script asks this program whenever the tab key is pressed: it knows the project's
components, its programs and drivers, what is bound, and a driver's operations. Of
cargo-airs it knows nothing, so that it need not be made anew.

Examples:
  source <(cargo airs completions bash)
  cargo airs completions fish > ~/.config/fish/conf.d/cargo-airs.fish
")]
pub(crate) struct CompletionsArgs {
    /// The shell: bash, zsh or fish
    #[arg(value_name = "SHELL", hide_possible_values = true)]
    pub(crate) shell: ShellArg,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum ShellArg {
    Bash,
    Zsh,
    Fish,
}

/// Write the pages of the manual
#[derive(Debug, ClapArgs)]
#[command(after_long_help = "\
Writes a page for cargo-airs, and one for each command, in section 1.

Examples:
  cargo airs man ~/.local/share/man/man1
  man cargo-airs-run
")]
pub(crate) struct ManArgs {
    /// The folder to write to; made when it is missing
    pub(crate) folder: PathBuf,
}

/// Print the JSON schema of a file, or of the messages for programs
#[derive(Debug, ClapArgs)]
#[command(after_long_help = "\
Examples:
  cargo airs schema project > airs.schema.json
  cargo airs schema messages
")]
pub(crate) struct SchemaArgs {
    /// Of what: project (airs.toml), manifest (a component's Cargo.toml) or messages (--message-format json)
    #[arg(value_name = "WHAT", hide_possible_values = true)]
    pub(crate) of: SchemaArg,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum SchemaArg {
    Project,
    Manifest,
    Messages,
}
