//! `cargo airs new`: a driver or a program from a template.

mod join;
mod lock;
mod name;
mod scaffold;
mod vcs;

use std::path::{Path, PathBuf};

use airs_core::{Kind, Name};
use airs_package::Project;

use crate::error::{Failure, Result};
use crate::interrupt::Staged;
use crate::message::Message;
use crate::report::Report;
use crate::settings::{New, Vcs};
use crate::{files, workspace};
use scaffold::{Files, Scaffold};

pub(crate) fn run(settings: &New, report: &Report) -> Result<()> {
    make(settings, &files::current_folder()?, report)
}

/// Makes the component as if the person were in the folder `here`.
pub(crate) fn make(settings: &New, here: &Path, report: &Report) -> Result<()> {
    let name = name::check(settings.kind, &settings.name)?;
    let project = workspace::project(here, here)?;
    let scaffold = Scaffold::new(settings.kind, name.clone(), &settings.sdk)?;
    let folder = match &project {
        Some(project) => join::folder(project, &name),
        None => here.join(name.as_str()),
    };
    refuse_existing(&folder, here)?;
    match &project {
        Some(project) => add(project, settings.kind, &name, &folder, &scaffold)?,
        None => alone(&folder, &scaffold, settings.vcs, report)?,
    }
    let shown = PathBuf::from(files::shown(&folder, here));
    report.say(&Message::ComponentCreated {
        name: name.as_str(),
        kind: settings.kind.as_str(),
        folder: &folder,
        shown_folder: shown.clone(),
        joined: project.as_ref().map(|project| project.path.as_path()),
    });
    report.note(&next(&shown, project.is_some()));
    Ok(())
}

/// A project of its own.
fn alone(folder: &Path, scaffold: &Scaffold, vcs: Vcs, report: &Report) -> Result<()> {
    let mut all = scaffold.alone()?;
    if vcs == Vcs::None {
        all.retain(|(path, _)| path != Path::new(".gitignore"));
    }
    let staged = write(folder, &all)?;
    vcs::init(staged.path(), folder, vcs, report)?;
    staged.keep_as(folder)
}

/// One more component of a project.
fn add(project: &Project, kind: Kind, name: &Name, folder: &Path, scaffold: &Scaffold) -> Result<()> {
    if project.components.contains_key(name) {
        return Err(
            Failure::usage(format!("the project has a component {name} already")).hint("choose another name"),
        );
    }
    let edits = join::edits(project, kind, name, folder, &scaffold.lock()?)?;
    let staged = write(folder, &scaffold.member()?)?;
    staged.keep_as(folder)?;
    join::apply(&edits).inspect_err(|_| files::remove(folder))
}

fn write(folder: &Path, all: &Files) -> Result<Staged> {
    let staged = files::stage_folder(folder)?;
    for (path, text) in all {
        files::write(&staged.path().join(path), text.as_bytes())?;
    }
    Ok(staged)
}

fn refuse_existing(folder: &Path, here: &Path) -> Result<()> {
    if folder.symlink_metadata().is_err() {
        return Ok(());
    }
    let shown = files::shown(folder, here);
    Err(
        Failure::usage(format!("{shown} exists already, and is not touched"))
            .hint("choose another name, or remove it first"),
    )
}

fn next(folder: &Path, joined: bool) -> String {
    if joined {
        return format!(
            "`cargo airs build` builds it; {} says how to go on",
            folder.join("README.md").display()
        );
    }
    format!(
        "`cd {}` and `cargo airs build`; README.md says how to go on",
        folder.display()
    )
}
