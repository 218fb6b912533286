//! What is to be called, and what it may use up.

use std::path::PathBuf;

use airs_runtime::Limits;

use super::{Manifest, profile};
use crate::args::CallArgs;

#[derive(Debug)]
pub(crate) struct Call {
    pub(crate) component: PathBuf,
    pub(crate) expression: String,
    timeout_ms: Option<u64>,
    memory_bytes: Option<u64>,
    pub(crate) profile: String,
    pub(crate) manifest: Manifest,
}

impl Call {
    pub(super) fn new(args: CallArgs, for_cargo: impl Iterator<Item = &'static str>) -> Self {
        Self {
            component: args.component,
            expression: args.expression,
            timeout_ms: args.timeout_ms,
            memory_bytes: args.memory_mib.map(|mebibytes| mebibytes << 20),
            profile: profile(args.profile),
            manifest: Manifest::new(args.manifest, for_cargo),
        }
    }

    /// What the call may use up, by what its project says: within it the person may ask for less, as runs may. Where there is no
    /// project nobody else has a say.
    pub(crate) fn limits(&self, project: Option<&Limits>) -> Limits {
        let most = project.unwrap_or(&Limits::UNRESTRICTED);
        let unless_asked = project.cloned().unwrap_or_default();
        Limits {
            deadline_ms: self.timeout_ms.unwrap_or(unless_asked.deadline_ms),
            memory_bytes: self.memory_bytes.unwrap_or(unless_asked.memory_bytes),
            ..unless_asked
        }
        .min(most)
    }
}
