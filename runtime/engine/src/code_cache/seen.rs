//! What need not be hashed again.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use crate::os::Identity;

/// A change within the same tick of the file system's clock, a hundredth of a second at most, leaves no trace in a
/// file's times; some network file systems count in whole seconds.
const SETTLED: Duration = Duration::from_secs(2);
/// Ten times as many entries as fit into a cache of the usual size: some were removed since.
const ENTRIES_MAX: usize = 30_000;

/// The entries that this process has hashed, by their names, as the file system knew them then. The system executes any
/// program without hashing it; what it says was not written to since it was hashed is as it was.
#[derive(Debug, Default)]
pub(super) struct Seen(Mutex<HashMap<String, Identity>>);

impl Seen {
    /// Whether the entry was hashed, and is unchanged since.
    pub(super) fn has(&self, name: &str, identity: &Identity) -> bool {
        self.entries().get(name) == Some(identity)
    }

    /// Remembers an entry that was hashed, unless it was changed a moment ago.
    pub(super) fn remember(&self, name: &str, identity: Identity, now: SystemTime) {
        if now
            .duration_since(identity.changed)
            .is_ok_and(|age| age > SETTLED)
        {
            let mut entries = self.entries();
            if entries.len() >= ENTRIES_MAX {
                entries.clear();
            }
            entries.insert(name.to_owned(), identity);
        }
    }

    fn entries(&self) -> MutexGuard<'_, HashMap<String, Identity>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(unix)]
#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;
    use std::time::{Duration, SystemTime};

    use super::Seen;
    use crate::os::{self, Identity};

    fn identity(path: &Path) -> Identity {
        os::identity(&fs::metadata(path).unwrap()).unwrap()
    }

    #[test]
    fn what_was_changed_or_replaced_is_hashed_again() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("entry");
        fs::write(&path, "code").unwrap();
        let (seen, later) = (Seen::default(), SystemTime::now() + Duration::from_secs(3));
        seen.remember("a", identity(&path), later);
        assert!(seen.has("a", &identity(&path)) && !seen.has("b", &identity(&path)));
        fs::write(&path, "other").unwrap();
        assert!(!seen.has("a", &identity(&path)));

        seen.remember("a", identity(&path), later);
        let beside = folder.path().join("beside");
        fs::write(&beside, "thing").unwrap();
        fs::rename(&beside, &path).unwrap();
        assert!(!seen.has("a", &identity(&path)));
    }

    #[test]
    fn what_was_written_a_moment_ago_may_still_change_unnoticed() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let seen = Seen::default();
        seen.remember("a", identity(file.path()), SystemTime::now());
        assert!(!seen.has("a", &identity(file.path())));
        // A clock that was set back knows nothing either.
        seen.remember("a", identity(file.path()), SystemTime::UNIX_EPOCH);
        assert!(!seen.has("a", &identity(file.path())));
    }
}
