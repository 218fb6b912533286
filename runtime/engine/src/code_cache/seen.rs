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
#[derive(Debug)]
pub(super) struct Seen {
    entries: Mutex<HashMap<String, Identity>>,
    settled: Duration,
}

impl Default for Seen {
    fn default() -> Self {
        Self::settled_after(SETTLED)
    }
}

impl Seen {
    /// What remembers files that were not changed for so long.
    fn settled_after(settled: Duration) -> Self {
        Self {
            entries: Mutex::default(),
            settled,
        }
    }

    /// Whether the entry was hashed, and is unchanged since.
    pub(super) fn has(&self, name: &str, identity: &Identity) -> bool {
        self.entries().get(name) == Some(identity)
    }

    /// Remembers an entry that was hashed, unless it was changed a moment ago.
    pub(super) fn remember(&self, name: &str, identity: Identity, now: SystemTime) {
        if now
            .duration_since(identity.changed)
            .is_ok_and(|age| age > self.settled)
        {
            let mut entries = self.entries();
            if entries.len() >= ENTRIES_MAX {
                entries.clear();
            }
            entries.insert(name.to_owned(), identity);
        }
    }

    fn entries(&self) -> MutexGuard<'_, HashMap<String, Identity>> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use std::fs::{self, File};
    use std::path::Path;
    use std::time::{Duration, Instant, SystemTime};

    use super::Seen;
    use crate::code_cache::entry::{CodeName, Entry, Refusal};
    use crate::code_cache::folder::Folder;
    use crate::code_cache::key::Key;
    use crate::os::{self, Identity};

    fn identity(path: &Path) -> Identity {
        os::identity(&fs::metadata(path).unwrap()).unwrap()
    }

    /// Writes what is as long, as if nothing had been: the time at which the content was changed is put back. As often
    /// as the file system's clock needs to notice.
    fn forge(path: &Path, bytes: &[u8]) {
        let (before, about) = (identity(path), fs::metadata(path).unwrap());
        assert_eq!(about.len(), bytes.len() as u64);
        let began = Instant::now();
        while identity(path) == before {
            assert!(began.elapsed().as_secs() < 10, "a write is not noticed");
            fs::write(path, bytes).unwrap();
            let file = File::options().write(true).open(path).unwrap();
            file.set_modified(about.modified().unwrap()).unwrap();
        }
    }

    #[test]
    fn what_was_changed_or_replaced_is_hashed_again() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("entry");
        fs::write(&path, "code").unwrap();
        let (seen, later) = (Seen::default(), SystemTime::now() + Duration::from_secs(60));
        seen.remember("a", identity(&path), later);
        assert!(seen.has("a", &identity(&path)) && !seen.has("b", &identity(&path)));
        forge(&path, b"evil");
        assert!(!seen.has("a", &identity(&path)));

        seen.remember("a", identity(&path), later);
        let beside = folder.path().join("beside");
        fs::write(&beside, "evil").unwrap();
        fs::rename(&beside, &path).unwrap();
        assert!(!seen.has("a", &identity(&path)));
    }

    #[test]
    fn an_entry_that_was_taken_is_not_taken_when_it_was_changed_since() {
        let parent = tempfile::tempdir().unwrap();
        let folder = Folder::open(&parent.path().join("code")).unwrap().unwrap();
        let key = Key::open(&folder).unwrap();
        let (digest, engine) = ([1; 32], [2; 32]);
        let name = CodeName {
            digest: &digest,
            engine: &engine,
        };
        let entry = Entry::new(folder.path(), &name);
        entry.write(&key, b"code").unwrap();

        let seen = Seen::settled_after(Duration::ZERO);
        let path = entry.verify(&key, &seen).unwrap().unwrap();
        assert_eq!(seen.entries().len(), 1, "it is remembered");
        assert!(entry.verify(&key, &seen).unwrap().is_some());
        let mut bytes = fs::read(path).unwrap();
        bytes[0] ^= 1;
        forge(path, &bytes);
        assert!(matches!(entry.verify(&key, &seen), Err(Refusal::Changed)));
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
