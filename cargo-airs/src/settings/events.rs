//! Which events a person wants to see.

use airs_runtime::Name;

use super::{Manifest, StatePlace};
use crate::args::{AllEventsArgs, EventsArgs, LogsArgs};

#[derive(Debug)]
pub(crate) struct Events {
    pub(crate) wanted: Wanted,
    /// The last ones of those that there are.
    pub(crate) last: usize,
    /// Whether to go on with what happens.
    pub(crate) follow: bool,
    pub(crate) context: Name,
    pub(crate) state: StatePlace,
    pub(crate) manifest: Manifest,
}

/// Which events fit.
#[derive(Clone, Debug, Default)]
pub(crate) struct Wanted {
    /// Only what components said.
    pub(crate) logs: bool,
    pub(crate) component: Option<String>,
    pub(crate) run: Option<String>,
    pub(crate) caller: Option<String>,
    pub(crate) since_ms: Option<u64>,
    pub(crate) until_ms: Option<u64>,
}

impl Events {
    pub(super) fn all(args: AllEventsArgs, for_cargo: impl Iterator<Item = &'static str>) -> Self {
        Self::new(args.events, false, for_cargo)
    }

    pub(super) fn logs(args: LogsArgs, for_cargo: impl Iterator<Item = &'static str>) -> Self {
        Self::new(args.events, true, for_cargo)
    }

    fn new(args: EventsArgs, logs: bool, for_cargo: impl Iterator<Item = &'static str>) -> Self {
        Self {
            wanted: Wanted {
                logs,
                component: args.component.map(|name| name.to_string()),
                run: args.run.map(|id| id.to_string()),
                caller: args.caller.map(|caller| caller.to_string()),
                since_ms: args.since.map(|moment| moment.time_ms),
                until_ms: args.until.map(|moment| moment.time_ms),
            },
            last: usize::try_from(args.last).unwrap_or(usize::MAX),
            follow: args.follow,
            context: args.context.unwrap_or_else(Name::local),
            state: StatePlace::from(args.state),
            manifest: Manifest::new(args.manifest, for_cargo),
        }
    }
}
