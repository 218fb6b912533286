//! `cargo airs build`: from crates to components, checked and stamped.

pub(crate) mod record;
pub(crate) mod stack;
pub(crate) mod surroundings;

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use airs_core::{Kind, LimitScope, Limits};
use airs_package::{Component, Manifest, PackageError, componentize, stamp};
use cargo_metadata::PackageId;

use crate::cargo::{self, TARGET};
use crate::command::schema;
use crate::error::{Failure, Reason, Result};
use crate::exit::Exit;
use crate::message::{Built, Message};
use crate::report::Report;
use crate::settings::Build;
use crate::workspace::{Crate, Workspace};
use crate::{files, interrupt};
use record::{Entry, Job, Record};
use stack::Way;
use surroundings::Surroundings;

/// What the compiler made of each crate, and how long that took.
type Compiled = BTreeMap<PackageId, (PathBuf, Duration)>;

pub(crate) fn run(settings: &Build, report: &Report) -> Result<()> {
    within(&Workspace::load(&settings.manifest)?, settings, report)
}

/// The same in a workspace that was read already.
pub(crate) fn within(workspace: &Workspace, settings: &Build, report: &Report) -> Result<()> {
    schema::keep(workspace);
    let crates = workspace.select(&settings.which)?;
    for one in &crates {
        limits_without_effect(one, workspace, report);
    }
    if !workspace.has_compiled(&settings.profile) {
        require_target(workspace, settings.install_target, report)?;
    }
    let compiled = match compile(settings, &crates) {
        // The target may have gone since something was compiled for it.
        Err(failure) if failure.reason() == Reason::BuildFailed => {
            require_target(workspace, false, report)?;
            return Err(failure);
        }
        outcome => outcome?,
    };
    let output = workspace.output(&settings.profile);
    let mut record = Record::open(&output)?;
    for one in &crates {
        interrupt::check()?;
        finish(
            one,
            &compiled,
            &settings.profile,
            &output,
            &mut record,
            workspace,
            report,
        )?;
    }
    Ok(())
}

/// Tells a driver's author of limits that only a program sets.
pub(crate) fn limits_without_effect(one: &Crate, workspace: &Workspace, report: &Report) {
    let Manifest {
        name, kind, limits, ..
    } = &one.manifest;
    if *kind != Kind::Driver {
        return;
    }
    for (limit, _) in limits.stated() {
        if Limits::scope(limit) == Some(LimitScope::Run) {
            report.warn(&format!(
                "driver {name}: the limit {limit} in {} has no effect: it is counted for the run as a whole, by the limits \
                 of its program; state it there, or drop it",
                workspace.shown(&one.manifest_path)
            ));
        }
    }
}

/// Sees to it that there is a standard library for the target.
pub(crate) fn require_target(workspace: &Workspace, install: bool, report: &Report) -> Result<()> {
    if cargo::target_is_installed(workspace.root())? {
        return Ok(());
    }
    if !install {
        return Err(Failure::new(
            Reason::BuildFailed,
            format!("the target {TARGET} is not installed"),
        )
        .hint(format!(
            "run `rustup target add {TARGET}`, or this command with --yes"
        )));
    }
    cargo::install_target(workspace.root())?;
    report.say(&Message::TargetInstalled { target: TARGET });
    Ok(())
}

fn compile(settings: &Build, crates: &[Crate]) -> Result<Compiled> {
    let mut compiled = Compiled::new();
    let mut made = |artifact: cargo::Artifact| {
        compiled.insert(artifact.package, (artifact.file, artifact.took));
    };
    let profile = cargo::profile::arguments(&settings.profile);
    for call in calls(&crates.iter().collect::<Vec<_>>(), &profile)? {
        cargo::compile(&call, &settings.manifest, &mut made)?;
    }
    Ok(compiled)
}

