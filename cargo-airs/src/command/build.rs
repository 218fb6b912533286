//! `cargo airs build`: from crates to components, checked and stamped.

mod compiled;
pub(crate) mod declared;
pub(crate) mod record;
pub(crate) mod stack;
pub(crate) mod surroundings;

use std::path::Path;
use std::time::Instant;

use airs_package::{componentize, stamp};
use airs_runtime::{Component, Manifest, PackageError};

use crate::command::schema;
use crate::error::{Failure, Result};
use crate::exit::Exit;
use crate::message::{Built, Message};
use crate::report::Report;
use crate::settings::Build;
use crate::workspace::Workspace;
use crate::{files, interrupt};
pub(crate) use compiled::{Compiled, calls, compiled, require_target};
use record::{Entry, Job, Record};
use surroundings::Surroundings;

pub(crate) fn run(settings: &Build, report: &Report) -> Result<()> {
    within(&Workspace::load(&settings.manifest)?, settings, report)
}

/// The same in a workspace that was read already.
pub(crate) fn within(workspace: &Workspace, settings: &Build, report: &Report) -> Result<()> {
    schema::keep(workspace);
    let compiled = compiled(workspace, settings, report, None)?;
    let output = workspace.output(&settings.profile);
    let mut record = Record::open(&output)?;
    for one in &compiled {
        interrupt::check()?;
        finish(one, &settings.profile, &output, &mut record, workspace, report)?;
    }
    Ok(())
}

/// Makes the component of what the compiler left, unless it is there already.
fn finish(
    one: &Compiled,
    profile: &str,
    output: &Path,
    record: &mut Record,
    workspace: &Workspace,
    report: &Report,
) -> Result<()> {
    let Compiled { of, file, took } = one;
    let name = of.manifest.name.as_str();
    let begun = Instant::now();
    let path = output.join(format!("{name}.wasm"));
    let surroundings = Surroundings::of(&of.manifest_path, &workspace.lock_file())?;
    let job = Job {
        surroundings: &surroundings,
        manifest: &of.manifest,
        compiled: file,
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
    let duration = *took + begun.elapsed();
    report.say(&Message::ComponentBuilt(Built {
        name,
        kind: of.manifest.kind.as_str(),
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
    let (component, bytes) = checked(job.manifest, job.compiled, report)?;
    files::write(job.component, component.bytes())?;
    record.keep(job, &bytes, component.digest(), component.bytes().len() as u64)
}

/// The component of what the compiler left in a file, and what is in that.
pub(crate) fn checked(manifest: &Manifest, file: &Path, report: &Report) -> Result<(Component, Vec<u8>)> {
    let progress = report.progress(format!("checking {}", manifest.name));
    let bytes = files::bytes(file)?;
    let component = check(manifest, &bytes)?;
    progress.finish_and_clear();
    Ok((component, bytes))
}

/// The component with its manifest in it, if it is what the manifest says.
pub(crate) fn check(manifest: &Manifest, bytes: &[u8]) -> Result<Component> {
    stamped(manifest, bytes).map_err(|error| {
        Failure::from(error)
            .within(&manifest.name)
            .exiting(Exit::BuildFailed)
    })
}

fn stamped(manifest: &Manifest, bytes: &[u8]) -> Result<Component, PackageError> {
    let stamped = match stamp(bytes, manifest) {
        // The linker was told not to make a component.
        Err(PackageError::CoreModule) => stamp(&componentize(bytes)?, manifest),
        stamped => stamped,
    };
    let component = Component::read(stamped?)?;
    component.check_world(manifest.kind)?;
    component.check_capabilities(&manifest.capabilities)?;
    Ok(component)
}
