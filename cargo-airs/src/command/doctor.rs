//! `cargo airs doctor`: what is not as it should be, and what repairs it.
//!
//! Every check looks and repairs nothing; what it finds says what would repair it, and may bring what does.

mod answer;
mod finding;
mod left;
mod lock_file;
mod machine;
mod project;
mod state;
mod toolchain;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use airs_runtime::Project;

use crate::error::{Failure, Reason, Result};
use crate::message::{Checked, Examination, Message, Verdict};
use crate::report::Report;
use crate::settings::{self, Start, StatePlace};
use crate::workspace::{self, Workspace};
use crate::{files, interrupt};
use answer::{ANSWER_MAX, look};
use finding::Finding;

/// Looks at one thing.
type Check = fn(&Patient) -> Finding;

/// Every check and its id, in the order in which one builds on another. An id never changes its meaning.
const CHECKS: [(&str, Check); 25] = [
    ("rustc", toolchain::rustc),
    ("cargo", toolchain::cargo),
    ("wasm-target", toolchain::wasm_target),
    ("code-cache", machine::code_cache),
    ("socket-folder", machine::socket_folder),
    ("file-watching", machine::file_watching),
    ("clock", machine::clock),
    ("disk-space", machine::disk_space),
    ("project-file", project::project_file),
    ("workspace", project::workspace),
    ("components", project::components),
    ("grants", project::grants),
    ("version-control", project::version_control),
    ("file-times", project::file_times),
    ("lock-file", lock_file::resolves),
    ("dependency-floors", lock_file::floors),
    ("sdk-version", lock_file::sdk_version),
    ("built-components", project::built_components),
    ("state-folder", state::folder),
    ("state-files", state::contexts),
    ("state-owner", state::owner),
    ("denials", state::denials),
    ("dev-loop", left::dev_loop),
    ("stale-sockets", left::stale_sockets),
    ("leftovers", left::leftovers),
];

/// What is looked at.
struct Patient {
    settings: settings::Doctor,
    /// The folder that the project is looked for from.
    start: PathBuf,
    project: Result<Option<Project>>,
    /// None where there is no `Cargo.toml`.
    workspace: Option<Result<Workspace>>,
}

impl Patient {
    fn of(settings: &settings::Doctor) -> Result<Self> {
        let here = files::current_folder()?;
        let start = match &settings.manifest.start {
            Start::CurrentFolder => here.clone(),
            Start::Manifest(path) => here.join(path).parent().unwrap_or(&here).to_owned(),
        };
        let mut above = start.ancestors();
        let is_workspace = above.any(|folder| folder.join("Cargo.toml").is_file());
        let silent =
            |who: &str| Failure::unavailable(format!("{who}: {}", answer::none())).hint(answer::REPAIR);
        let (from, manifest) = (start.clone(), settings.manifest.clone());
        let project = look(move || workspace::project(&from, &here)).found_soon();
        let project = project.unwrap_or_else(|| Err(silent(Project::FILE_NAME)));
        let workspace = is_workspace.then(|| match &project {
            Ok(_) => look(move || Workspace::load(&manifest))
                .found_soon()
                .unwrap_or_else(|| Err(silent("Cargo"))),
            Err(_) => Err(Failure::unavailable("see project-file")),
        });
        Ok(Self {
            project,
            workspace,
            settings: settings.clone(),
            start,
        })
    }

    /// The workspace, if it can be read; why there is nothing to look at otherwise.
    fn workspace(&self) -> Result<&Workspace, Finding> {
        match &self.workspace {
            Some(Ok(workspace)) => Ok(workspace),
            Some(Err(_)) if self.project.is_err() => Err(Finding::skipped("see project-file")),
            Some(Err(_)) => Err(Finding::skipped("see workspace")),
            None => Err(Finding::skipped(
                "there is no Cargo.toml here or in a folder above",
            )),
        }
    }

