//! `cargo airs check`: what can be said of components before they are linked.

use std::collections::BTreeSet;

use airs_core::Capability;
use cargo_metadata::PackageId;

use crate::cargo::{self, Call, Checked};
use crate::command::build;
use crate::error::{Failure, Reason, Result};
use crate::message::Message;
use crate::report::Report;
use crate::settings::Build;
use crate::workspace::{Crate, Workspace};

pub(crate) fn run(settings: &Build, report: &Report) -> Result<()> {
    let workspace = Workspace::load(&settings.manifest)?;
    let crates = workspace.select(&settings.which)?;
    for one in &crates {
        build::limits_without_effect(one, &workspace, report);
        grants_that_lack(one, &workspace, report);
    }
    if !workspace.has_compiled(&settings.profile) {
        build::require_target(&workspace, settings.install_target, report)?;
    }
    let checked = match compile(settings, &crates, report) {
        // The target may have gone since something was compiled for it.
        Err(failure) if failure.reason() == Reason::BuildFailed => {
            build::require_target(&workspace, false, report)?;
            return Err(failure);
        }
        checked => checked?,
    };
    for one in crates.iter().filter(|one| checked.contains(&one.id)) {
        report.say(&Message::ComponentChecked {
            name: one.manifest.name.as_str(),
            kind: one.manifest.kind.as_str(),
        });
    }
    report.detail("nothing was linked: what components import and export, `cargo airs build` looks at");
    Ok(())
}

/// Has the compiler check the crates, and answers with those that are good.
fn compile(settings: &Build, crates: &[Crate], report: &Report) -> Result<BTreeSet<PackageId>> {
    let packages = crates
        .iter()
        .flat_map(|one| ["-p".into(), one.id.repr.clone().into()]);
    let call = Call {
        subcommand: "check",
        arguments: packages
            .chain(cargo::profile::arguments(&settings.profile))
            .collect(),
        environment: None,
    };
    let mut checked = BTreeSet::new();
    let mut told = |message: Checked<'_>| match message {
        Checked::Said(object) => report.compiler(object),
        Checked::Good(package) => drop(checked.insert(package)),
    };
    if !cargo::check(&call, &settings.manifest, report.is_for_people(), &mut told)? {
        return Err(Failure::new(Reason::BuildFailed, "the check failed"));
    }
    Ok(checked)
}

/// Tells of a component that would be put into service nowhere: it is granted too little in every context.
fn grants_that_lack(one: &Crate, workspace: &Workspace, report: &Report) {
    let (Some(project), manifest) = (workspace.project(), &one.manifest) else {
        return;
    };
    let granted = workspace.granted(&manifest.name);
    let lacking = |granted| manifest.capabilities.without(granted);
    let Some(general) = granted.all().next() else {
        return;
    };
    if granted.all().any(|granted| lacking(granted).is_empty()) {
        return;
    }
    let (lacking, enough) = (lacking(general), general.union(&manifest.capabilities));
    let each =
        |show: &dyn Fn(Capability) -> String| lacking.kinds().map(show).collect::<Vec<_>>().join(" and ");
    report.warn(&format!(
        "{} {name}: it declares {}, which is not granted to it: add {} under [grants.{name}] in {}, or drop it from its \
         capabilities",
        manifest.kind,
        each(&|kind| lacking.needed(kind)),
        each(&|kind| format!("`{kind} = {}`", enough.value(kind))),
        workspace.shown(&project.path),
        name = manifest.name,
    ));
}
