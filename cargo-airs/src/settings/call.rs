//! What is to be called, and what it may use up.

use std::path::PathBuf;

use airs_core::Limits;

use super::{Manifest, profile};
use crate::args::CallArgs;

#[derive(Debug)]
pub(crate) struct Call {
    pub(crate) component: PathBuf,
    pub(crate) expression: String,
    pub(crate) limits: Limits,
    pub(crate) profile: String,
    pub(crate) manifest: Manifest,
}

impl Call {
    pub(super) fn new(args: CallArgs, for_cargo: impl Iterator<Item = &'static str>) -> Self {
        let limits = Limits {
            deadline_ms: args.timeout_ms,
            memory_bytes: args.memory_mib << 20,
            ..Limits::default()
        };
        Self {
            component: args.component,
            expression: args.expression,
            limits,
            profile: profile(args.profile),
            manifest: Manifest::new(args.manifest, for_cargo),
        }
    }
}
