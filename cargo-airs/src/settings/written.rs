//! What is to be written for shells, readers of manuals and editors.

use std::path::PathBuf;

use crate::args::{CompletionsArgs, ManArgs, SchemaArgs};
pub(crate) use crate::args::{SchemaArg as SchemaOf, ShellArg as Shell};

#[derive(Debug)]
pub(crate) struct Completions {
    pub(crate) shell: Shell,
}

#[derive(Debug)]
pub(crate) struct Man {
    pub(crate) folder: PathBuf,
}

#[derive(Debug)]
pub(crate) struct Schema {
    pub(crate) of: SchemaOf,
}

impl From<CompletionsArgs> for Completions {
    fn from(CompletionsArgs { shell }: CompletionsArgs) -> Self {
        Self { shell }
    }
}

impl From<ManArgs> for Man {
    fn from(ManArgs { folder }: ManArgs) -> Self {
        Self { folder }
    }
}

impl From<SchemaArgs> for Schema {
    fn from(SchemaArgs { of }: SchemaArgs) -> Self {
        Self { of }
    }
}
