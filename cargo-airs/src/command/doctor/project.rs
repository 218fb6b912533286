//! The project's own files.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, SystemTime};

use airs_runtime::{Component, Name};

use super::{Finding, Patient};
use crate::command::build::declared;
use crate::error::Failure;
use crate::settings::Which;
use crate::workspace::Crate;
use crate::{files, interrupt};

/// File systems round, and clocks of servers differ by a little.
const AHEAD_MAX: Duration = Duration::from_secs(10);
/// Enough to see that something is wrong; looking at more would take a while.
const FILES_MAX: usize = 10_000;

pub(super) fn project_file(patient: &Patient) -> Finding {
    match &patient.project {
        Err(failure) => Finding::from(failure),
        Ok(None) => Finding::skipped("there is no airs.toml here or in a folder above"),
        Ok(Some(project)) => Finding::good(patient.shown(&project.path)),
    }
}

pub(super) fn workspace(patient: &Patient) -> Finding {
    match (&patient.workspace, &patient.project) {
        (Some(Err(failure)), Ok(_)) => match Finding::from(failure) {
            found if found.repair.is_some() => found,
            found => found.repair("correct what Cargo names"),
        },
        (None, Ok(Some(project))) => {
            let shown = patient.shown(project.root());
            Finding::fault(format!("there is no Cargo.toml in {shown}"))
                .repair("`cargo airs new driver NAME` makes one")
        }
        _ => match patient.workspace() {
            Ok(workspace) => Finding::good(patient.shown(&workspace.root().join("Cargo.toml"))),
            Err(finding) => finding,
        },
    }
}

/// The components, or what there is to say instead.
fn crates(patient: &Patient) -> Result<Vec<Crate>, Finding> {
    let all = patient.workspace()?.select(&Which::All);
    all.map_err(|_| Finding::skipped("see components"))
}

pub(super) fn components(patient: &Patient) -> Finding {
    let workspace = match patient.workspace() {
        Ok(workspace) => workspace,
        Err(finding) => return finding,
    };
    match workspace.select(&Which::All) {
        Err(failure) => Finding::from(&failure),
        Ok(all) => {
            let names: Vec<&str> = all.iter().map(|one| one.manifest.name.as_str()).collect();
            Finding::good(names.join(", "))
        }
    }
}

pub(super) fn grants(patient: &Patient) -> Finding {
    let (all, workspace) = match crates(patient).and_then(|all| Ok((all, patient.workspace()?))) {
        Ok(there) => there,
        Err(finding) => return finding,
    };
    if workspace.project().is_none() {
        return Finding::skipped("without airs.toml nothing is granted");
    }
    let lacking = all.iter().filter_map(|one| {
        let name = &one.manifest.name;
        if let Some(why) = declared::unoffered(&one.manifest) {
            let found = format!("{name} is not put into service: {}", why.message());
            return Some(Finding::warning(found).repair(declared::only_to_be_read(one, workspace)));
        }
        let granted = workspace.granted(name);
        let lacks = one.manifest.capabilities.without(granted.of(&Name::local()));
        let needed: Vec<String> = lacks.kinds().map(|kind| lacks.needed(kind)).collect();
        let found = format!(
            "{name} declares what it is not granted, and is not put into service: {}",
            needed.join(", ")
        );
        let repair = format!("grant it under [grants.{name}] in airs.toml, or drop it from its Cargo.toml");
        (!needed.is_empty()).then(|| Finding::warning(found).repair(repair))
    });
    Finding::all(lacking).unwrap_or_else(|| Finding::good("every component is granted what it declares"))
}

