//! How the loop has components compiled: apart from every other build, and quickly.

use std::ffi::OsString;

use crate::settings::Dev;
use crate::workspace::Workspace;

/// The profile of components in the loop, unless another one is asked for: Cargo keeps what it compiles for it, and its
/// lock, apart from other profiles.
pub(crate) const PROFILE: &str = "airs-dev";

/// What the profile is, on top of `dev`. docs/guides/development-loop.md says why.
const SETTINGS: [&str; 6] = [
    "inherits=\"dev\"",
    "debug=\"line-tables-only\"",
    "opt-level=1",
    "incremental=true",
    "codegen-units=16",
    "lto=\"off\"",
];

/// The workspace, built in a folder of its own.
pub(super) fn built_apart(workspace: Workspace) -> Workspace {
    let folder = workspace.target().join("airs").join("dev");
    workspace.built_in(folder)
}

/// What Cargo is told of how to build.
pub(super) fn arguments(settings: &Dev, workspace: &Workspace) -> Vec<OsString> {
    let profile = &settings.node.profile;
    let mut arguments: Vec<OsString> = vec![
        "--profile".into(),
        profile.into(),
        "--target-dir".into(),
        workspace.target().into(),
        // One that does not compile says nothing about the others.
        "--keep-going".into(),
    ];
    if profile == PROFILE {
        for setting in SETTINGS {
            arguments.extend(["--config".into(), format!("profile.{PROFILE}.{setting}").into()]);
        }
    }
    arguments
}
