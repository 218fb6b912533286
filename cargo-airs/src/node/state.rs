//! Where the state of a command is.

use std::fs::File;
use std::path::{Path, PathBuf};

use airs_runtime::{Code, Name, RuntimeBuilder, State};

use crate::error::{Failure, Reason, Result};
use crate::journal::Journal;
use crate::report::Report;
use crate::settings::{self, StatePlace};
use crate::workspace::Workspace;

/// Where the state is: a folder or memory, as asked for; otherwise beside the project's `airs.toml`.
pub(crate) fn state(settings: &settings::Node, workspace: &Workspace) -> Result<State> {
    match &settings.state {
        StatePlace::Memory => Ok(State::Memory),
        StatePlace::Folder(folder) => Ok(State::Folder(folder.clone())),
        StatePlace::Project => Ok(State::Folder(workspace.near(&project_state(workspace)?))),
    }
}

/// A runtime with the folders of contexts: beside the state, also when that is not looked at.
pub(crate) fn with_files(
    builder: RuntimeBuilder,
    settings: &settings::Node,
    workspace: &Workspace,
) -> RuntimeBuilder {
    let project = || Some(workspace.near(&state_folder(workspace.project()?.root())));
    let folder = match &settings.files_beside {
        StatePlace::Folder(folder) => Some(folder.clone()),
        StatePlace::Memory | StatePlace::Project => project(),
    };
    match folder {
        Some(folder) => builder.files(folder.join("files")),
        None => builder,
    }
}

/// The journal of what happens over a state. What components may read of the environment is not kept in it.
pub(crate) fn kept(
    state: &State,
    settings: &settings::Node,
    workspace: &Workspace,
    report: &Report,
) -> Journal {
    let listener = report.clone();
    let journal = Journal::of(state, &settings.context, move |why| listener.warn(why));
    for (name, value) in workspace.variables(&settings.context) {
        journal.hide(name.as_str(), &value);
    }
    journal
}

/// Keeps others from committing to the state of a context, for as long as what is returned lives.
pub(crate) fn owned(folder: &Path, context: &Name) -> Result<File> {
    let lock = folder.join(format!("{context}.sqlite-owner"));
    let mut options = File::options();
    let owner = options.create(true).truncate(false).write(true).open(&lock);
    let owner = owner
        .map_err(|cause| Failure::unavailable(format!("cannot lock {}", lock.display())).caused_by(cause))?;
    match owner.try_lock() {
        Ok(()) => Ok(owner),
        Err(_) => {
            let message = format!("another process works on the state of context {context}");
            Err(Failure::new(Reason::Airs(Code::Busy), message).hint("end it first"))
        }
    }
}

fn project_state(workspace: &Workspace) -> Result<PathBuf> {
    let project = workspace.project().ok_or_else(|| {
        Failure::new(
            Reason::Airs(Code::NotFound),
            "there is no airs.toml here or in a folder above",
        )
        .hint("`cargo airs new driver NAME` makes a project; --state names another place for the state")
    })?;
    Ok(state_folder(project.root()))
}

/// Local state of a project; git ignores it.
fn state_folder(root: &Path) -> PathBuf {
    root.join(".airs").join("state")
}
