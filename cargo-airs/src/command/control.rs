//! `cargo airs control`: an operation of an asset's driver.

use airs_runtime::Answer;

use crate::error::Result;
use crate::live::Work;
use crate::message::Message;
use crate::node::{self, Answered, Needs};
use crate::report::Report;
use crate::settings::Control;

pub(crate) fn run(settings: &Control, report: &Report) -> Result<()> {
    let input = node::input(settings.input.as_deref())?;
    let Control { path, operation, .. } = settings;
    let work = Work::Control {
        path: path.clone(),
        operation: operation.clone(),
        input,
    };
    let Answered {
        run,
        replayed,
        answer: output,
    } = node::ask(&settings.node, Needs::Drivers, report, work, Answer::output)
        .map_err(|failure| node::may_lack_input(failure, settings.input.as_deref()))?;
    report.say(&Message::AssetControlled {
        run: &run,
        replayed,
        path,
        operation,
        output: node::raw(&output),
    });
    Ok(())
}