pub(super) fn version_control(patient: &Patient) -> Finding {
    let Some(root) = patient.root() else {
        return Finding::skipped("there is no airs.toml here or in a folder above");
    };
    if !root.ancestors().any(|folder| folder.join(".git").exists()) {
        return Finding::skipped("this is no git repository");
    }
    let git = |arguments: &[&str]| {
        let mut git = Command::new("git");
        interrupt::output(git.args(arguments).current_dir(root))
    };
    let Ok(ignored) = git(&["check-ignore", "--no-index", "-q", ".airs/state"]) else {
        return Finding::skipped("git does not start");
    };
    if !matches!(ignored.status.code(), Some(0 | 1)) {
        return Finding::skipped("git does not say what it ignores here");
    }
    if ignored.status.code() == Some(1) {
        let path = root.join(".gitignore");
        return Finding::warning("git does not ignore .airs, where the state is")
            .repair("add the line .airs/ to .gitignore")
            .fix(move || {
                let before = files::text(&path)?.unwrap_or_default();
                let end = if before.is_empty() || before.ends_with('\n') {
                    ""
                } else {
                    "\n"
                };
                files::write(&path, format!("{before}{end}.airs/\n").as_bytes())
            });
    }
    match git(&["ls-files", ".airs"]) {
        Ok(tracked) if !tracked.status.success() => Finding::skipped("git does not say what it tracks here"),
        Ok(tracked) if !tracked.stdout.is_empty() => {
            Finding::warning("the state is under version control: git tracks files in .airs")
                .repair("`git rm -r --cached .airs` takes them out, and leaves them where they are")
        }
        _ => Finding::good("git ignores .airs"),
    }
}

pub(super) fn file_times(patient: &Patient) -> Finding {
    let workspace = match patient.workspace() {
        Ok(workspace) => workspace,
        Err(finding) => return finding,
    };
    let mut all: Vec<PathBuf> = workspace.files_of_project().into_iter().collect();
    for one in crates(patient).unwrap_or_default() {
        sources(one.manifest_path.with_file_name("src"), &mut all);
    }
    let latest = SystemTime::now() + AHEAD_MAX;
    let ahead = |path: &PathBuf| {
        let modified = fs::metadata(path).and_then(|about| about.modified());
        modified.is_ok_and(|modified| modified > latest)
    };
    all.retain(ahead);
    let Some(first) = all.first() else {
        return Finding::good("no file is from the future");
    };
    let shown = patient.shown(first);
    Finding::warning(format!(
        "{} files were changed in the future, such as {shown}: Cargo cannot tell whether they are",
        all.len()
    ))
    .repair(format!("`touch {shown}`, when the clock is right"))
    .fix(move || {
        all.iter().try_for_each(|path| {
            let touched = File::options().append(true).open(path);
            let touched = touched.and_then(|file| file.set_modified(SystemTime::now()));
            touched.map_err(|cause| {
                Failure::unavailable(format!("cannot touch {}", path.display())).caused_by(cause)
            })
        })
    })
}

fn sources(folder: PathBuf, all: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        match entry.file_type() {
            _ if all.len() >= FILES_MAX => return,
            Ok(kind) if kind.is_dir() => sources(entry.path(), all),
            Ok(kind) if kind.is_file() => all.push(entry.path()),
            _ => {}
        }
    }
}

pub(super) fn built_components(patient: &Patient) -> Finding {
    let workspace = match patient.workspace() {
        Ok(workspace) => workspace,
        Err(finding) => return finding,
    };
    let profiles = fs::read_dir(workspace.target().join("airs"));
    let files = profiles.into_iter().flatten().flatten();
    let files = files.flat_map(|profile| fs::read_dir(profile.path()).into_iter().flatten().flatten());
    let is_component = |path: &PathBuf| path.extension().is_some_and(|ending| ending == "wasm");
    let built: Vec<PathBuf> = files.map(|file| file.path()).filter(is_component).collect();
    let damaged: Vec<PathBuf> = built.iter().filter(|path| is_damaged(path)).cloned().collect();
    if damaged.is_empty() {
        return match built.len() {
            0 => Finding::skipped("nothing is built"),
            count => Finding::good(format!("{count} of them")),
        };
    }
    let shown: Vec<String> = damaged.iter().map(|path| patient.shown(path)).collect();
    let shown = shown.join(", ");
    Finding::fault(format!("{shown}: not what `cargo airs build` has made"))
        .repair(format!("remove {shown} and build again"))
        .fix(move || damaged.iter().try_for_each(|path| files::remove_file(path)))
}

/// One that cannot be read now may be whole.
fn is_damaged(path: &Path) -> bool {
    let Ok(bytes) = fs::read(path) else { return false };
    !Component::read(bytes).is_ok_and(|component| component.manifest().is_some())
}
