//! Checking without building.

use clap::Args as ClapArgs;

use super::MadeArgs;

/// Check components as far as that goes without linking them
#[derive(Debug, ClapArgs)]
#[command(after_long_help = "\
Reads airs.toml and every Cargo.toml, has the compiler check the components for
wasm32-wasip2, and compares what they declare with what they are granted. Nothing is
linked, and no component is written: quick enough for whenever a file is saved. What
a component imports and exports, and so whether it keeps to its world and to its
capabilities, is known when it is linked: `cargo airs build` says that.

With --message-format json the compiler's messages are on stdout as Cargo writes
them, which editors read.

Examples:
  cargo airs check
  cargo airs check -p ledger --message-format json
")]
pub(crate) struct CheckArgs {
    #[command(flatten)]
    pub(crate) made: MadeArgs,
}
