//! From crates to what the compiler makes of them.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

use cargo_metadata::PackageId;

use super::declared;
use super::stack::Way;
use crate::cargo::{self, Call, TARGET};
use crate::error::{Failure, Reason, Result};
use crate::files;
use crate::message::Message;
use crate::report::Report;
use crate::settings::Build;
use crate::workspace::{Crate, Workspace};

/// A crate, and the component that the compiler left of it.
#[derive(Debug)]
pub(crate) struct Compiled {
    pub(crate) of: Crate,
    pub(crate) file: PathBuf,
    pub(crate) took: Duration,
}

/// Has Cargo compile what is to be built. The compiler's messages go to `said` as Cargo's own objects; without it to stderr,
/// as they are.
pub(crate) fn compiled(
    workspace: &Workspace,
    settings: &Build,
    report: &Report,
    said: Option<&dyn Fn(&str)>,
) -> Result<Vec<Compiled>> {
    let crates = workspace.select(&settings.which)?;
    for one in &crates {
        declared::warn_of_what_has_no_effect(one, workspace, report);
    }
    if !workspace.has_compiled(&settings.profile) {
        require_target(workspace, settings.install_target, report)?;
    }
    let mut artifacts = match compile(settings, &crates, said) {
        // The target may have gone since something was compiled for it.
        Err(failure) if failure.reason() == Reason::BuildFailed => {
            require_target(workspace, false, report)?;
            return Err(failure);
        }
        artifacts => artifacts?,
    };
    let compiled = |of: Crate| match artifacts.remove(&of.id) {
        Some((file, took)) => Ok(Compiled { of, file, took }),
        None => Err(Failure::new(
            Reason::BuildFailed,
            format!("the compiler made no component of {}", of.manifest.name),
        )),
    };
    crates.into_iter().map(compiled).collect()
}

fn compile(
    settings: &Build,
    crates: &[Crate],
    said: Option<&dyn Fn(&str)>,
) -> Result<BTreeMap<PackageId, (PathBuf, Duration)>> {
    let mut artifacts = BTreeMap::new();
    let mut made = |artifact: cargo::Artifact| {
        artifacts.insert(artifact.package, (artifact.file, artifact.took));
    };
    let profile = cargo::profile::arguments(&settings.profile);
    for call in calls(&crates.iter().collect::<Vec<_>>(), &profile)? {
        cargo::compile(&call, &settings.manifest, said, &mut made)?;
    }
    Ok(artifacts)
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

/// How Cargo has to be called for components with a small stack of these crates.
pub(crate) fn calls(crates: &[&Crate], arguments: &[OsString]) -> Result<Vec<Call>> {
    let here = files::current_folder()?;
    let call = |subcommand, crates: &[&Crate], more: Vec<OsString>, environment| {
        let each = crates
            .iter()
            .flat_map(|one| ["-p".into(), one.id.repr.clone().into()]);
        Call {
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
