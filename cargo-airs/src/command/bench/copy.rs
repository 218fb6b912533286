//! A copy of a state, to be worked on in its place.

use std::fs;
use std::io::ErrorKind;
use std::path::Path;

use airs_runtime::{Name, State};

use crate::error::{Failure, Result};
use crate::files;
use crate::interrupt::Staged;
use crate::node;
use crate::workspace::Workspace;

/// A copy of what a context has, beside the state. None for one in memory, which is empty anyway.
pub(super) fn of(state: &State, context: &Name, workspace: &Workspace) -> Result<Option<Staged>> {
    let State::Folder(folder) = state else {
        return Ok(None);
    };
    let own = workspace.own_folder();
    fs::create_dir_all(&own)
        .map_err(|cause| Failure::unavailable(format!("cannot make {}", own.display())).caused_by(cause))?;
    let copy = files::stage_folder(&own.join("bench-state"))?;
    if !state.has(context) {
        return Ok(Some(copy));
    }
    // While this is held nobody commits.
    let _owner = node::owned(folder, context)?;
    // The log first: what is moved from it into the file meanwhile is then there twice, and not missing.
    for ending in ["-wal", ""] {
        let name = format!("{context}.sqlite{ending}");
        copied(&folder.join(&name), &copy.path().join(&name))?;
    }
    Ok(Some(copy))
}

fn copied(from: &Path, to: &Path) -> Result<()> {
    match fs::copy(from, to) {
        Err(cause) if cause.kind() != ErrorKind::NotFound => {
            Err(Failure::unavailable(format!("cannot copy {}", from.display())).caused_by(cause))
        }
        _ => Ok(()),
    }
}
