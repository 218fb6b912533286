//! `cargo airs run`: one run of a program.

use airs_runtime::Answer;

use crate::error::Result;
use crate::live::Work;
use crate::message::Message;
use crate::node::{self, Answered, Needs};
use crate::report::Report;
use crate::settings::Run;

pub(crate) fn run(settings: &Run, report: &Report) -> Result<()> {
    let input = node::input(settings.input.as_deref())?;
    let program = settings.program.clone();
    let (needs, work) = (Needs::Program(&settings.program), Work::Run { program, input });
    let Answered {
        run,
        replayed,
        answer: output,
    } = node::ask(&settings.node, needs, report, work, Answer::output)
        .map_err(|failure| node::may_lack_input(failure, settings.input.as_deref()))?;
    report.say(&Message::RunCommitted {
        run: &run,
        replayed,
        program: &settings.program,
        output: node::raw(&output),
    });
    Ok(())
}
