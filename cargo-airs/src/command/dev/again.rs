//! The run that is made whenever something new serves.

use std::sync::mpsc::{Sender, channel};

use airs_runtime::{Answer, Runtime};

use super::worker::Project;
use crate::error::{Failure, Reason, Result};
use crate::live::Work;
use crate::message::Message;
use crate::node::{self, Answered, Node};
use crate::report::Report;
use crate::settings::{self, Dev, Which};

/// What is asked for.
pub(super) struct Wanted {
    program: String,
    input: String,
    settings: settings::Node,
}

/// The thread that makes it.
pub(super) struct Again(Sender<()>);

struct Run {
    program: String,
    input: String,
    node: Node,
    report: Report,
}

impl Again {
    /// What `--run` asks for, if it does: a program of those that are to serve.
    pub(super) fn of(settings: &Dev, project: &Project) -> Result<Option<Wanted>> {
        let Some(program) = settings.run.clone() else {
            return Ok(None);
        };
        let one = node::program(&program, &project.workspace.select(&Which::All)?)?
            .manifest
            .name
            .clone();
        if !project.names().contains(&one) {
            let message = format!("{one} is not among what is to serve");
            return Err(Failure::usage(message).hint(format!("`-p {one}` adds it")));
        }
        Ok(Some(Wanted {
            program,
            input: node::input(settings.input.as_deref())?,
            settings: settings.node.clone(),
        }))
    }

    /// Makes the run when the one that goes on has ended, if one does, and tells how it ended. Nobody waits for it.
    pub(super) fn make(&self) {
        // The thread is there as long as this is.
        let _ = self.0.send(());
    }
}

impl Wanted {
    pub(super) fn on(self, runtime: Runtime, report: &Report) -> Again {
        let run = Run {
            node: Node::over(runtime, &self.settings, report),
            program: self.program,
            input: self.input,
            report: report.clone(),
        };
        let (sender, wanted) = channel();
        std::thread::spawn(move || {
            while wanted.recv().is_ok() {
                // Several swaps during one run are a reason for one more.
                while wanted.try_recv().is_ok() {}
                run.make();
            }
        });
        Again(sender)
    }
}

impl Run {
    fn make(&self) {
        let work = Work::Run {
            program: self.program.clone(),
            input: self.input.clone(),
        };
        match self.node.ask(work, Answer::output) {
            Ok(Answered {
                run,
                replayed,
                answer,
            }) => self.report.say(&Message::RunCommitted {
                run: &run,
                replayed,
                program: &self.program,
                output: node::raw(&answer),
            }),
            // Ctrl-C ends the loop.
            Err(failure) if failure.reason() == Reason::Interrupted => {}
            Err(failure) => drop(self.report.failure(&failure)),
        }
    }
}
