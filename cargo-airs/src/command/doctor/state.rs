//! The folder of the state, and what is in it.

use std::fs::{self, File, TryLockError};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use airs_runtime::{Code, Name, State};

use super::{Finding, Patient};
use crate::error::{Failure, Reason};
use crate::os;

const NOT_THERE: &str = "there is no state yet";

/// How long rows are looked at, of all contexts together: some hundred thousand of them, of files that the machine has in
/// memory.
const ROWS_MAX: Duration = Duration::from_millis(400);
const NOT_WHOLE: &str = "; there was not the time to look at every row";

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
    let there: Vec<PathBuf> = all
        .into_iter()
        .filter(|folder| folder.symlink_metadata().is_ok())
        .collect();
    let is_there = there.contains(&state);
    let faults = there.iter().filter_map(|folder| {
        let barred = if *folder == state { 0o077 } else { 0o022 };
        usable(folder, barred, patient)
    });
    Finding::all(faults).unwrap_or_else(|| {
        Finding::good(match is_there {
            true => patient.shown(&state),
            false => NOT_THERE.to_owned(),
        })
    })
}

/// What keeps this user from working in a folder, or does not keep others from what is barred to them.
fn usable(folder: &Path, barred: u32, patient: &Patient) -> Option<Finding> {
    let shown = patient.shown(folder);
    if !folder.is_dir() {
        return Some(
            Finding::fault(format!("{shown} is not a folder"))
                .repair("move it away: the folder is made when it is needed"),
        );
    }
    let access = os::access_behind_links(folder)?;
    let wanted = (access.mode | 0o700) & !barred;
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
        mode if mode & barred != 0 => Finding::warning(format!(
            "others can look into {shown}, and read what is in the accounts where its files let them: its mode is {mode:o}"
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
    let state = State::Folder(folder);
    let (until, mut is_whole) = (Instant::now() + ROWS_MAX, true);
    let faults = names.iter().filter_map(|name| {
        let left = until.saturating_duration_since(Instant::now());
        let failure = match state.examine_rows(name, left) {
            Ok(whole) => {
                is_whole &= whole;
                return None;
            }
            Err(error) => Failure::from(error),
        };
        // Who keeps it to itself for a moment, as when it ends, uses it.
        let is_used = failure.reason() == Reason::Airs(Code::Busy);
        (!is_used).then(|| {
            let repair =
                "put back a copy of it, or move it and what is beside it away: there is no state then";
            Finding::from(&failure).repair(repair)
        })
    });
    let found = Finding::all(faults);
    found.unwrap_or_else(|| Finding::good(listed(&names) + if is_whole { "" } else { NOT_WHOLE }))
}

pub(super) fn owner(patient: &Patient) -> Finding {
    let (folder, names) = match kept(patient) {
        Ok(kept) => kept,
        Err(finding) => return finding,
    };
    let mut working = Vec::new();
    let mut faults = Vec::new();
    for name in names {
        match is_owned(&folder.join(format!("{name}.sqlite-owner")), &name, patient) {
            Ok(true) => working.push(name),
            Ok(false) => {}
            Err(fault) => faults.push(fault),
        }
    }
    Finding::all(faults).unwrap_or_else(|| {
        Finding::good(match working.as_slice() {
            [] => "no process commits".to_owned(),
            working => format!("a process commits to {}", listed(working)),
        })
    })
}

/// Whether a process holds a context's lock, or why none can.
fn is_owned(lock: &Path, name: &Name, patient: &Patient) -> Result<bool, Finding> {
    if lock.symlink_metadata().is_err() {
        return Ok(false);
    }
    let taken = File::options().write(true).open(lock).map(|file| file.try_lock());
    let cause = match taken {
        Ok(Ok(())) => return Ok(false),
        Ok(Err(TryLockError::WouldBlock)) => return Ok(true),
        Ok(Err(TryLockError::Error(cause))) | Err(cause) => cause,
    };
    let shown = patient.shown(lock);
    let found = Finding::fault(format!(
        "nobody can commit to context {name}: {shown} cannot be locked: {cause}"
    ))
    .repair(format!("remove {shown}: it is made when it is needed"));
    let lock = lock.to_owned();
    // Nothing is in it, so that nothing is lost. Who holds it could be locked out, so that a file stays.
    Err(match lock.is_dir() {
        true => found.fix(move || {
            let failed =
                |cause| Failure::unavailable(format!("cannot remove {}", lock.display())).caused_by(cause);
            fs::remove_dir(&lock).map_err(failed)
        }),
        false => found,
    })
}

pub(super) fn denials(patient: &Patient) -> Finding {
    let (folder, names) = match kept(patient) {
        Ok(kept) => kept,
        Err(finding) => return finding,
    };
    let state = State::Folder(folder);
    let (mut count, mut faults) = (0, Vec::new());
    for name in names {
        match state.denials(&name) {
            Err(error) => faults.push(Finding::from(&Failure::from(error))),
            Ok(denials) if !denials.intact => {
                let found = format!("the record of denials of context {name} is not as it was written");
                let repair = "find out who has changed it; it goes on after what is there";
                faults.push(Finding::warning(found).repair(repair));
            }
            Ok(denials) => count += denials.all.len(),
        }
    }
    Finding::all(faults).unwrap_or_else(|| Finding::good(format!("{count} on record, as they were written")))
}

fn listed(names: &[Name]) -> String {
    let names: Vec<&str> = names.iter().map(Name::as_str).collect();
    format!("context {}", names.join(", "))
}
