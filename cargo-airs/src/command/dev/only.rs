//! One loop for a project, and its state.

use std::fs::{self, File, TryLockError};
use std::io::{Read, Seek, Write};
use std::path::{Path, PathBuf};

use airs_runtime::{Name, State};

use crate::error::{Failure, Result};
use crate::{node, os};

/// The file that a loop holds, in the project's own folder.
pub(crate) const LOCK: &str = "dev.lock";

/// That this is the one loop of a project.
#[derive(Debug)]
pub(super) struct Only {
    path: PathBuf,
    file: File,
}

impl Only {
    /// The file that says so.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Whether the project is where it was: what is done by paths is done to it.
    pub(super) fn is_there(&self) -> bool {
        let Ok(there) = self.path.metadata() else {
            return false;
        };
        let held = self.file.metadata().ok();
        held.is_some_and(|held| os::identity(&held) == os::identity(&there))
    }
}

/// Makes this the one loop of the project that has the folder. It is so until what is returned is dropped, or the
/// process ends, however it does.
pub(super) fn take(folder: &Path) -> Result<Only> {
    let path = folder.join(LOCK);
    let failed = |cause| Failure::unavailable(format!("cannot lock {}", path.display())).caused_by(cause);
    fs::create_dir_all(folder).map_err(failed)?;
    let mut options = File::options();
    let options = options.create(true).truncate(false).read(true).write(true);
    let mut file = options.open(&path).map_err(failed)?;
    match file.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => {
            let mut process = String::new();
            // It is there for people only.
            let _ = file.read_to_string(&mut process);
            let by = match process.trim() {
                "" => String::new(),
                process => format!(", as process {process}"),
            };
            return Err(taken(&by));
        }
        Err(TryLockError::Error(cause)) => return Err(failed(cause)),
    }
    let write = |file: &mut File| {
        file.set_len(0)?;
        file.rewind()?;
        write!(file, "{}", std::process::id())
    };
    write(&mut file).map_err(failed)?;
    Ok(Only { path, file })
}

/// Why a loop ends whose project is not where it was: its state would be written where nobody finds it.
pub(super) fn gone(path: &Path) -> Failure {
    let folder = path.parent().unwrap_or(path);
    Failure::unavailable(format!(
        "{} was moved or removed: what serves would go on without its project",
        folder.display()
    ))
    .hint("start `cargo airs dev` again where the project is now")
}

/// Why a second one does not start.
fn taken(by: &str) -> Failure {
    Failure::usage(format!("`cargo airs dev` serves this project already{by}"))
        .hint("end the other one first: its components are the ones that answer")
}

/// Removes the state of a context, unless somebody commits to it.
pub(super) fn forget(state: &State, context: &Name) -> Result<()> {
    let State::Folder(folder) = state else {
        return Ok(());
    };
    if !folder.is_dir() {
        return Ok(());
    }
    let file = |ending: &str| folder.join(format!("{context}.sqlite{ending}"));
    let failed = |path: &Path| {
        let message = format!("cannot remove {}", path.display());
        |cause| Failure::unavailable(message).caused_by(cause)
    };
    let _owner = node::owned(folder, context)?;
    let remove = |path: PathBuf| match fs::remove_file(&path) {
        Err(cause) if cause.kind() != std::io::ErrorKind::NotFound => Err(failed(&path)(cause)),
        _ => Ok(()),
    };
    // The file before its log: without it the log is nothing, and without the log it is an older state that looks whole.
    ["", "-wal", "-shm"].map(file).into_iter().try_for_each(remove)
}

#[cfg(test)]
mod tests {
    use airs_runtime::{Code, State};

    use super::{forget, take};
    use crate::error::Reason;
    use crate::exit::Exit;

    #[test]
    fn a_second_loop_is_refused_until_the_first_has_ended() {
        let folder = tempfile::tempdir().unwrap();
        let first = take(folder.path()).unwrap();
        assert!(first.is_there());
        let refused = take(folder.path()).unwrap_err();
        assert_eq!(refused.exit(), Exit::Usage);
        let process = format!("as process {}", std::process::id());
        assert!(refused.message().ends_with(&process), "{}", refused.message());
        drop(first);
        take(folder.path()).unwrap();
    }

    #[cfg(unix)]
    #[test]
    fn a_loop_knows_when_its_project_is_another_one() {
        let folder = tempfile::tempdir().unwrap();
        let (here, there) = (folder.path().join("here"), folder.path().join("there"));
        let only = take(&here).unwrap();
        std::fs::rename(&here, &there).unwrap();
        assert!(!only.is_there());
        let other = take(&here).unwrap();
        assert!(!only.is_there() && other.is_there());
        std::fs::remove_dir_all(&here).unwrap();
        std::fs::rename(&there, &here).unwrap();
        assert!(only.is_there() && !other.is_there());
    }

    #[test]
    fn a_state_that_somebody_commits_to_is_not_removed() {
        let folder = tempfile::tempdir().unwrap();
        let file = |name: &str| folder.path().join(name);
        for name in ["local.sqlite", "local.sqlite-wal", "other.sqlite"] {
            std::fs::write(file(name), "").unwrap();
        }
        let owner = std::fs::File::create(file("local.sqlite-owner")).unwrap();
        owner.lock().unwrap();
        let state = State::folder(folder.path());
        let local = "local".parse().unwrap();
        let refused = forget(&state, &local).unwrap_err();
        assert_eq!(refused.reason(), Reason::Airs(Code::Busy));
        assert!(file("local.sqlite").exists());
        drop(owner);
        forget(&state, &local).unwrap();
        assert!(!file("local.sqlite").exists() && !file("local.sqlite-wal").exists());
        assert!(file("other.sqlite").exists());
    }
}
