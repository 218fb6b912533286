//! `cargo airs view`: what an asset holds.

use airs_runtime::{Answer, Request};

use crate::error::Result;
use crate::message::{Message, ValueShown};
use crate::node::{Answered, Needs, Node};
use crate::report::Report;
use crate::settings::View;

pub(crate) fn run(settings: &View, report: &Report) -> Result<()> {
    let node = Node::open(&settings.node, Needs::Drivers, report)?;
    let Answered {
        run,
        replayed,
        answer: value,
    } = node.ask(Request::view(&settings.path), Answer::value)?;
    report.say(&Message::AssetViewed {
        run: &run,
        replayed,
        path: &settings.path,
        value: ValueShown::from(value),
    });
    Ok(())
}
