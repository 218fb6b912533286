//! Putting what a turn has made into service.

use std::sync::Arc;

use airs_runtime::Name;

use super::Happened;
use super::made::{Made, Trouble};
use super::serve::milliseconds;
use super::turns::{Due, Event, Turn};
use super::worker::Worker;
use crate::files;
use crate::message::{DevTurn, Message};

impl Worker {
    /// Writes what serves, for commands that look at a component by itself.
    fn keep(&self, made: &Made) {
        let folder = self.project.workspace.output(&self.settings.node.profile);
        let file = |name: &Name| folder.join(format!("{name}.wasm"));
        made.removed.iter().for_each(|name| files::remove(&file(name)));
        for one in &made.components {
            if let Err(failure) = files::write(&file(&one.name), one.component.bytes()) {
                self.report.warn(failure.message());
            }
        }
    }

    /// Puts a turn into service, or says why it cannot be: then everything that serves serves on.
    pub(super) fn swap(&mut self, turn: Turn, made: &mut Made) {
        self.report.diagnostics(turn, &made.diagnostics);
        let swapped = match self.serving.swap(made) {
            Ok(swapped) => swapped,
            Err(refused) => {
                // It is named also when it is nobody's fault.
                let may_pass = refused.failure.may_pass();
                let trouble = Trouble {
                    files: made.files.clone(),
                    cargo: made.cargo,
                    ..refused.failure.into()
                };
                let names = made.components.iter().map(|one| one.name.clone());
                let owed = Due {
                    components: names
                        .filter(|name| may_pass || *name != refused.component)
                        .collect(),
                    ..Due::default()
                };
                return self.tell(Event::Failed { turn, trouble, owed });
            }
        };
        // Whoever hears of it and looks at the files finds these: the others are greeted after they are written.
        let writing = Arc::clone(&self.writing);
        let writing = writing.blocking_write();
        let is_new = !swapped.served.is_empty() || !swapped.removed.is_empty();
        self.report.say(&Message::DevTurn(DevTurn {
            turn,
            outcome: if is_new { "served" } else { "unchanged" },
            files: made.files.clone(),
            components: swapped.served,
            removed: swapped.removed,
            cargo_ms: milliseconds(made.cargo),
            swap_ms: milliseconds(swapped.took),
            serves: true,
        }));
        if is_new {
            let _ = self.happened.send(Happened::Served);
        }
        self.keep(made);
        drop(writing);
        self.tell(Event::Swapped { turn });
    }
}
