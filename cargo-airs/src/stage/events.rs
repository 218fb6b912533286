//! What has happened in a runtime, as far as it is kept.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use airs_runtime::{Code, Error, Event, Result};

use super::wire::Taken;
use crate::journal::Happened;

/// More lines of logs than a test looks through: what a guest floods its log with is bounded for each run, but not for a
/// runtime.
const LOG_EVENTS_MAX: usize = 100_000;
/// The same of everything else, which guests can have happen, too: what they are denied.
const OTHER_EVENTS_MAX: usize = 100_000;

/// The events of a runtime, in order.
#[derive(Clone, Debug, Default)]
pub(super) struct Events(Arc<Mutex<Kept>>);

#[derive(Debug, Default)]
struct Kept {
    all: Vec<Happened>,
    logs: usize,
    lost: u64,
}

impl Events {
    pub(super) fn note(&self, event: &Event<'_>) {
        let Some(happened) = Happened::of(event) else {
            return;
        };
        let mut kept = self.kept();
        let (is_log, logs) = (matches!(event, Event::Log { .. }), kept.logs);
        let has_room = match is_log {
            true => logs < LOG_EVENTS_MAX,
            false => kept.all.len() - logs < OTHER_EVENTS_MAX,
        };
        if has_room {
            kept.logs += usize::from(is_log);
            kept.all.push(happened);
        } else {
            kept.lost += 1;
        }
    }

    /// What has happened so far, if all of it was kept: a test that looks for what must not happen would not find it.
    pub(super) fn told(&self, how: Taken) -> Result<Vec<Happened>> {
        let mut kept = self.kept();
        let told = match kept.lost {
            0 => Ok(kept.all.clone()),
            lost => {
                let message = format!("{lost} events of the runtime were not kept: there are too many");
                Err(Error::new(Code::LimitExceeded, message)
                    .hint("`Runtime::take_events` makes room, before there are 100,000"))
            }
        };
        if how == Taken::Away {
            *kept = Kept::default();
        }
        told
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use airs_runtime::{Code, Event};

    use super::{Events, LOG_EVENTS_MAX, Taken};

    #[test]
    fn what_is_not_kept_is_not_passed_over_in_silence() {
        let (events, watch) = (Events::default(), "watch".parse().unwrap());
        let context = "test".parse().unwrap();
        let log = Event::Log {
            context: Some(&context),
            component: &watch,
            run: "1",
            attempt: 1,
            line: "again",
        };
        let ended = Event::RunEnded {
            context: &context,
            run: "1",
            what: "run",
            caller: "alice",
            attempts: 1,
            replayed: false,
            failure: None,
        };
        for _ in 0..LOG_EVENTS_MAX {
            events.note(&log);
        }
        // A flood of lines takes no room from what else happens.
        events.note(&ended);
        assert_eq!(events.told(Taken::Copied).unwrap().len(), LOG_EVENTS_MAX + 1);
        events.note(&log);
        for how in [Taken::Copied, Taken::Away] {
            assert_eq!(events.told(how).unwrap_err().code(), Code::LimitExceeded);
        }
        events.note(&ended);
        assert_eq!(events.told(Taken::Away).unwrap().len(), 1);
        assert_eq!(events.told(Taken::Copied).unwrap().len(), 0);
    }
}
