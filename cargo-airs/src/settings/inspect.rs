//! What `inspect` is to show.

use std::path::PathBuf;

use super::{Manifest, profile};
use crate::args::InspectArgs;

#[derive(Debug)]
pub(crate) struct Inspect {
    pub(crate) component: PathBuf,
    pub(crate) profile: String,
    pub(crate) manifest: Manifest,
}

impl Inspect {
    pub(super) fn new(args: InspectArgs, for_cargo: impl Iterator<Item = &'static str>) -> Self {
        Self {
            component: args.component,
            profile: profile(args.profile),
            manifest: Manifest::new(args.manifest, for_cargo),
        }
    }
}
