//! Which events fit what a person wants to see.

use std::collections::BTreeMap;

use crate::journal::{Entry, Happened};
use crate::settings::Wanted;

/// Runs whose end was not seen; the oldest of more than that are given up. As many as a runtime has places for, and some.
const OPEN_MAX: usize = 4_096;

/// Picks events. Whom a run was for is known when it has ended, so that what happened in it waits until then.
#[derive(Debug)]
pub(super) struct Fitting {
    wanted: Wanted,
    open: BTreeMap<String, Vec<Entry>>,
}

impl Fitting {
    pub(super) fn new(wanted: Wanted) -> Self {
        Self {
            wanted,
            open: BTreeMap::new(),
        }
    }

    /// What fits now that this has happened, in the order in which it did.
    pub(super) fn next(&mut self, entry: Entry) -> Vec<Entry> {
        let Some(caller) = &self.wanted.caller else {
            return Vec::from_iter(self.fits(&entry).then_some(entry));
        };
        let Some(run) = entry.event.run().map(str::to_owned) else {
            return Vec::new();
        };
        if let Happened::RunEnded { caller: of, .. } = &entry.event {
            let before = self.open.remove(&run).unwrap_or_default();
            if of != caller {
                return Vec::new();
            }
            return before
                .into_iter()
                .chain([entry])
                .filter(|entry| self.fits(entry))
                .collect();
        }
        if self.open.len() >= OPEN_MAX && !self.open.contains_key(&run) {
            // Ids of runs begin with their time.
            self.open.pop_first();
        }
        self.open.entry(run).or_default().push(entry);
        Vec::new()
    }

    /// Whether an event fits, whomever it was for.
    fn fits(&self, entry: &Entry) -> bool {
        let Wanted {
            logs,
            component,
            run,
            since_ms,
            until_ms,
            ..
        } = &self.wanted;
        let is =
            |wanted: &Option<String>, found: Option<&str>| wanted.is_none() || wanted.as_deref() == found;
        (!logs || matches!(entry.event, Happened::Log { .. }))
            && is(component, entry.event.component())
            && is(run, entry.event.run())
            && since_ms.is_none_or(|since| entry.time_ms >= since)
            && until_ms.is_none_or(|until| entry.time_ms <= until)
    }
}

#[cfg(test)]
mod tests {
    use super::Fitting;
    use crate::journal::{Entry, Happened};
    use crate::settings::Wanted;

    fn log(time_ms: u64, component: &str, run: &str) -> Entry {
        let (component, run) = (component.to_owned(), run.to_owned());
        let (attempt, line) = (1, "line".to_owned());
        Entry {
            time_ms,
            event: Happened::Log {
                component,
                run,
                attempt,
                line,
            },
        }
    }

    fn ended(time_ms: u64, run: &str, caller: &str) -> Entry {
        let event = Happened::RunEnded {
            context: "local".to_owned(),
            run: run.to_owned(),
            what: "pay".to_owned(),
            caller: caller.to_owned(),
            attempts: 1,
            replayed: false,
            failure: None,
        };
        Entry { time_ms, event }
    }

    fn fitting(wanted: Wanted) -> Vec<u64> {
        let all = [
            log(1, "ledger", "a"),
            log(2, "rates", "b"),
            ended(3, "a", "alice"),
            log(4, "ledger", "b"),
            ended(5, "b", "bob"),
        ];
        let mut fitting = Fitting::new(wanted);
        all.into_iter()
            .flat_map(|entry| fitting.next(entry))
            .map(|entry| entry.time_ms)
            .collect()
    }

    #[test]
    fn what_fits_is_found() {
        let all = Wanted::default;
        let text = |text: &str| Some(text.to_owned());
        assert_eq!(fitting(all()), [1, 2, 3, 4, 5]);
        assert_eq!(fitting(Wanted { logs: true, ..all() }), [1, 2, 4]);
        assert_eq!(
            fitting(Wanted {
                component: text("ledger"),
                ..all()
            }),
            [1, 4]
        );
        assert_eq!(
            fitting(Wanted {
                component: text("pay"),
                ..all()
            }),
            [3, 5]
        );
        assert_eq!(
            fitting(Wanted {
                run: text("b"),
                ..all()
            }),
            [2, 4, 5]
        );
        assert_eq!(
            fitting(Wanted {
                caller: text("alice"),
                ..all()
            }),
            [1, 3]
        );
        assert_eq!(
            fitting(Wanted {
                caller: text("bob"),
                logs: true,
                ..all()
            }),
            [2, 4]
        );
        assert_eq!(
            fitting(Wanted {
                since_ms: Some(2),
                until_ms: Some(4),
                ..all()
            }),
            [2, 3, 4]
        );
    }
}
