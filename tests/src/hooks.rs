//! Meeting points: a guest's line stops its run until something else has happened.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard};

use airs_runtime::Event;

type Hook = Arc<dyn Fn() + Send + Sync>;

/// What guests logged, and what is to happen when they log certain lines.
///
/// A line is handed over while its guest waits, so that what a hook does happens in the middle of the run.
#[derive(Clone, Default)]
pub(crate) struct Hooks(Arc<Mutex<Inner>>);

#[derive(Default)]
struct Inner {
    lines: HashMap<String, Vec<String>>,
    hooks: HashMap<String, Hook>,
}

impl Hooks {
    /// Notes an event, and does what its line calls for.
    pub(crate) fn notice(&self, event: &Event<'_>) {
        let Event::Log {
            component,
            run,
            attempt,
            line,
            ..
        } = event
        else {
            return;
        };
        let mut inner = self.inner();
        let lines = inner.lines.entry((*run).to_owned()).or_default();
        lines.push(format!("{component}#{attempt}: {line}"));
        let hook = inner.hooks.get(*line).cloned();
        drop(inner);
        if let Some(hook) = hook {
            // On a thread of its own: a hook makes runs and waits for them, which a guest's thread may not.
            std::thread::scope(|scope| {
                scope.spawn(|| hook());
            });
        }
    }

    pub(crate) fn set(&self, line: &str, hook: impl Fn() + Send + Sync + 'static) {
        self.inner().hooks.insert(line.to_owned(), Arc::new(hook));
    }

    pub(crate) fn lines(&self, run: &str) -> Vec<String> {
        self.inner().lines.get(run).cloned().unwrap_or_default()
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().expect("no test panics with it")
    }
}

impl fmt::Debug for Hooks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Hooks").finish_non_exhaustive()
    }
}
