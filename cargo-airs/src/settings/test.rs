//! What `test` is to run.

use std::ffi::OsString;

use super::{Build, Manifest, Which, profile};
use crate::args::TestArgs;
use crate::command::test::{BUILT_VARIABLE, PROFILE_VARIABLE};

#[derive(Debug)]
pub(crate) struct Test {
    /// The components that the tests find: all of the project.
    pub(crate) build: Build,
    /// Whose tests.
    pub(crate) packages: Vec<String>,
    pub(crate) filter: Option<String>,
    pub(crate) way: Way,
    /// Whether to serve tests that were started in another way, rather than to run any.
    pub(crate) serve: bool,
    /// Whether the components are built already, by who has started the tests that are served.
    pub(crate) is_built: bool,
    /// What the tests themselves are told.
    pub(crate) arguments: Vec<OsString>,
}

/// How tests are run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    Cargo,
    Nextest,
    Coverage,
}

impl Test {
    pub(super) fn new(args: TestArgs, for_cargo: impl Iterator<Item = &'static str>) -> Self {
        Self {
            build: Build {
                which: Which::All,
                profile: match args.serve.then(|| std::env::var(PROFILE_VARIABLE).ok()).flatten() {
                    Some(told) => told,
                    None => profile(args.profile),
                },
                install_target: args.yes,
                manifest: Manifest::new(args.manifest, for_cargo),
            },
            packages: args.packages.packages,
            filter: args.filter,
            way: match (args.nextest, args.coverage) {
                (true, _) => Way::Nextest,
                (_, true) => Way::Coverage,
                _ => Way::Cargo,
            },
            serve: args.serve,
            is_built: args.serve && std::env::var_os(BUILT_VARIABLE).is_some(),
            arguments: args.arguments,
        }
    }
}
