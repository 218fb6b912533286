//! What components were denied, and its record.

use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use airs_core::{Code, Error, Event, Name, Observer, Result};
use airs_platform::{Denial, DenialLog, Denials};

use crate::builder::State;
use crate::contexts::{self, Contexts};
use crate::runtime::Runtime;

impl Runtime {
    /// What components were denied in a context, the runtime's first one unless said: what is still kept of it, the
    /// oldest first. A run that fails takes nothing out of it. With the state in a folder other processes may have
    /// added to it.
    ///
    /// ```
    /// use airs_runtime::Runtime;
    ///
    /// let runtime = Runtime::builder().build()?;
    /// for denial in runtime.denials(None)?.all {
    ///     println!("{} {}: {} ({})", denial.run, denial.component, denial.message, denial.capability);
    /// }
    /// # Ok::<(), airs_runtime::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Code::NotFound`] when there is no such context, [`Code::StorageUnavailable`] when the record cannot be read.
    pub fn denials(&self, context: Option<&Name>) -> Result<Denials> {
        read(&self.inner.contexts.find(context)?.denials)
    }
}

impl State {
    /// What components were denied in a context over this state, without a runtime: [`Runtime::denials`]. Looking makes
    /// nothing.
    ///
    /// ```
    /// use airs_runtime::{Name, State};
    ///
    /// let denials = State::folder("not/there").denials(&Name::local())?;
    /// assert!(denials.all.is_empty());
    /// # Ok::<(), airs_runtime::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Code::StorageUnavailable`] when the record cannot be read.
    pub fn denials(&self, context: &Name) -> Result<Denials> {
        read(&contexts::denials(self, context))
    }
}

fn read(log: &DenialLog) -> Result<Denials> {
    log.read().map_err(|error| {
        let message = format!("the record of denials{} cannot be read", place(log));
        Error::new(Code::StorageUnavailable, message).caused_by(error.to_string())
    })
}

/// ` in PATH`, if it is anywhere.
fn place(log: &DenialLog) -> String {
    let path = log.path();
    path.map_or_else(String::new, |path| format!(" in {}", path.display()))
}

/// Records what is denied before `observer` is told. It is done at once, on the thread that is told: only who is denied
/// something waits for it, and what was denied is known whatever happens next.
pub(crate) fn recording(observer: Observer, contexts: &Contexts) -> Observer {
    let logs: Vec<(Name, Arc<DenialLog>)> = contexts
        .all()
        .map(|held| (held.context.name().clone(), Arc::clone(&held.denials)))
        .collect();
    Arc::new(move |event| {
        if let Some((context, denial)) = denied(event)
            && let Some((_, log)) = logs.iter().find(|(name, _)| name == context)
            && let Err(error) = log.record(denial)
        {
            let message = format!("a denial could not be recorded{}: {error}", place(log));
            observer(&Event::RecordFault {
                context,
                message: &message,
            });
        }
        observer(event);
    })
}

fn denied<'a>(event: &Event<'a>) -> Option<(&'a Name, Denial)> {
    let Event::Denied {
        context: Some(context),
        component,
        run,
        attempt,
        capability,
        message,
    } = *event
    else {
        return None;
    };
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let denial = Denial {
        // Its own.
        number: 0,
        time_ms: u64::try_from(since.as_millis()).unwrap_or(u64::MAX),
        run: run.to_owned(),
        attempt,
        component: component.to_string(),
        capability: capability.to_string(),
        message: message.to_owned(),
    };
    Some((context, denial))
}
