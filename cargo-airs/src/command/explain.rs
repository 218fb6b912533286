//! `cargo airs explain`: what applies to a path or a component, and why what is denied is denied.

use airs_runtime::PathExplained;

use crate::command::bind;
use crate::error::{Failure, Result};
use crate::message::{ComponentShown, Message, PathShown, RightShown, Why};
use crate::node::{Needs, Node};
use crate::report::Report;
use crate::settings::{Explain, What};
use crate::workspace::Workspace;

pub(crate) fn run(settings: &Explain, report: &Report) -> Result<()> {
    let workspace = Workspace::load(&settings.node.manifest)?;
    match &settings.what {
        What::Path(path) => {
            let node = Node::within(&workspace, &settings.node, Needs::State, report)?;
            let shown = shown(node.explain_path(path)?, &node, &workspace)?;
            report.say(&Message::PathExplained(Box::new(shown)));
        }
        What::Component(name) => {
            let one = workspace.component(name)?;
            let node = Node::within(&workspace, &settings.node, Needs::Nothing, report)?;
            let (explained, why) = node.explain_component(&one, &workspace);
            let shown = ComponentShown::new(&explained, why.as_ref());
            let shown = shown.denied_lately(node.denials(name, &workspace)?);
            report.say(&Message::ComponentExplained(Box::new(shown)));
        }
    }
    Ok(())
}

fn shown(explained: PathExplained, node: &Node, workspace: &Workspace) -> Result<PathShown> {
    let PathExplained {
        path,
        context,
        caller,
        bound_at,
        binding,
        owner,
        rights,
        ..
    } = explained;
    let right = |(right, answer): (airs_runtime::Rights, airs_runtime::Result<()>)| RightShown {
        right: right.to_string(),
        denied: answer.err().map(|error| Why::from(&Failure::from(error))),
    };
    Ok(PathShown {
        path: path.to_string(),
        context: context.to_string(),
        caller,
        owner,
        rights: rights.into_iter().map(right).collect(),
        driver: driver(&binding.driver, node, workspace)?,
        binding: bind::shown(&bound_at, &binding),
    })
}

/// The driver behind a path, which the project may not have any more.
fn driver(name: &str, node: &Node, workspace: &Workspace) -> Result<ComponentShown> {
    let shown = match workspace.component(name) {
        Ok(one) => {
            let (explained, why) = node.explain_component(&one, workspace);
            ComponentShown::new(&explained, why.as_ref())
        }
        Err(failure) => ComponentShown::unknown(name, &failure),
    };
    Ok(shown.denied_lately(node.denials(name, workspace)?))
}
