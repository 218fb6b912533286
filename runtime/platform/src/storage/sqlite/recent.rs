//! What was read and written lately, in memory: SQLite takes twenty times as long to find a row.

use std::sync::{Mutex, MutexGuard, PoisonError};

use hashlink::LruCache;

use super::super::{Bytes, Key, KeyHash, Stored, Version};

/// Keys and values, with what is remembered beside them: some 30,000 accounts.
const BYTES_MAX: usize = 8 << 20;

/// A value that is longer is read from the file: it would displace a hundred accounts, and copying it costs more than
/// finding it.
const VALUE_BYTES_MAX: usize = 32 << 10;

/// An entry beside its key and value: its place in the map, and two allocations.
const ENTRY_BYTES: usize = 160;

/// What is stored under some of the keys.
///
/// Only commits that are durable are in it. Whoever commits through another connection than the one writer of this
/// storage leaves it behind: snapshots of what came after [`as_of`](Known::as_of) find nothing here, until the writer
/// [`begin`](Self::begin)s again.
#[derive(Default)]
pub(super) struct Recent(Mutex<Known>);

struct Known {
    /// The newest commit that it knows of.
    as_of: Version,
    entries: LruCache<Key, Entry, KeyHash>,
    bytes: usize,
}

/// What was under a key at every version from `since` up to the one as of which all is known.
struct Entry {
    since: Version,
    stored: Option<Stored>,
}

impl Recent {
    /// What is under a key in a snapshot, if that is known: nothing, perhaps.
    pub(super) fn get(&self, snapshot: Version, key: &[u8]) -> Option<Option<Stored>> {
        let mut known = self.known();
        if snapshot > known.as_of {
            return None;
        }
        let entry = known.entries.get(key)?;
        (entry.since <= snapshot).then(|| entry.stored.clone())
    }

    /// A snapshot has this under a key. If it was taken before the newest commit, that may have changed it.
    pub(super) fn learn(&self, snapshot: Version, key: &[u8], stored: &Option<Stored>) {
        let mut known = self.known();
        if snapshot == known.as_of {
            known.put(key, snapshot, stored.clone());
        }
    }

    /// The one who writes finds `newest` to be the newest commit. If that is another one than is known of, somebody else
    /// has written.
    pub(super) fn begin(&self, newest: Version) {
        let mut known = self.known();
        if known.as_of != newest {
            *known = Known::default();
            known.as_of = newest;
        }
    }

    /// Commits up to `newest` are durable, and have written this.
    pub(super) fn publish(
        &self,
        newest: Version,
        written: impl IntoIterator<Item = (Key, Version, Option<Bytes>)>,
    ) {
        let mut known = self.known();
        for (key, version, value) in written {
            let stored = value.map(|value| Stored { value, version });
            known.put(&key, version, stored);
        }
        known.as_of = newest;
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Known {
    /// Remembers what is under a key, in place of what was, or forgets it.
    fn put(&mut self, key: &[u8], since: Version, stored: Option<Stored>) {
        if let Some((key, entry)) = self.entries.remove_entry(key) {
            self.bytes -= entry.bytes(&key);
        }
        let entry = Entry { since, stored };
        if entry.value_bytes() > VALUE_BYTES_MAX {
            return;
        }
        self.bytes += entry.bytes(key);
        self.entries.insert(key.to_vec(), entry);
        while self.bytes > BYTES_MAX
            && let Some((key, entry)) = self.entries.remove_lru()
        {
            self.bytes -= entry.bytes(&key);
        }
    }
}

impl Default for Known {
    fn default() -> Self {
        Self {
            as_of: 0,
            // It is bounded by bytes.
            entries: LruCache::with_hasher(usize::MAX, KeyHash::default()),
            bytes: 0,
        }
    }
}

impl Entry {
    fn value_bytes(&self) -> usize {
        self.stored.as_ref().map_or(0, |stored| stored.value.len())
    }

    fn bytes(&self, key: &[u8]) -> usize {
        ENTRY_BYTES + key.len() + self.value_bytes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stored(version: Version, value: &[u8]) -> Stored {
        let value = value.into();
        Stored { value, version }
    }

    fn write(recent: &Recent, version: Version, key: &str, value: Option<&[u8]>) {
        recent.publish(version, [(key.into(), version, value.map(Bytes::from))]);
    }

    #[test]
    fn a_snapshot_finds_what_was_there_when_it_was_taken_or_nothing() {
        let recent = Recent::default();
        recent.begin(4);
        write(&recent, 5, "key", Some(b"5"));
        write(&recent, 6, "other", None);
        assert_eq!(recent.get(4, b"key"), None);
        assert_eq!(recent.get(5, b"key"), Some(Some(stored(5, b"5"))));
        assert_eq!(recent.get(6, b"key"), Some(Some(stored(5, b"5"))));
        assert_eq!(
            (recent.get(5, b"other"), recent.get(6, b"other")),
            (None, Some(None))
        );
        // Somebody else has written it, or this process, which has not said so yet.
        assert_eq!(recent.get(7, b"key"), None);
    }

    #[test]
    fn what_an_older_snapshot_has_is_not_learned() {
        let recent = Recent::default();
        recent.begin(4);
        recent.learn(4, b"now", &None);
        recent.learn(3, b"before", &None);
        recent.learn(5, b"after", &None);
        write(&recent, 5, "key", None);
        let found = ["now", "before", "after"].map(|key| recent.get(5, key.as_bytes()));
        assert_eq!(found, [Some(None), None, None]);
    }

    #[test]
    fn nothing_is_left_once_somebody_else_has_written() {
        let recent = Recent::default();
        recent.begin(4);
        write(&recent, 5, "key", Some(b"5"));
        recent.begin(5);
        assert!(recent.get(5, b"key").is_some());
        recent.begin(6);
        assert_eq!((recent.get(5, b"key"), recent.get(6, b"key")), (None, None));
    }

    #[test]
    fn what_was_used_last_stays_within_the_bytes_and_long_values_do_not() {
        let recent = Recent::default();
        recent.begin(1);
        let value = vec![0; VALUE_BYTES_MAX];
        let count = 2 * BYTES_MAX / VALUE_BYTES_MAX;
        for number in 0..count {
            recent.learn(1, number.to_string().as_bytes(), &Some(stored(1, &value)));
            assert!(recent.get(1, b"0").is_some());
            assert!(recent.known().bytes <= BYTES_MAX);
        }
        let kept = recent.known().entries.len();
        assert!(kept > count / 3 && kept < count / 2, "{kept}");
        assert!(recent.get(1, b"1").is_none());

        let before = recent.known().bytes;
        write(&recent, 2, "0", Some(&[value.as_slice(), &[0]].concat()));
        assert!(recent.get(2, b"0").is_none());
        assert!(recent.known().bytes < before);
    }
}
