//! Learning that something has happened where the system does not tell: files are looked at again and again, as far as
//! that costs nothing.
//!
//! Only what is an input is looked at, and to the full resolution of its times: an editor's save and its formatter's are in one
//! second.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, SystemTime};

use super::inputs::{Interest, earliest};
use crate::os;

/// How often it is looked.
const POLL: Duration = Duration::from_millis(300);

/// Looks as long as it lives.
#[derive(Debug)]
pub(super) struct Poll {
    looks: Arc<Mutex<Looks>>,
    /// Its end is the end of the thread.
    _goes_on: Sender<()>,
}

#[derive(Debug, Default)]
struct Looks {
    paths: BTreeSet<PathBuf>,
    seen: BTreeMap<PathBuf, About>,
}

/// What the system says of a file without opening it.
#[derive(Clone, Debug, PartialEq, Eq)]
struct About {
    bytes: u64,
    times: (Option<SystemTime>, Option<SystemTime>),
    file: Option<(u64, u64)>,
    /// It was written a moment ago: another write may leave no trace.
    passing: bool,
}

impl Poll {
    /// Begins to look; `tell` is told when something is other than it was.
    pub(super) fn start(tell: impl Fn() + Send + 'static) -> Self {
        let looks = Arc::new(Mutex::new(Looks::default()));
        let shared = Arc::clone(&looks);
        let (goes_on, end) = channel();
        thread::spawn(move || {
            while end.recv_timeout(POLL) == Err(RecvTimeoutError::Timeout) {
                if lock(&shared).again() {
                    tell();
                }
            }
        });
        Self {
            looks,
            _goes_on: goes_on,
        }
    }

    /// What is looked at from now on, and is as it should be as it is now.
    pub(super) fn watch(&self, interest: &Interest) {
        let mut looks = lock(&self.looks);
        looks.paths = interest.paths.union(&interest.searched).cloned().collect();
        // Other folders come and go with what is in them; where links lead is among the paths itself.
        let is_folder = |path: &PathBuf| path.symlink_metadata().is_ok_and(|about| about.is_dir());
        looks
            .paths
            .retain(|path| interest.searched.contains(path) || !is_folder(path));
        looks.again();
    }
}

fn lock(looks: &Mutex<Looks>) -> MutexGuard<'_, Looks> {
    looks.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Looks {
    /// Looks, and answers whether something is other than it was.
    fn again(&mut self) -> bool {
        let from_now = earliest();
        let about = |path: &PathBuf| Some((path.clone(), About::of(path, from_now)?));
        let seen: BTreeMap<_, _> = self.paths.iter().filter_map(about).collect();
        let changed = self.seen != seen;
        self.seen = seen;
        changed
    }
}

impl About {
    fn of(path: &Path, from_now: SystemTime) -> Option<Self> {
        let about = fs::symlink_metadata(path).ok()?;
        let written = os::written(&about);
        Some(Self {
            bytes: about.len(),
            times: (about.modified().ok(), written),
            file: os::identity(&about),
            passing: written.is_some_and(|written| written >= from_now),
        })
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::time::{Duration, SystemTime};

    use super::Looks;

    #[test]
    fn whatever_is_done_to_a_file_is_noticed_within_one_second() {
        let folder = tempfile::tempdir().unwrap();
        let file = |name: &str| folder.path().join(name);
        let mut looks = Looks {
            paths: [file("lib.rs"), file("later.rs")].into(),
            ..Looks::default()
        };
        assert!(!looks.again());
        let hour = SystemTime::now() - Duration::from_secs(3600);
        let set = |name: &str, time| fs::File::open(file(name)).unwrap().set_modified(time).unwrap();
        let write = |name: &str, text: &str, time| {
            fs::write(file(name), text).unwrap();
            set(name, time);
        };
        write("lib.rs", "a", hour);
        assert!(looks.again());
        // The same second, and the same size.
        write("lib.rs", "b", hour + Duration::from_millis(1));
        assert!(looks.again());
        // An older one takes its place.
        write("lib.rs.bak", "c", hour - Duration::from_secs(3600));
        fs::rename(file("lib.rs.bak"), file("lib.rs")).unwrap();
        assert!(looks.again());
        write("later.rs", "", hour);
        assert!(looks.again());
        fs::remove_file(file("later.rs")).unwrap();
        assert!(looks.again());
    }
}
