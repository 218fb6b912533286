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
    let workspace = Workspace::load(&settings.node.manifest)?;
    let bindings = all(&settings.node, &workspace, report)?;
    report.say(&Message::Bindings { bindings });
    Ok(())
}

/// What is bound in a state; none is made to find that out.
pub(crate) fn all(settings: &settings::Node, workspace: &Workspace, report: &Report) -> Result<Vec<Bound>> {
    let (needs, work) = (Needs::State, Work::Bindings);
    let answered = if Live::of(settings)?.is_some() {
        node::ask(settings, needs, report, work, Answer::bindings)?
    } else if node::state(settings, workspace)?.has(&settings.context) {
        Node::within(workspace, settings, needs, report)?.ask(work, Answer::bindings)?
    } else {
        return Ok(Vec::new());
    };
    Ok(answered
        .answer
        .iter()
        .map(|(path, binding)| shown(path, binding))
        .collect())
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
