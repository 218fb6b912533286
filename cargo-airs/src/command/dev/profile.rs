//! How the loop has components compiled: apart from every other build, and quickly.

use std::ffi::OsString;

use crate::cargo::profile;
use crate::settings::Dev;
use crate::workspace::Workspace;

/// The workspace, built in a folder of its own.
pub(super) fn built_apart(workspace: Workspace) -> Workspace {
    let folder = workspace.target().join("airs").join("dev");
    workspace.built_in(folder)
}

/// What Cargo is told of how to build.
pub(super) fn arguments(settings: &Dev, workspace: &Workspace) -> Vec<OsString> {
    let mut arguments = profile::arguments(&settings.node.profile);
    arguments.extend([
        "--target-dir".into(),
        workspace.target().into(),
        // One that does not compile says nothing about the others.
        "--keep-going".into(),
    ]);
    arguments
}
