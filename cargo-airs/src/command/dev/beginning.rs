//! The beginning: a project with a mistake in it is waited for, as it is later.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, SystemTime};

use airs_runtime::Code;

use super::worker::Project;
use crate::error::{Failure, Reason, Result};
use crate::message::{DevTurn, Message};
use crate::report::Report;
use crate::settings::{Dev, Start};
use crate::{files, interrupt};

/// What says something of a project, by name; the first is where it is.
const SAYS_SOMETHING: [&str; 5] = [
    "airs.toml",
    "Cargo.toml",
    "Cargo.lock",
    "rust-toolchain.toml",
    "rust-toolchain",
];
/// How often it is looked for a change: nothing else goes on meanwhile.
const LOOK_AGAIN: Duration = Duration::from_millis(300);
/// In how many folders it is looked: a look takes some milliseconds.
const FOLDERS_MAX: usize = 1_000;

/// The project, as soon as it can be read. What cannot be has a mistake in it, which is told; where there is none, or something else is
/// asked for than there is, nothing is waited for.
pub(super) fn read(settings: &Dev, report: &Report) -> Result<Project> {
    loop {
        let before = looked_at(settings)?;
        let failure = match Project::read(settings) {
            Ok(project) => return Ok(project),
            Err(failure) if !is_a_mistake_in_files(&failure) => return Err(failure),
            Err(failure) => failure,
        };
        report.failure(&failure);
        report.say(&Message::DevTurn(DevTurn::failed(
            0,
            Vec::new(),
            Duration::ZERO,
            false,
        )));
        while looked_at(settings)? == before {
            thread::park_timeout(LOOK_AGAIN);
            interrupt::check()?;
        }
    }
}

fn is_a_mistake_in_files(failure: &Failure) -> bool {
    let mistakes = [Code::InvalidConfig, Code::InvalidName];
    matches!(failure.reason(), Reason::Airs(code) if mistakes.contains(&code))
}

/// The files that say something of the project, with what tells that they were changed.
type Looked = BTreeMap<PathBuf, Option<(SystemTime, u64)>>;

/// The paths of such files in a folder, whether they are there or not.
fn named(folder: &Path) -> impl Iterator<Item = PathBuf> {
    SAYS_SOMETHING.iter().map(move |name| folder.join(name))
}

/// What tells that a file was changed, or came; what a link leads to counts.
fn about(path: &Path) -> Option<(SystemTime, u64)> {
    let about = fs::metadata(path).ok()?;
    Some((about.modified().ok()?, about.len()))
}

fn looked_at(settings: &Dev) -> Result<Looked> {
    let here = files::current_folder()?;
    let start = match &settings.node.manifest.start {
        Start::CurrentFolder => here,
        Start::Manifest(path) => here.join(path).parent().unwrap_or(&here).to_owned(),
    };
    // The workspace may begin above; what is beside it is not looked into.
    let above = start.ancestors().skip(1).flat_map(named);
    let mut looked: Looked = above.map(|path| (path.clone(), about(&path))).collect();
    let marks = |folder: &&Path| folder.join(SAYS_SOMETHING[0]).is_file();
    let root = start.ancestors().find(marks).unwrap_or(&start);
    let mut folders = vec![root.to_owned()];
    let mut next = 0;
    while let Some(folder) = folders.get(next).cloned() {
        next += 1;
        looked.extend(named(&folder).map(|path| (path.clone(), about(&path))));
        for entry in fs::read_dir(&folder).into_iter().flatten().flatten() {
            let name = entry.file_name();
            let is_hidden = name.as_encoded_bytes().starts_with(b".");
            let is_folder = entry.file_type().is_ok_and(|kind| kind.is_dir());
            if is_folder && folders.len() < FOLDERS_MAX && !is_hidden && name != "target" {
                folders.push(entry.path());
            }
        }
    }
    Ok(looked)
}