    /// The folder of the `airs.toml`, well-formed or not.
    fn root(&self) -> Option<&Path> {
        let mut above = self.start.ancestors();
        above.find(|folder| folder.join(Project::FILE_NAME).is_file())
    }

    /// The folder that keeps what belongs to the project and is nobody else's, whether it is there or not.
    fn own_folder(&self) -> Result<PathBuf, Finding> {
        let root = self.root().map(Path::to_owned);
        let root = root.ok_or_else(|| Finding::skipped("there is no airs.toml here or in a folder above"));
        Ok(root?.join(".airs"))
    }

    /// The folder of the state, whether it is there or not.
    fn state(&self) -> Result<PathBuf, Finding> {
        match &self.settings.state {
            StatePlace::Memory => Err(Finding::skipped("the state is in memory")),
            StatePlace::Folder(folder) => Ok(folder.clone()),
            StatePlace::Project => Ok(self.own_folder()?.join("state")),
        }
    }

    /// A path as seen from where the project is looked for, for people.
    fn shown(&self, path: &Path) -> String {
        files::shown(path, &self.start)
    }
}

pub(crate) fn run(settings: &settings::Doctor, report: &Report) -> Result<()> {
    let begun = Instant::now();
    let mut checks = examine(Patient::of(settings)?)?;
    if settings.fix && checks.iter().any(|(_, finding)| finding.fix.is_some()) {
        checks = repair(checks, settings)?;
    }
    let duration_ms = u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX);
    let checks = checks.into_iter().map(|(checked, _)| checked).collect();
    let examination = Examination::of(checks, duration_ms);
    let (faults, fixable) = (
        examination.faults,
        examination
            .checks
            .iter()
            .any(|check| check.fixable && !settings.fix),
    );
    report.say(&Message::DoctorExamined(Box::new(examination)));
    if faults == 0 {
        return Ok(());
    }
    let message = format!("{faults} of the checks found a fault");
    let failure = Failure::new(Reason::FaultsFound, message);
    Err(match fixable {
        true => failure.hint("`cargo airs doctor --fix` repairs what can be repaired safely"),
        false => failure,
    })
}

/// What each check says, and has found. All of them look at the same time.
fn examine(patient: Patient) -> Result<Vec<(Checked, Finding)>> {
    let patient = Arc::new(patient);
    let until = Instant::now() + ANSWER_MAX;
    let looking = CHECKS.map(|(id, check)| {
        let patient = Arc::clone(&patient);
        (id, look(move || check(&patient)))
    });
    let found = looking.map(|(id, looking)| (id, looking.found(until)));
    if found.iter().any(|(_, found)| found.is_none()) {
        interrupt::end_children();
    }
    interrupt::check()?;
    let checked = |(id, found): (&'static str, Option<Finding>)| {
        let finding = found.unwrap_or_else(|| Finding::fault(answer::none()).repair(answer::REPAIR));
        let checked = Checked {
            id,
            verdict: finding.verdict,
            found: finding.found.clone(),
            repair: finding.repair.clone(),
            fixable: finding.fix.is_some(),
            not_fixed: None,
        };
        (checked, finding)
    };
    Ok(found.map(checked).into())
}

/// Repairs what can be, and looks at everything again: one thing may have kept another from being seen.
fn repair(found: Vec<(Checked, Finding)>, settings: &settings::Doctor) -> Result<Vec<(Checked, Finding)>> {
    let mut tried = Vec::new();
    for (checked, finding) in found {
        interrupt::check()?;
        if let Some(fix) = finding.fix {
            tried.push((checked, fix().err()));
        }
    }
    let mut now = examine(Patient::of(settings)?)?;
    for (before, why) in tried {
        let Some((checked, _)) = now.iter_mut().find(|(checked, _)| checked.id == before.id) else {
            continue;
        };
        match checked.verdict {
            Verdict::Good | Verdict::Skipped if why.is_none() => {
                checked.verdict = Verdict::Fixed;
                checked.found = before.found;
            }
            _ => checked.not_fixed = why.map(|why| why.to_string()),
        }
    }
    Ok(now)
}
