//! What processes have left that ended suddenly.

use std::fs::{self, File, TryLockError};
use std::path::{Path, PathBuf};

use super::{Finding, Patient};
use crate::error::{Failure, Result};
use crate::live::{FILE, Place};
use crate::os::{self, socket};
use crate::{command, files};

pub(super) fn dev_loop(patient: &Patient) -> Finding {
    let own = match patient.own_folder() {
        Ok(own) => own,
        Err(finding) => return finding,
    };
    let (lock, place) = (own.join(command::dev::LOCK), own.join(FILE));
    match held(&lock) {
        Err(failure) => return Finding::from(&failure).repair(format!("remove {}", patient.shown(&lock))),
        Ok(true) => return Finding::good("`cargo airs dev` serves this project"),
        Ok(false) => {}
    }
    if place.symlink_metadata().is_err() {
        return Finding::good("`cargo airs dev` does not run");
    }
    Finding::warning(format!(
        "{} says where `cargo airs dev` is asked, and it does not run",
        patient.shown(&place)
    ))
    .repair("remove it; the next `cargo airs dev` writes another one")
    .fix(move || {
        // None may start while its file is taken away.
        let lock = File::options()
            .create(true)
            .truncate(false)
            .write(true)
            .open(&lock);
        let lock = lock.map_err(|cause| Failure::unavailable("cannot lock it").caused_by(cause))?;
        match lock.try_lock() {
            Ok(()) => files::remove_file(&place),
            Err(_) => Ok(()),
        }
    })
}

/// Whether a process holds a lock; nobody holds one that is not there.
fn held(path: &Path) -> Result<bool> {
    let failed = |cause| Failure::unavailable(format!("cannot lock {}", path.display())).caused_by(cause);
    if path.symlink_metadata().is_err() {
        return Ok(false);
    }
    let file = File::options().write(true).open(path).map_err(failed)?;
    match file.try_lock() {
        Ok(()) => Ok(false),
        Err(TryLockError::WouldBlock) => Ok(true),
        Err(TryLockError::Error(cause)) => Err(failed(cause)),
    }
}

pub(super) fn stale_sockets(patient: &Patient) -> Finding {
    let Some(folder) = socket::place() else {
        return Finding::skipped("this system has no such sockets");
    };
    if !socket::is_mine_alone(&folder) {
        return Finding::skipped("see socket-folder");
    }
    let entries = fs::read_dir(&folder).into_iter().flatten().flatten();
    let sockets = entries.map(|entry| entry.path());
    let stale: Vec<PathBuf> = sockets.filter(|path| socket::is_abandoned(path)).collect();
    // The one of this project is only as good as the file that names it.
    let named = patient
        .own_folder()
        .ok()
        .and_then(|own| files::text(&own.join(FILE)).ok().flatten());
    let named = named.and_then(|text| serde_json::from_str::<Place>(&text).ok());
    match (stale.first(), named) {
        (None, _) => Finding::good("every socket has a process that listens"),
        (Some(first), named) => {
            let of_this = named.is_some_and(|place| stale.contains(&place.socket));
            let whose = if of_this {
                ", one of them of this project"
            } else {
                ""
            };
            Finding::warning(format!(
                "nobody listens at {} sockets, such as {}{whose}",
                stale.len(),
                first.display()
            ))
            .repair("remove them: they are made when they are needed")
            .fix(move || {
                // Somebody may listen at one of them by now.
                let mut stale = stale.iter().filter(|path| socket::is_abandoned(path));
                stale.try_for_each(|path| files::remove_file(path))
            })
        }
    }
}

pub(super) fn leftovers(patient: &Patient) -> Finding {
    let workspace = match patient.workspace() {
        Ok(workspace) => workspace,
        Err(finding) => return finding,
    };
    let mut folders = vec![workspace.root().to_owned(), patient.start.clone()];
    folders.extend(patient.root().map(Path::to_owned));
    let own = patient.own_folder().ok();
    folders.extend(own.clone());
    let profiles = fs::read_dir(workspace.target().join("airs"));
    folders.extend(
        profiles
            .into_iter()
            .flatten()
            .flatten()
            .map(|profile| profile.path()),
    );
    folders.sort();
    folders.dedup();
    let entries = folders
        .iter()
        .flat_map(|folder| fs::read_dir(folder).into_iter().flatten().flatten());
    let is_left = move |path: &Path| {
        let name = path
            .file_name()
            .and_then(|name| name.to_str())
            .unwrap_or_default();
        // Files of the loop, in the project's own folder; elsewhere a name like theirs is somebody's.
        let probe = || prober(name).filter(|_| path.parent() == own.as_deref() && path.is_file());
        let maker = stager(name).or_else(probe);
        maker.is_some_and(|process| !os::is_there(process))
    };
    let left: Vec<PathBuf> = entries
        .map(|entry| entry.path())
        .filter(|path| is_left(path))
        .collect();
    let Some(first) = left.first() else {
        return Finding::good("nothing is half-written");
    };
    Finding::warning(format!(
        "{} files or folders are half-written, such as {}, and who wrote has ended",
        left.len(),
        patient.shown(first)
    ))
    .repair("remove them: nothing refers to them")
    .fix(move || {
        for path in left.iter().filter(|path| is_left(path)) {
            files::remove(path);
        }
        Ok(())
    })
}

/// The process that makes a file or a folder under a temporary name, if it is one: `.NAME.PROCESS.part`.
fn stager(name: &str) -> Option<u32> {
    let (_, process) = name.strip_prefix('.')?.strip_suffix(".part")?.rsplit_once('.')?;
    process.parse().ok()
}

/// The process that tries with a file whether the system tells of changes: `probe-PROCESS`.
fn prober(name: &str) -> Option<u32> {
    name.strip_prefix("probe-")?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::{prober, stager};

    #[test]
    fn a_temporary_name_says_who_made_it() {
        assert_eq!(stager(".ledger.wasm.123.part"), Some(123));
        assert_eq!(prober("probe-7"), Some(7));
        for name in [
            "probe-x",
            "probe",
            ".part",
            "ledger.wasm.123.part",
            ".ledger.part",
            "123",
        ] {
            assert_eq!(stager(name).or_else(|| prober(name)), None, "{name}");
        }
    }
}
