//! `cargo airs call`: one call of a function of any component.

use airs_runtime::{Absent, CallConfig, Component, EngineConfig, Limits, Name, Runtime};

use crate::chosen::Chosen;
use crate::error::Result;
use crate::message::Message;
use crate::report::Report;
use crate::settings::Call;
use crate::{code, files, interrupt, node, workspace};

/// A call is made in one instance.
const INSTANCES_MAX: u32 = 4;

pub(crate) fn run(settings: &Call, report: &Report) -> Result<()> {
    let chosen = Chosen::find(&settings.component, &settings.profile, &settings.manifest)?;
    let component = chosen.open()?;
    code::warn_of_debugger(&component, &settings.profile, &chosen.shown, report);
    let listener = report.clone();
    let builder = Runtime::builder()
        .limits(limits(settings)?)
        .engine(EngineConfig {
            instances_max: INSTANCES_MAX,
            ..EngineConfig::default()
        })
        .on_event(move |event| node::tell(event, &listener));
    let builder = builder.code_goal(code::goal(&settings.profile));
    let runtime = code::set_up(builder, report).build()?;
    let config = CallConfig {
        name: name(&component, &chosen),
        absent: Absent::Denied,
        ..CallConfig::default()
    };
    let callable = runtime.callable(&component, &config)?;
    let result = interrupt::unless_pressed(callable.call_wave(&settings.expression))??;
    report.say(&Message::FunctionCalled {
        component: &chosen.shown,
        call: settings.expression.trim(),
        result: &result,
    });
    Ok(())
}

/// What the call may use up in the project that the person is in, whatever is called: who operates it has said so.
fn limits(settings: &Call) -> Result<Limits> {
    let here = files::current_folder()?;
    let project = workspace::project(&settings.manifest.start.folder(&here), &here)?;
    Ok(settings.limits(project.as_ref().map(|project| &project.limits)))
}

/// What to call a component that has no name of its own: as its file, if that is a name.
fn name(component: &Component, chosen: &Chosen) -> Option<Name> {
    if component.manifest().is_some() {
        return None;
    }
    chosen.path.file_stem()?.to_str()?.parse().ok()
}
