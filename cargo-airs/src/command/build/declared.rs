//! What a component declares, and has nothing of: no mistake, as a project may be about to change.

use airs_core::{Capability, Kind, LimitScope, Limits};
use airs_package::Manifest;

use crate::report::Report;
use crate::workspace::{Crate, Workspace};

/// Tells of limits and capabilities that a component declares in vain.
pub(crate) fn warn_of_what_has_no_effect(one: &Crate, workspace: &Workspace, report: &Report) {
    limits_of_a_run(one, workspace, report);
    grants_that_lack(one, workspace, report);
}

/// Tells a driver's author of limits that only a program sets.
fn limits_of_a_run(one: &Crate, workspace: &Workspace, report: &Report) {
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
