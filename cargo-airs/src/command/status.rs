//! `cargo airs status`: the project at a glance.

use airs_runtime::{Component, State};

use crate::command::bind;
use crate::error::Result;
use crate::freshness::{self, Freshness};
use crate::live::Live;
use crate::message::{ComponentStatus, Message, ServingStatus, Status};
use crate::node;
use crate::report::Report;
use crate::settings::{self, Which};
use crate::workspace::{Crate, Workspace};

pub(crate) fn run(settings: &settings::Status, report: &Report) -> Result<()> {
    let workspace = Workspace::load(&settings.node.manifest)?;
    let crates = workspace.select(&Which::All)?;
    let live = Live::of(&settings.node)?;
    let components = crates
        .iter()
        .map(|one| status(one, &workspace, &settings.node, live.as_ref()))
        .collect::<Result<_>>()?;
    let state = node::state(&settings.node, &workspace)?;
    let bindings = bind::all(&settings.node, &workspace, report)?;
    report.say(&Message::Status(Box::new(Status {
        project: workspace.project().map(|project| workspace.shown(&project.path)),
        profile: settings.node.profile.clone(),
        context: settings.node.context.to_string(),
        state: match state {
            State::Memory => "memory".to_owned(),
            State::Folder(folder) => folder.display().to_string(),
        },
        dev_process: live.as_ref().map(Live::process),
        components,
        bindings,
    })));
    Ok(())
}

fn status(
    one: &Crate,
    workspace: &Workspace,
    node: &settings::Node,
    live: Option<&Live>,
) -> Result<ComponentStatus> {
    let settings::Node { profile, context, .. } = node;
    let manifest = &one.manifest;
    let freshness = freshness::of(one, workspace, profile)?;
    let built = match freshness {
        Freshness::NotBuilt => None,
        _ => Component::open(&workspace.built(one, profile)?).ok(),
    };
    let serving = live.and_then(|live| live.component(&manifest.name));
    let serving = serving.and_then(|path| Component::open(&path).ok());
    let granted = workspace.granted(&manifest.name);
    let ungranted = manifest.capabilities.without(granted.of(context));
    Ok(ComponentStatus {
        name: manifest.name.to_string(),
        kind: manifest.kind.as_str(),
        version: manifest.version.to_string(),
        digest: built.as_ref().map(|component| component.digest().to_string()),
        size_bytes: built.as_ref().map(|component| component.bytes().len() as u64),
        freshness: freshness.as_str(),
        changed: freshness.changed().map(|path| workspace.shown(path)),
        ungranted: ungranted.kinds().map(|kind| ungranted.needed(kind)).collect(),
        serving: serving.map(|component| ServingStatus {
            digest: component.digest().to_string(),
            size_bytes: component.bytes().len() as u64,
        }),
    })
}
