//! What has happened in a runtime, for its test.

use airs_runtime::Event;
use serde::Serialize;

/// An event that a test is told.
#[derive(Clone, Debug, Serialize)]
#[serde(tag = "event", rename_all = "kebab-case")]
pub(crate) enum Told {
    Loaded {
        component: String,
        generation: u64,
    },
    Log {
        component: String,
        run: String,
        attempt: u32,
        line: String,
    },
    Denied {
        component: String,
        run: String,
        capability: String,
        message: String,
    },
    Migrated {
        context: String,
        driver: String,
        from: u32,
        to: u32,
    },
    RunEnded {
        run: String,
        what: String,
        caller: String,
        attempts: u32,
        replayed: bool,
        failure: Option<&'static str>,
    },
    Other,
}

impl Told {
    pub(super) fn of(event: &Event<'_>) -> Self {
        match *event {
            Event::Loaded { name, generation, .. } => Self::Loaded {
                component: name.to_string(),
                generation,
            },
            Event::Log {
                component,
                run,
                attempt,
                line,
            } => Self::Log {
                component: component.to_string(),
                run: run.to_owned(),
                attempt,
                line: line.to_owned(),
            },
            Event::Denied {
                component,
                run,
                capability,
                message,
                ..
            } => Self::Denied {
                component: component.to_string(),
                run: run.to_owned(),
                capability: capability.to_string(),
                message: message.to_owned(),
            },
            Event::Migrated {
                context,
                driver,
                from,
                to,
                ..
            } => Self::Migrated {
                context: context.to_string(),
                driver: driver.to_string(),
                from,
                to,
            },
            Event::RunEnded {
                run,
                what,
                caller,
                attempts,
                replayed,
                failure,
            } => Self::RunEnded {
                run: run.to_owned(),
                what: what.to_owned(),
                caller: caller.to_owned(),
                attempts,
                replayed,
                failure: failure.map(|code| code.as_str()),
            },
            _ => Self::Other,
        }
    }
}
