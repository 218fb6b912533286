//! One thing that has happened, as it is kept.

use std::fmt;
use std::time::{SystemTime, UNIX_EPOCH};

use airs_runtime::Event;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// The longest text that is kept of one event; a line of a log may have twice as much.
pub(super) const TEXT_BYTES_MAX: usize = 4 << 10;

/// What has happened, and when.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq, Serialize)]
pub(crate) struct Entry {
    /// Milliseconds since 1970.
    pub(crate) time_ms: u64,
    #[serde(flatten)]
    pub(crate) event: Happened,
}

/// What has happened.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub(crate) enum Happened {
    Log {
        component: String,
        run: String,
        attempt: u32,
        line: String,
    },
    Denied {
        component: String,
        run: String,
        attempt: u32,
        capability: String,
        message: String,
    },
    RunEnded {
        /// None was noted of what was kept first.
        #[serde(default)]
        context: String,
        run: String,
        what: String,
        caller: String,
        attempts: u32,
        replayed: bool,
        failure: Option<String>,
    },
    Loaded {
        component: String,
        generation: u64,
        digest: String,
    },
    /// It was not put into service.
    Refused {
        component: String,
        digest: String,
        failure: String,
        message: String,
    },
    Unloaded {
        component: String,
        generation: u64,
    },
    Migrated {
        /// None was noted of what was kept first.
        #[serde(default)]
        context: String,
        component: String,
        from: u32,
        to: u32,
    },
    OwnerAwaited {
        run: String,
    },
    /// More happened than could be written.
    Lost {
        events: u64,
    },
}

impl Entry {
    pub(super) fn now(event: Happened) -> Self {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Self {
            time_ms: u64::try_from(since.as_millis()).unwrap_or(u64::MAX),
            event,
        }
    }

    /// The entry as a line of the file.
    pub(super) fn line(&self) -> Vec<u8> {
        let mut line = serde_json::to_vec(self).unwrap_or_default();
        line.push(b'\n');
        line
    }
}

impl Happened {
    /// An event, if it is one to be told of later. How code was made is nothing that happens in a context.
    pub(crate) fn of(event: &Event<'_>) -> Option<Self> {
        Some(match event {
            Event::Log {
                component,
                run,
                attempt,
                line,
                ..
            } => Self::Log {
                component: component.to_string(),
                run: (*run).to_owned(),
                attempt: *attempt,
                line: (*line).to_owned(),
            },
            Event::Denied {
                component,
                run,
                attempt,
                capability,
                message,
                ..
            } => Self::Denied {
                component: component.to_string(),
                run: (*run).to_owned(),
                attempt: *attempt,
                capability: capability.to_string(),
                message: (*message).to_owned(),
            },
            Event::RunEnded {
                context,
                run,
                what,
                caller,
                attempts,
                replayed,
                failure,
            } => Self::RunEnded {
                context: context.to_string(),
                run: (*run).to_owned(),
                what: (*what).to_owned(),
                caller: (*caller).to_owned(),
                attempts: *attempts,
                replayed: *replayed,
                failure: failure.map(|code| code.as_str().to_owned()),
            },
            Event::OwnerAwaited { run, .. } => Self::OwnerAwaited {
                run: (*run).to_owned(),
            },
            _ => return Self::of_service(event),
        })
    }

    /// The same, of what is in service and what is not.
    fn of_service(event: &Event<'_>) -> Option<Self> {
        Some(match event {
            Event::Loaded {
                name,
                generation,
                digest,
                ..
            } => Self::Loaded {
                component: name.to_string(),
                generation: *generation,
                digest: (*digest).to_owned(),
            },
            Event::Refused {
                name,
                digest,
                failure,
                message,
                ..
            } => Self::Refused {
                component: name.to_string(),
                digest: (*digest).to_owned(),
                failure: failure.as_str().to_owned(),
                message: (*message).to_owned(),
            },
            Event::Unloaded { name, generation, .. } => Self::Unloaded {
                component: name.to_string(),
                generation: *generation,
            },
            Event::Migrated {
                context,
                driver,
                from,
                to,
                ..
            } => Self::Migrated {
                context: context.to_string(),
                component: driver.to_string(),
                from: *from,
                to: *to,
            },
            _ => return None,
        })
    }

    /// What a component, or the host, has said in words.
    pub(super) fn text_mut(&mut self) -> Option<&mut String> {
        match self {
            Self::Log { line, .. } => Some(line),
            Self::Denied { message, .. } | Self::Refused { message, .. } => Some(message),
            _ => None,
        }
    }

    pub(crate) fn component(&self) -> Option<&str> {
        match self {
            Self::Log { component, .. }
            | Self::Denied { component, .. }
            | Self::Loaded { component, .. }
            | Self::Refused { component, .. }
            | Self::Unloaded { component, .. }
            | Self::Migrated { component, .. } => Some(component),
            Self::RunEnded { what, .. } => Some(what),
            Self::OwnerAwaited { .. } | Self::Lost { .. } => None,
        }
    }

    pub(crate) fn run(&self) -> Option<&str> {
        match self {
            Self::Log { run, .. }
            | Self::Denied { run, .. }
            | Self::RunEnded { run, .. }
            | Self::OwnerAwaited { run } => Some(run),
            _ => None,
        }
    }
}

impl fmt::Display for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let time = i64::try_from(self.time_ms)
            .ok()
            .and_then(|ms| Timestamp::from_millisecond(ms).ok());
        write!(f, "{:.3}  {}", time.unwrap_or_default(), self.event)
    }
}

impl fmt::Display for Happened {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Log { component, line, .. } => write!(f, "{component}: {line}"),
            Self::Denied {
                component,
                run,
                message,
                ..
            } => write!(f, "{component} was denied something in run {run}: {message}"),
            Self::RunEnded {
                run,
                what,
                caller,
                attempts,
                replayed,
                failure,
                ..
            } => {
                write!(f, "run {run}: {what} of {caller} ")?;
                match failure {
                    Some(code) => write!(f, "failed: {code}")?,
                    None if *replayed => write!(f, "was done before")?,
                    None => write!(f, "is done")?,
                }
                match attempts {
                    0 | 1 => Ok(()),
                    attempts => write!(f, ", after {attempts} attempts"),
                }
            }
            Self::Loaded {
                component,
                generation,
                digest,
            } => {
                let digest = crate::message::short(digest);
                write!(f, "{component} serves, generation {generation}, sha256 {digest}")
            }
            Self::Refused { message, .. } => write!(f, "not put into service: {message}"),
            Self::Unloaded {
                component,
                generation,
            } => {
                write!(f, "{component} does not serve any more, generation {generation}")
            }
            Self::Migrated {
                component, from, to, ..
            } => {
                write!(
                    f,
                    "what {component} has stored was migrated, from schema version {from} to {to}"
                )
            }
            Self::OwnerAwaited { run } => {
                write!(f, "run {run} waits for another process, which owns the state")
            }
            Self::Lost { events } => write!(f, "{events} events were not kept: there were too many at once"),
        }
    }
}
