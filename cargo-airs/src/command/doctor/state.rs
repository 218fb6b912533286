//! The folder of the state, and what is in it.

use std::fs::{self, File, TryLockError};
use std::path::{Path, PathBuf};

use airs_core::Name;
use airs_runtime::State;

use super::{Finding, Patient};
use crate::error::Failure;
use crate::os;

const NOT_THERE: &str = "there is no state yet";

pub(super) fn folder(patient: &Patient) -> Finding {
    let state = match patient.state() {
        Ok(state) => state,
        Err(finding) => return finding,
    };
    let own = patient
        .own_folder()
        .into_iter()
        .filter(|own| state.starts_with(own));
    let mut all: Vec<PathBuf> = own.collect();
    all.push(state.clone());
    for folder in all {
        if folder.symlink_metadata().is_err() {
            return Finding::good(NOT_THERE);
        }
        if let Some(fault) = usable(&folder, patient) {
            return fault;
        }
    }
    Finding::good(patient.shown(&state))
}

/// What keeps this user from working in a folder, or does not keep others.
fn usable(folder: &Path, patient: &Patient) -> Option<Finding> {
    let shown = patient.shown(folder);
    if !folder.is_dir() {
        return Some(
            Finding::fault(format!("{shown} is not a folder"))
                .repair("move it away: the folder is made when it is needed"),
        );
    }
    let access = os::access_behind_links(folder)?;
    let wanted = (access.mode | 0o700) & !0o022;
    let found = match access.mode {
        _ if !access.mine => {
            return Some(
                Finding::warning(format!("{shown} belongs to another user"))
                    .repair("change its owner, or name another folder with --state"),
            );
        }
        mode if mode & 0o700 != 0o700 => {
            Finding::fault(format!("you cannot work in {shown}: its mode is {mode:o}"))
        }
        mode if mode & 0o022 != 0 => Finding::fault(format!(
            "others can write to {shown}, and so to what is in the accounts: its mode is {mode:o}"
        )),
        _ => return None,
    };
    let path = folder.to_owned();
    let found = found.repair(format!("`chmod {wanted:o} {shown}`"));
    Some(found.fix(move || os::set_mode(&path, wanted)))
}

/// The folder and the contexts that have state there.
fn kept(patient: &Patient) -> Result<(PathBuf, Vec<Name>), Finding> {
    let folder = patient.state()?;
    let Ok(files) = fs::read_dir(&folder) else {
        return Err(Finding::skipped(NOT_THERE));
    };
    let names = files.flatten().filter_map(|file| {
        let name = file.file_name();
        name.to_str()?.strip_suffix(".sqlite")?.parse().ok()
    });
    let mut names: Vec<Name> = names.collect();
    names.sort();
    match names.is_empty() {
        true => Err(Finding::skipped(NOT_THERE)),
        false => Ok((folder, names)),
    }
}

pub(super) fn contexts(patient: &Patient) -> Finding {
    let (folder, names) = match kept(patient) {
        Ok(kept) => kept,
        Err(finding) => return finding,
    };
    // One that is only beginning has nothing in it yet, and opening it would make it a state.
    let is_begun = |name: &&Name| {
        let file = folder.join(format!("{name}.sqlite"));
        fs::metadata(file).is_ok_and(|about| about.len() > 0)
    };
    let begun: Vec<&Name> = names.iter().filter(is_begun).collect();
    let state = State::Folder(folder);
    let faults = begun.iter().filter_map(|name| state.examine(name).err());
    if let Some(error) = faults.map(Failure::from).next() {
        return Finding::from(&error)
            .repair("put back a copy of it, or move it away: there is no state then");
    }
    Finding::good(listed(&names))
}

pub(super) fn owner(patient: &Patient) -> Finding {
    let (folder, names) = match kept(patient) {
        Ok(kept) => kept,
        Err(finding) => return finding,
    };
    let mut working = Vec::new();
    for name in names {
        let path = folder.join(format!("{name}.sqlite-owner"));
        if path.symlink_metadata().is_err() {
            continue;
        }
        let found = match File::options()
            .write(true)
            .open(&path)
            .map(|file| file.try_lock())
        {
            Ok(Ok(())) => continue,
            Ok(Err(TryLockError::WouldBlock)) => {
                working.push(name);
                continue;
            }
            Ok(Err(TryLockError::Error(cause))) | Err(cause) => Finding::fault(format!(
                "nobody can commit to context {name}: {} cannot be locked: {cause}",
                patient.shown(&path)
            )),
        };
        let found = found.repair("remove it: it is made when it is needed");
        // Nothing is in it, so that nothing is lost. Who holds it could be locked out, so that a file stays.
        return match path.is_dir() {
            true => found.fix(move || {
                let failed = |cause| {
                    Failure::unavailable(format!("cannot remove {}", path.display())).caused_by(cause)
                };
                fs::remove_dir(&path).map_err(failed)
            }),
            false => found,
        };
    }
    match working.as_slice() {
        [] => Finding::good("no process commits"),
        working => Finding::good(format!("a process commits to {}", listed(working))),
    }
}

pub(super) fn denials(patient: &Patient) -> Finding {
    let (folder, names) = match kept(patient) {
        Ok(kept) => kept,
        Err(finding) => return finding,
    };
    let state = State::Folder(folder);
    let mut count = 0;
    for name in names {
        match state.denials(&name) {
            Err(error) => return Finding::from(&Failure::from(error)),
            Ok(denials) if !denials.intact => {
                return Finding::warning(format!(
                    "the record of denials of context {name} is not as it was written"
                ))
                .repair("find out who has changed it; it goes on after what is there");
            }
            Ok(denials) => count += denials.all.len(),
        }
    }
    Finding::good(format!("{count} on record, as they were written"))
}

fn listed(names: &[Name]) -> String {
    let names: Vec<&str> = names.iter().map(Name::as_str).collect();
    format!("context {}", names.join(", "))
}
