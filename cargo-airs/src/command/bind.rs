//! `cargo airs bind`, `unbind` and `bindings`: which driver is where.

use airs_runtime::{Answer, Binding, Owner, Placement};

use crate::error::Result;
use crate::live::{Live, Work};
use crate::message::{Bound, Message};
use crate::node::{self, Answered, Needs, Node};
use crate::report::Report;
use crate::settings::{self, Bind, Bindings, Unbind};
use crate::workspace::Workspace;

pub(crate) fn bind(settings: &Bind, report: &Report) -> Result<()> {
    let placement = Placement {
        path: settings.path.clone(),
        driver: settings.driver.to_string(),
        account: node::json("the account data", &settings.account)?,
        owner: settings.owner.clone(),
        controllers: settings.controllers.iter().map(ToString::to_string).collect(),
    };
    let needs = Needs::Driver(settings.driver.as_str());
    let Answered {
        run,
        replayed,
        answer: (path, binding),
    } = node::ask(
        &settings.node,
        needs,
        report,
        Work::bind(placement),
        Answer::bound,
    )?;
    report.say(&Message::PathBound {
        run: &run,
        replayed,
        binding: shown(path.as_str(), &binding),
    });
    Ok(())
}

pub(crate) fn unbind(settings: &Unbind, report: &Report) -> Result<()> {
    let path = settings.path.clone();
    let Answered {
        run,
        replayed,
        answer: path,
    } = node::ask(
        &settings.node,
        Needs::Drivers,
        report,
        Work::Unbind { path },
        Answer::unbound,
    )?;
    report.say(&Message::PathUnbound {
        run: &run,
        replayed,
        path: path.as_str(),
    });
    Ok(())
}

pub(crate) fn list(settings: &Bindings, report: &Report) -> Result<()> {
    let bindings = match served(&settings.node, report)? {
        Some(bindings) => bindings,
        None => kept(&settings.node, &Workspace::load(&settings.node.manifest)?, report)?,
    };
    report.say(&Message::Bindings { bindings });
    Ok(())
}

/// What is bound: in the loop, if one serves, or in a state.
pub(crate) fn all(settings: &settings::Node, workspace: &Workspace, report: &Report) -> Result<Vec<Bound>> {
    match served(settings, report)? {
        Some(bindings) => Ok(bindings),
        None => kept(settings, workspace, report),
    }
}

/// What is bound in the loop that serves, whatever is wrong with the project meanwhile.
fn served(settings: &settings::Node, report: &Report) -> Result<Option<Vec<Bound>>> {
    if Live::of(settings)?.is_none() {
        return Ok(None);
    }
    let answered = node::ask(settings, Needs::State, report, Work::Bindings, Answer::bindings)?;
    Ok(Some(all_shown(&answered.answer)))
}

/// What is bound in a state; none is made to find that out.
fn kept(settings: &settings::Node, workspace: &Workspace, report: &Report) -> Result<Vec<Bound>> {
    if !node::state(settings, workspace)?.has(&settings.context) {
        return Ok(Vec::new());
    }
    let node = Node::within(workspace, settings, Needs::State, report)?;
    let answered = node.ask(Work::Bindings, Answer::bindings)?;
    Ok(all_shown(&answered.answer))
}

fn all_shown(bindings: &[(String, Binding)]) -> Vec<Bound> {
    bindings
        .iter()
        .map(|(path, binding)| shown(path, binding))
        .collect()
}

/// A binding, as it is reported.
pub(crate) fn shown(path: &str, binding: &Binding) -> Bound {
    Bound {
        path: path.to_owned(),
        driver: binding.driver.clone(),
        owner: match &binding.owner {
            Owner::Each => Owner::EACH.to_owned(),
            Owner::Caller(id) => id.clone(),
        },
        controllers: binding.controllers.clone(),
    }
}
