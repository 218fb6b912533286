//! Having Cargo settle what the workspace depends on, before anything is built of it.
//!
//! Cargo writes `Cargo.lock` when it is not there, or not as the manifests want it. It does so here, where that is known to be the
//! loop's own doing: a build would do it, too, and nobody could tell that from an edit.

use std::io::Read as _;

use cargo_metadata::Metadata;

use super::compile::Cancel;
use super::guard;
use crate::cargo;
use crate::error::{Failure, Result};
use crate::settings::Manifest;

/// What Cargo knows of all packages; none when it cannot settle it, which the build will say, or when the turn was cancelled.
pub(super) fn resolve(manifest: &Manifest, turn: u64, cancel: &Cancel) -> Result<Option<Metadata>> {
    let mut command = guard::guarded(&cargo::resolving(manifest))?;
    // The build says again what is wrong.
    command.stderr(std::process::Stdio::null());
    let start = || {
        command
            .spawn()
            .map_err(|cause| Failure::unavailable("cannot start cargo").caused_by(cause))
    };
    let Some(mut child) = cancel.start(turn, start)? else {
        return Ok(None);
    };
    let mut text = Vec::new();
    // What is cut off by its end is not wanted.
    let _ = child
        .stdout
        .take()
        .map(|mut stdout| stdout.read_to_end(&mut text));
    let status = child.wait();
    cancel.ended();
    let succeeded = status.is_ok_and(|status| status.success());
    Ok(succeeded.then(|| serde_json::from_slice(&text).ok()).flatten())
}
