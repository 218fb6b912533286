//! What the development loop says to who asks: what the run's guests log, line by line, and at last how it ended.

use airs_runtime::Event;
use serde::{Deserialize, Serialize};

use super::Told;
use crate::message::Message;

/// One thing that is said.
#[derive(Debug, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Said {
    Log(Logged),
    Ended(Told),
}

/// A line that a guest has logged.
#[derive(Debug, Deserialize, Serialize)]
pub(crate) struct Logged {
    component: String,
    run: String,
    attempt: u32,
    line: String,
}

impl Said {
    /// What is said of an event; most are the loop's own affair.
    pub(crate) fn of(event: &Event<'_>) -> Option<Self> {
        let Event::Log {
            component,
            run,
            attempt,
            line,
            ..
        } = event
        else {
            return None;
        };
        Some(Self::Log(Logged {
            component: component.to_string(),
            run: (*run).to_owned(),
            attempt: *attempt,
            line: (*line).to_owned(),
        }))
    }
}

impl Logged {
    pub(crate) fn message(&self) -> Message<'_> {
        Message::Log {
            component: &self.component,
            run: &self.run,
            attempt: self.attempt,
            line: &self.line,
        }
    }
}
