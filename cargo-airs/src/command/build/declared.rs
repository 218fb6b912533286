//! What a component declares, and has nothing of: no mistake, as a project may be about to change.

use airs_runtime::{
    Access, Capabilities, Capability, Code, ComponentExplained, Error, Grants, Kind, LimitScope, Limits,
    Manifest, Name,
};

use crate::report::Report;
use crate::workspace::{Crate, Workspace};

/// Tells of limits and capabilities that a component declares in vain.
pub(crate) fn warn_of_what_has_no_effect(one: &Crate, workspace: &Workspace, report: &Report) {
    limits_of_a_run(one, workspace, report);
    writes_to_files(one, workspace, report);
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

/// Tells of folders that a component declares to write to: whatever is granted, it is not put into service.
fn writes_to_files(one: &Crate, workspace: &Workspace, report: &Report) {
    let Manifest { name, kind, .. } = &one.manifest;
    if let Some(why) = unoffered(&one.manifest) {
        report.warn(&format!(
            "{kind} {name}: {}, so that it is not put into service: {}",
            why.message(),
            only_to_be_read(one, workspace),
        ));
    }
}

/// Why there is nothing that could be granted of what a component declares.
pub(crate) fn unoffered(manifest: &Manifest) -> Option<Error> {
    let explained = ComponentExplained::of(manifest, &Grants::default(), &Name::local());
    let why = explained.effective.err()?;
    (why.code() == Code::Unsupported).then_some(why)
}

/// What to write for folders that cannot be written to.
pub(crate) fn only_to_be_read(one: &Crate, workspace: &Workspace) -> String {
    format!(
        "write `files = {}` in {}; a write could not be undone with its run, and what has to be kept goes into storage",
        only_read(&one.manifest.capabilities).value(Capability::Files),
        workspace.shown(&one.manifest_path),
    )
}

/// What could be granted of what a component declares.
fn only_read(declared: &Capabilities) -> Capabilities {
    let mut declared = declared.clone();
    for access in declared.files.values_mut() {
        *access = Access::Read;
    }
    declared
}

/// Tells of a component that would be put into service nowhere: it is granted too little in every context.
fn grants_that_lack(one: &Crate, workspace: &Workspace, report: &Report) {
    let (Some(project), Manifest { name, kind, .. }) = (workspace.project(), &one.manifest) else {
        return;
    };
    let granted = workspace.granted(name);
    // To grant what there is not would not help.
    let declared = only_read(&one.manifest.capabilities);
    let lacking = |granted| declared.without(granted);
    let Some(general) = granted.all().next() else {
        return;
    };
    if granted.all().any(|granted| lacking(granted).is_empty()) {
        return;
    }
    let (lacking, enough) = (lacking(general), general.union(&declared));
    let each =
        |show: &dyn Fn(Capability) -> String| lacking.kinds().map(show).collect::<Vec<_>>().join(" and ");
    let is_stated = lacking.kinds().any(|kind| granted.states(None, kind));
    report.warn(&format!(
        "{kind} {name}: it declares {}, which is not granted to it: {} {} under [grants.{name}] in {}, or drop it from \
         its capabilities",
        each(&|kind| lacking.needed(kind)),
        if is_stated { "write" } else { "add" },
        each(&|kind| format!("`{kind} = {}`", enough.value(kind))),
        workspace.shown(&project.path),
    ));
}
