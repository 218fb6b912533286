//! How much of what happens in the runtime is shown.

use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};

use airs_runtime::Event;

use crate::node;
use crate::report::Report;

/// How much is shown; a key changes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Level {
    /// What goes wrong, and turns.
    Turns,
    /// What components log, too.
    Logs,
    /// Each run, too, and what it was denied.
    Runs,
}

/// The level of the moment.
#[derive(Clone, Debug)]
pub(super) struct Shown(Arc<AtomicU8>);

impl Shown {
    pub(super) fn new() -> Self {
        Self(Arc::new(AtomicU8::new(Level::Logs as u8)))
    }

    fn level(&self) -> Level {
        match self.0.load(Ordering::Relaxed) {
            0 => Level::Turns,
            1 => Level::Logs,
            _ => Level::Runs,
        }
    }

    /// Shows more, or, after the most, the least again; answers with what is shown then.
    pub(super) fn next(&self) -> &'static str {
        let (level, text) = match self.level() {
            Level::Turns => (Level::Logs, "turns, and what components log"),
            Level::Logs => (Level::Runs, "turns, what components log, and every run"),
            Level::Runs => (Level::Turns, "turns only"),
        };
        self.0.store(level as u8, Ordering::Relaxed);
        text
    }

    /// Shows an event, if it is to be.
    pub(super) fn tell(&self, event: &Event<'_>, report: &Report) {
        let level = self.level();
        if level == Level::Turns && matches!(event, Event::Log { .. }) {
            return;
        }
        node::tell(event, report);
        if level == Level::Runs
            && let Some(text) = said_of(event)
        {
            report.note(&text);
        }
    }
}

/// What is said of a run to who wants to know of each.
fn said_of(event: &Event<'_>) -> Option<String> {
    match event {
        Event::RunEnded {
            run,
            what,
            caller,
            attempts,
            replayed,
            failure,
            ..
        } => {
            let ended = match failure {
                Some(code) => format!("failed: {}", code.as_str()),
                None if *replayed => "was committed before".to_owned(),
                None => "is committed".to_owned(),
            };
            Some(format!(
                "run {run}, {what} for {caller}, {ended}; attempts {attempts}"
            ))
        }
        Event::Denied {
            component,
            run,
            message,
            ..
        } => Some(format!("run {run}: {component} was denied: {message}")),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use airs_runtime::{Code, Event};

    use super::{Level, Shown, said_of};

    #[test]
    fn a_key_leads_through_all_levels() {
        let shown = Shown::new();
        let levels = std::array::from_fn(|_| {
            shown.next();
            shown.level()
        });
        assert_eq!(levels, [Level::Runs, Level::Turns, Level::Logs]);
    }

    #[test]
    fn a_run_is_told_with_its_end() {
        let context = "local".parse().unwrap();
        let event = Event::RunEnded {
            context: &context,
            run: "1",
            what: "pay",
            caller: "alice",
            attempts: 2,
            replayed: false,
            failure: Some(Code::Conflict),
        };
        let said = said_of(&event).unwrap();
        assert_eq!(said, "run 1, pay for alice, failed: conflict; attempts 2");
    }
}
