//! What `doctor` is to look at.

use super::{Manifest, StatePlace};
use crate::args::DoctorArgs;

#[derive(Clone, Debug)]
pub(crate) struct Doctor {
    /// Whether to repair what can be repaired safely.
    pub(crate) fix: bool,
    pub(crate) state: StatePlace,
    pub(crate) manifest: Manifest,
}

impl Doctor {
    pub(super) fn new(args: DoctorArgs, for_cargo: impl Iterator<Item = &'static str>) -> Self {
        Self {
            fix: args.fix,
            state: StatePlace::from(args.state),
            manifest: Manifest::new(args.manifest, for_cargo),
        }
    }
}
