//! `cargo airs view`: what an asset holds.

use airs_runtime::Answer;

use crate::error::Result;
use crate::live::Work;
use crate::message::{Message, ValueShown};
use crate::node::{self, Answered, Needs};
use crate::report::Report;
use crate::settings::View;

pub(crate) fn run(settings: &View, report: &Report) -> Result<()> {
    let path = settings.path.clone();
    let Answered {
        run,
        replayed,
        answer: value,
    } = node::ask(
        &settings.node,
        Needs::Drivers,
        report,
        Work::View { path },
        Answer::value,
    )?;
    report.say(&Message::AssetViewed {
        run: &run,
        replayed,
        path: &settings.path,
        value: ValueShown::from(value),
    });
    Ok(())
}
