//! `cargo airs explain`: what applies to a path or a component, and why what is denied is denied.

use airs_runtime::PathExplained;

use crate::command::bind;
use crate::error::{Failure, Result};
use crate::message::{ComponentShown, Message, PathShown, RightShown, Why};
use crate::node::{Needs, Node};
use crate::report::Report;
use crate::settings::{Explain, What};

pub(crate) fn run(settings: &Explain, report: &Report) -> Result<()> {
    match &settings.what {
        What::Path(path) => {
            let node = Node::open(&settings.node, Needs::Explanation, report)?;
            let shown = shown(node.explain_path(path)?, &node);
            report.say(&Message::PathExplained(Box::new(shown)));
        }
        What::Component(name) => {
            let node = Node::open(&settings.node, Needs::Component(name), report)?;
            let component = component(name, node.explain_component(name), &node);
            report.say(&Message::ComponentExplained(Box::new(component)));
        }
    }
    Ok(())
}

fn shown(explained: PathExplained, node: &Node) -> PathShown {
    let PathExplained {
        path,
        context,
        caller,
        bound_at,
        binding,
        owner,
        rights,
        driver,
        ..
    } = explained;
    let right = |(right, answer): (airs_runtime::Rights, airs_core::Result<()>)| RightShown {
        right: right.to_string(),
        denied: answer.err().map(|error| Why::from(&Failure::from(error))),
    };
    PathShown {
        path: path.to_string(),
        context: context.to_string(),
        caller,
        owner,
        rights: rights.into_iter().map(right).collect(),
        driver: component(&binding.driver, driver, node),
        binding: bind::shown(&bound_at, &binding),
    }
}

/// A component in service, or what is known of one that is not.
fn component(
    name: &str,
    explained: airs_core::Result<airs_runtime::ComponentExplained>,
    node: &Node,
) -> ComponentShown {
    match explained {
        Ok(component) => ComponentShown::new(&component, None),
        Err(error) => match node.absent(name) {
            Some(absent) => ComponentShown::new(&absent.explained, Some(&absent.why)),
            None => ComponentShown::unknown(name, &Failure::from(error)),
        },
    }
}
