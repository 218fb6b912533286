//! What the loop does: it hands out work, and tells what came of it.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender};

use airs_runtime::Code;
use tokio::sync::watch;

use super::Happened;
use super::again::Again;
use super::answer::Standing;
use super::compile::Cancel;
use super::keys::Key;
use super::level::Shown;
use super::made::Trouble;
use super::only;
use super::turns::{Action, Due, Event, Turn, Turns};
use super::worker::Job;
use crate::error::{Failure, Reason, Result};
use crate::files;
use crate::message::{DevTurn, Message};
use crate::report::Report;

/// What the loop acts with.
pub(super) struct Loop {
    pub(super) turns: Turns,
    pub(super) jobs: Sender<Job>,
    pub(super) cancel: Arc<Cancel>,
    /// How much of what happens is shown.
    pub(super) shown: Shown,
    /// Whether something serves, for others.
    pub(super) stands: watch::Sender<Standing>,
    pub(super) again: Option<Again>,
    pub(super) report: Report,
    /// The file that goes with the project.
    pub(super) anchor: PathBuf,
    /// Where the person is, who is shown files as they are found from there.
    pub(super) here: PathBuf,
}

impl Loop {
    /// Goes on until the end.
    pub(super) fn run(&mut self, happened: &Receiver<Happened>) -> Result<()> {
        while let Ok(what) = happened.recv() {
            let ended = match what {
                Happened::Loop(event) => self.on(*event),
                // Nobody waits for that before anything serves; this tool itself has touched files.
                Happened::Unchanged if *self.stands.borrow() == Standing::Building => false,
                Happened::Unchanged => {
                    let text = "files were touched, and their contents are the same";
                    self.report.mention(&Message::DevUnchanged, text);
                    false
                }
                Happened::Served => {
                    self.run_again();
                    false
                }
                Happened::Gone => {
                    self.on(Event::Stop);
                    return Err(only::gone(&self.anchor));
                }
                Happened::Pressed(key) => self.pressed(key),
                Happened::Broken(what) => return Err(broken(what)),
            };
            if ended {
                break;
            }
        }
        Ok(())
    }

    /// Has the loop take an event in, and does what follows; answers whether that is the end.
    fn on(&mut self, event: Event) -> bool {
        let mut ended = false;
        if matches!(event, Event::Swapped { .. }) {
            self.becomes(Standing::Serving);
        }
        for action in self.turns.on(event) {
            match action {
                Action::Build {
                    turn,
                    due,
                    after,
                    ahead,
                } => {
                    self.becomes(Standing::Building);
                    if !ahead {
                        self.building(turn, &due);
                    }
                    self.give(Job::Build { turn, due, after });
                }
                Action::Due { turn, due } => self.building(turn, &due),
                Action::Cancel { turn, ahead } => {
                    self.cancel.turn(turn);
                    if !ahead {
                        self.report.mention(
                            &Message::DevCancelled { turn },
                            "what is built has changed: the build begins anew",
                        );
                    }
                }
                Action::Swap { turn, made } => self.give(Job::Swap { turn, made }),
                Action::Tell { turn, trouble } => {
                    self.becomes(Standing::Waiting);
                    self.failed(turn, trouble);
                }
                Action::End => ended = true,
            }
        }
        ended
    }

    fn becomes(&self, next: Standing) {
        self.stands.send_if_modified(|standing| standing.becomes(next));
    }

    fn give(&self, job: Job) {
        // The worker listens as long as the loop goes on.
        let _ = self.jobs.send(job);
    }

    fn building(&self, turn: Turn, due: &Due) {
        let components = due.components.iter().map(|name| name.as_str());
        let files = due.files.iter().map(|path| files::shown(path, &self.here));
        let message = Message::DevBuilding {
            turn,
            components: if due.project {
                Vec::new()
            } else {
                components.collect()
            },
            files: files.collect(),
        };
        self.report.mention(&message, "building");
    }

    fn failed(&self, turn: Turn, trouble: Trouble) {
        let Trouble {
            failure,
            diagnostics,
            files,
            cargo,
        } = trouble;
        self.report.diagnostics(turn, &diagnostics);
        self.report.failure(&failure);
        let serves = *self.stands.borrow() == Standing::Serving;
        self.report
            .say(&Message::DevTurn(DevTurn::failed(turn, files, cargo, serves)));
    }

    fn run_again(&self) {
        if let Some(again) = &self.again {
            again.make();
        }
    }

    fn pressed(&mut self, key: Key) -> bool {
        match key {
            Key::Rebuild => {
                return self.on(Event::Change(Due::all()));
            }
            Key::Again => match &self.again {
                Some(again) => again.make(),
                None => self.report.note("there is no run to make again: --run names one"),
            },
            Key::Clear => self.report.clear(),
            Key::Level => self.report.note(&format!("shown: {}", self.shown.next())),
            Key::Quit => return self.on(Event::Stop),
        }
        false
    }
}

/// Why a loop ends without which nothing would happen any more.
fn broken(what: &str) -> Failure {
    let message = format!("the thread that {what} has broken down");
    Failure::new(Reason::Airs(Code::Internal), message)
        .hint("nothing of the state is lost: start `cargo airs dev` again")
}

impl Drop for Loop {
    fn drop(&mut self) {
        // Whatever ended it: no build goes on.
        self.cancel.turn(Turn::MAX);
    }
}
