//! `cargo airs new`: a driver or a program from a template.

mod join;
mod lock;
mod name;
mod scaffold;
mod template;
mod vcs;

use std::path::{Path, PathBuf};

use airs_runtime::{Name, Project};

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
    let scaffold = Scaffold::new(
        settings.kind,
        name.clone(),
        &settings.sdk,
        settings.template.as_deref(),
    )?;
    let folder = match &project {
        Some(project) => join::folder(project, &name),
        None => here.join(name.as_str()),
    };
    refuse_existing(&folder, here)?;
    match &project {
        Some(project) => add(project, &name, &folder, &scaffold)?,
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
    let explained = folder.join("README.md").exists();
    report.note(&next(&shown, project.is_some(), explained));
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
fn add(project: &Project, name: &Name, folder: &Path, scaffold: &Scaffold) -> Result<()> {
    if project.components.contains_key(name) {
        return Err(
            Failure::usage(format!("the project has a component {name} already")).hint("choose another name"),
        );
    }
    let edits = join::edits(project, name, folder, scaffold)?;
    let staged = write(folder, &scaffold.member()?)?;
    staged.keep_as(folder)?;
    join::apply(&edits).inspect_err(|_| files::remove(folder))
}

fn write(folder: &Path, all: &Files) -> Result<Staged> {
    let staged = files::stage_folder(folder)?;
    for (path, bytes) in all {
        files::write(&staged.path().join(path), bytes)?;
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

fn next(folder: &Path, joined: bool, explained: bool) -> String {
    let (build, readme) = if joined {
        (
            "`cargo airs build` builds it".to_owned(),
            folder.join("README.md"),
        )
    } else {
        let build = format!("`cd {}` and `cargo airs build`", folder.display());
        (build, "README.md".into())
    };
    if explained {
        format!("{build}; {} says how to go on", readme.display())
    } else {
        build
    }
}
