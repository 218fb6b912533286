//! Whether the system tells.

use std::fs;
use std::path::Path;
use std::sync::mpsc::channel;
use std::time::Duration;

use notify::{Config, RecommendedWatcher, RecursiveMode, Watcher as _};

/// An event of the system takes less than a millisecond; a machine may be busy.
const PROBE_MAX: Duration = Duration::from_secs(1);

/// How it is learnt that something has happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::command::dev) enum Means {
    /// The system tells.
    Native,
    /// Folders are looked through, again and again.
    Poll,
}

/// Whether the system tells what happens in a folder, found out by making it happen, unless it is not to be asked.
pub(in crate::command::dev) fn means_for(folder: &Path, poll: bool) -> Means {
    if poll {
        return Means::Poll;
    }
    let probe = folder.join(format!("probe-{}", std::process::id()));
    let (sender, receiver) = channel();
    let told = || -> notify::Result<bool> {
        let tell = move |event| {
            let _ = sender.send(event);
        };
        let mut watcher = RecommendedWatcher::new(tell, Config::default())?;
        watcher.watch(folder, RecursiveMode::NonRecursive)?;
        fs::write(&probe, "")?;
        Ok(matches!(receiver.recv_timeout(PROBE_MAX), Ok(Ok(_))))
    };
    let told = told().unwrap_or(false);
    crate::files::remove(&probe);
    if told { Means::Native } else { Means::Poll }
}
