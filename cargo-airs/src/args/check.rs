//! Checking without writing.

use clap::Args as ClapArgs;

use super::MadeArgs;

/// Say what `build` would say, and write nothing
#[derive(Debug, ClapArgs)]
#[command(after_long_help = "\
Reads airs.toml and every Cargo.toml, has the components compiled and linked for
wasm32-wasip2 as `cargo airs build` does, and checks what came of it: whether each
keeps to its world and to its capabilities. It warns of what one declares and is
granted nowhere. No component is written, and Cargo keeps what it compiled for the
build that follows: for whenever a file is saved.

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
