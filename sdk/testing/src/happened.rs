//! What has happened, as it is said over the pipe.

use airs::Code;
use serde::Deserialize;

use crate::event::{Denied, Event, Loaded, Log, Migrated, Refused, RunEnded, Unloaded};

#[derive(Debug, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub(crate) enum Happened {
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
    Refused {
        component: String,
        failure: String,
        message: String,
    },
    Unloaded {
        component: String,
        generation: u64,
    },
    Denied {
        component: String,
        run: String,
        attempt: u32,
        capability: String,
        message: String,
    },
    Migrated {
        context: String,
        #[serde(rename = "component")]
        driver: String,
        from: u32,
        to: u32,
    },
    RunEnded {
        context: String,
        run: String,
        what: String,
        caller: String,
        attempts: u32,
        replayed: bool,
        failure: Option<String>,
    },
    #[serde(other)]
    Other,
}

impl From<Happened> for Event {
    fn from(happened: Happened) -> Self {
        match happened {
            Happened::Log {
                component,
                run,
                attempt,
                line,
            } => Self::Log(Log {
                component,
                run,
                attempt,
                line,
            }),
            Happened::Denied {
                component,
                run,
                attempt,
                capability,
                message,
            } => Self::Denied(Denied {
                component,
                run,
                attempt,
                capability,
                message,
            }),
            Happened::RunEnded {
                context,
                run,
                what,
                caller,
                attempts,
                replayed,
                failure,
            } => Self::RunEnded(RunEnded {
                context,
                run,
                what,
                caller,
                attempts,
                replayed,
                failure: failure.as_deref().map(code),
            }),
            other => other.of_service(),
        }
    }
}

impl Happened {
    /// What has happened to a component in service, if it is that.
    fn of_service(self) -> Event {
        match self {
            Self::Loaded {
                component,
                generation,
            } => Event::Loaded(Loaded {
                component,
                generation,
            }),
            Self::Refused {
                component,
                failure,
                message,
            } => Event::Refused(Refused {
                component,
                failure: code(&failure),
                message,
            }),
            Self::Unloaded {
                component,
                generation,
            } => Event::Unloaded(Unloaded {
                component,
                generation,
            }),
            Self::Migrated {
                context,
                driver,
                from,
                to,
            } => Event::Migrated(Migrated {
                context,
                driver,
                from,
                to,
            }),
            _ => Event::Other,
        }
    }
}

/// One that this version does not know is something that it could not foresee.
fn code(text: &str) -> Code {
    text.parse().unwrap_or(Code::Internal)
}
