//! What `build` is to build.

use super::{Manifest, profile};
use crate::args::{MadeArgs, PackageArgs};

#[derive(Debug)]
pub(crate) struct Build {
    pub(crate) which: Which,
    pub(crate) profile: String,
    pub(crate) install_target: bool,
    pub(crate) manifest: Manifest,
}

/// Which components of a project.
#[derive(Debug)]
pub(crate) enum Which {
    All,
    Named(Vec<String>),
}

impl From<PackageArgs> for Which {
    fn from(args: PackageArgs) -> Self {
        if args.packages.is_empty() {
            Self::All
        } else {
            Self::Named(args.packages)
        }
    }
}

impl Build {
    pub(super) fn new(args: MadeArgs, for_cargo: impl Iterator<Item = &'static str>) -> Self {
        Self {
            which: args.packages.into(),
            profile: profile(args.profile),
            install_target: args.yes,
            manifest: Manifest::new(args.manifest, for_cargo),
        }
    }
}