/// How Cargo has to be called for components with a small stack of these crates.
pub(crate) fn calls(crates: &[&Crate], arguments: &[OsString]) -> Result<Vec<cargo::Call>> {
    let here = files::current_folder()?;
    let call = |subcommand, crates: &[&Crate], more: Vec<OsString>, environment| {
        let each = crates
            .iter()
            .flat_map(|one| ["-p".into(), one.id.repr.clone().into()]);
        cargo::Call {
            subcommand,
            arguments: each.chain(arguments.iter().cloned()).chain(more).collect(),
            environment,
        }
    };
    Ok(match Way::of(&here) {
        Way::Theirs => vec![call("build", crates, Vec::new(), None)],
        Way::Environment(name, flags) => vec![call("build", crates, Vec::new(), Some((name, flags)))],
        Way::Config(config) => vec![call(
            "build",
            crates,
            vec!["--config".into(), config.into()],
            None,
        )],
        Way::LastStep(flags) => {
            let flags = [OsString::from("--")]
                .into_iter()
                .chain(flags.map(OsString::from));
            let flags: Vec<_> = flags.collect();
            let one = |one: &[&Crate]| call("rustc", one, flags.clone(), None);
            crates.chunks(1).map(one).collect()
        }
    })
}

/// Makes the component of what the compiler left, unless it is there already.
fn finish(
    one: &Crate,
    compiled: &Compiled,
    profile: &str,
    output: &Path,
    record: &mut Record,
    workspace: &Workspace,
    report: &Report,
) -> Result<()> {
    let name = one.manifest.name.as_str();
    let begun = Instant::now();
    let Some((artifact, compiling)) = compiled.get(&one.id) else {
        return Err(Failure::new(
            Reason::BuildFailed,
            format!("the compiler made no component of {name}"),
        ));
    };
    let path = output.join(format!("{name}.wasm"));
    let surroundings = Surroundings::of(&one.manifest_path, &workspace.lock_file())?;
    let job = Job {
        surroundings: &surroundings,
        manifest: &one.manifest,
        compiled: artifact,
        component: &path,
    };
    let size_bytes_before = record.entry(&job).map(|entry| entry.size_bytes);
    let known = record.fresh(&job).cloned();
    let fresh = known.is_some();
    let entry = match known {
        Some(entry) => {
            record.confirm(&job, &entry)?;
            entry
        }
        None => make(&job, record, report)?,
    };
    let duration = *compiling + begun.elapsed();
    report.say(&Message::ComponentBuilt(Built {
        name,
        kind: one.manifest.kind.as_str(),
        profile,
        path: &path,
        shown_path: workspace.shown(&path),
        digest: entry.digest,
        size_bytes: entry.size_bytes,
        size_bytes_before,
        fresh,
        duration_ms: u64::try_from(duration.as_millis()).unwrap_or(u64::MAX),
    }));
    Ok(())
}

/// Writes the component.
fn make(job: &Job<'_>, record: &mut Record, report: &Report) -> Result<Entry> {
    let name = &job.manifest.name;
    let progress = report.progress(format!("checking {name}"));
    let bytes = files::bytes(job.compiled)?;
    let component = check(job.manifest, &bytes)
        .map_err(|error| Failure::from(error).within(name).exiting(Exit::BuildFailed))?;
    files::write(job.component, component.bytes())?;
    progress.finish_and_clear();
    record.keep(job, &bytes, component.digest(), component.bytes().len() as u64)
}

/// The component with its manifest in it, if it is what the manifest says.
pub(crate) fn check(manifest: &Manifest, bytes: &[u8]) -> Result<Component, PackageError> {
    let component = match Component::read(bytes) {
        // The linker was told not to make a component.
        Err(PackageError::CoreModule) => Component::read(componentize(bytes)?)?,
        read => read?,
    };
    component.check_world(manifest.kind)?;
    component.check_capabilities(&manifest.capabilities)?;
    Component::read(stamp(component.bytes(), manifest)?)
}
