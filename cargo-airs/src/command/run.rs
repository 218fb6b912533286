//! `cargo airs run`: one run of a program.

use airs_runtime::{Answer, Request};

use crate::error::Result;
use crate::message::Message;
use crate::node::{self, Answered, Needs, Node};
use crate::report::Report;
use crate::settings::Run;

pub(crate) fn run(settings: &Run, report: &Report) -> Result<()> {
    let input = node::input(settings.input.as_deref())?;
    let node = Node::open(&settings.node, Needs::Program(&settings.program), report)?;
    let Answered {
        run,
        replayed,
        answer: output,
    } = node
        .ask(Request::run(&settings.program, input), Answer::output)
        .map_err(|failure| node::may_lack_input(failure, settings.input.as_deref()))?;
    report.say(&Message::RunCommitted {
        run: &run,
        replayed,
        program: &settings.program,
        output: node::raw(&output),
    });
    Ok(())
}
