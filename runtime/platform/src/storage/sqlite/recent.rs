//! What was read and written lately, in memory: there it is found without a statement, a walk over pages and a sum.

use std::collections::HashMap;
use std::mem;
use std::sync::{Mutex, MutexGuard, PoisonError};

use hashlink::LruCache;

use super::super::{Bytes, Key, KeyHash, Stored, Version};
use super::schema::Point;

/// Keys and values, with what is remembered beside them: some 30,000 accounts. The places of entries that larger ones
/// have displaced are kept for others, up to 5 MiB more.
const BYTES_MAX: usize = 8 << 20;

/// A value that is longer is read from the file: it would displace a hundred accounts.
const VALUE_BYTES_MAX: usize = 32 << 10;

/// An entry beside its key and value: its place in the map, and two allocations.
const ENTRY_BYTES: usize = 160;

/// Keys that a group of commits may write for them to be remembered: 512 transfers. Who reads waits while they are put
/// into the map, and is not to wait for more.
const WRITTEN_MAX: usize = 4_096;

/// What a group of commits has written: for each key the number of the commit that was the last to write it, and the value.
pub(super) type Written = HashMap<Key, (Version, Option<Bytes>), KeyHash>;

/// What is stored under some of the keys, from the first time on that this storage has committed or acquired.
///
/// Only what is durable is in it. Whoever commits through another connection than the one writer of this storage leaves
/// it behind: snapshots of what came after [`as_of`](Known::as_of) find nothing here, until the writer
/// [`begin`](Self::begin)s again.
#[derive(Default)]
pub(super) struct Recent(Mutex<Known>);

struct Known {
    /// Up to where all commits are known.
    as_of: Point,
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
    pub(super) fn get(&self, snapshot: Point, key: &[u8]) -> Option<Option<Stored>> {
        let mut known = self.known();
        if snapshot.origin != known.as_of.origin || snapshot.newest > known.as_of.newest {
            return None;
        }
        let entry = known.entries.get(key)?;
        (entry.since <= snapshot.newest).then(|| entry.stored.clone())
    }

    /// A snapshot has this under a key. If it was taken before the newest commit, that may have changed it.
    pub(super) fn learn(&self, snapshot: Point, key: &[u8], stored: &Option<Stored>) {
        let since = stored.as_ref().map_or(snapshot.newest, |stored| stored.version);
        let mut known = self.known();
        if snapshot == known.as_of {
            known.put(key.to_vec(), since, stored.clone());
        }
    }

    /// The one who writes finds the file at this point, in the transaction in which it writes. If that is another one
    /// than is known, somebody else has written.
    pub(super) fn begin(&self, point: Point) {
        if self.known().as_of != point {
            self.forget(point);
        }
    }

    /// That transaction is durable: it has led to this point, and has written this.
    pub(super) fn publish(&self, point: Point, written: Written) {
        if written.len() > WRITTEN_MAX {
            return self.forget(point);
        }
        let mut known = self.known();
        for (key, (version, value)) in written {
            let stored = value.map(|value| Stored { value, version });
            known.put(key, version, stored);
        }
        // The last: until then no snapshot finds what was put there.
        known.as_of = point;
    }

    fn forget(&self, as_of: Point) {
        let nothing = Known {
            as_of,
            ..Known::default()
        };
        // Dropped after the lock was given back.
        let _known = mem::replace(&mut *self.known(), nothing);
    }

    /// A panic with the lock leaves nothing that is not so: what was published in part is newer than all snapshots that
    /// find something here, and is forgotten when the writer begins again.
    fn known(&self) -> MutexGuard<'_, Known> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Known {
    /// Remembers what is under a key, in place of what was, or forgets it.
    fn put(&mut self, key: Key, since: Version, stored: Option<Stored>) {
        if let Some((key, entry)) = self.entries.remove_entry(&key) {
            self.bytes -= entry.bytes(&key);
        }
        let entry = Entry { since, stored };
        if entry.value_bytes() > VALUE_BYTES_MAX {
            return;
        }
        self.bytes += entry.bytes(&key);
        self.entries.insert(key, entry);
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
            as_of: Point::default(),
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

    fn at(newest: Version) -> Point {
        Point {
            origin: [7; 16],
            newest,
        }
    }

    fn stored(version: Version, value: &[u8]) -> Stored {
        let value = value.into();
        Stored { value, version }
    }

    fn write(recent: &Recent, version: Version, key: &str, value: Option<&[u8]>) {
        let written = [(key.into(), (version, value.map(Bytes::from)))];
        recent.publish(at(version), written.into_iter().collect());
    }

    #[test]
    fn a_snapshot_finds_what_was_there_when_it_was_taken_or_nothing() {
        let recent = Recent::default();
        recent.begin(at(4));
        write(&recent, 5, "key", Some(b"5"));
        write(&recent, 6, "other", None);
        assert_eq!(recent.get(at(4), b"key"), None);
        assert_eq!(recent.get(at(5), b"key"), Some(Some(stored(5, b"5"))));
        assert_eq!(recent.get(at(6), b"key"), Some(Some(stored(5, b"5"))));
        assert_eq!(
            (recent.get(at(5), b"other"), recent.get(at(6), b"other")),
            (None, Some(None))
        );
        // Somebody else has written it, or this process, which has not said so yet.
        assert_eq!(recent.get(at(7), b"key"), None);
        // Of another file.
        let elsewhere = Point {
            origin: [8; 16],
            newest: 6,
        };
        assert_eq!(recent.get(elsewhere, b"key"), None);
    }

    #[test]
    fn what_an_older_snapshot_has_is_not_learned() {
        let recent = Recent::default();
        recent.begin(at(4));
        recent.learn(at(4), b"absent", &None);
        recent.learn(at(4), b"there", &Some(stored(2, b"2")));
        recent.learn(at(3), b"before", &None);
        recent.learn(at(5), b"after", &None);
        recent.learn(
            Point {
                origin: [8; 16],
                newest: 4,
            },
            b"elsewhere",
            &None,
        );
        write(&recent, 5, "key", None);
        let find = |newest, key: &str| recent.get(at(newest), key.as_bytes());
        assert_eq!((find(5, "absent"), find(3, "absent")), (Some(None), None));
        assert_eq!(find(3, "there"), Some(Some(stored(2, b"2"))));
        let found = ["before", "after", "elsewhere"].map(|key| find(5, key));
        assert_eq!(found, [None, None, None]);
    }

    #[test]
    fn nothing_is_left_once_somebody_else_has_written() {
        let recent = Recent::default();
        recent.begin(at(4));
        write(&recent, 5, "key", Some(b"5"));
        recent.begin(at(5));
        assert!(recent.get(at(5), b"key").is_some());
        recent.begin(at(6));
        assert_eq!(
            (recent.get(at(5), b"key"), recent.get(at(6), b"key")),
            (None, None)
        );
    }

    #[test]
    fn what_was_used_last_stays_within_the_bytes_and_long_values_do_not() {
        let recent = Recent::default();
        recent.begin(at(1));
        let value = vec![0; VALUE_BYTES_MAX];
        let count = 2 * BYTES_MAX / VALUE_BYTES_MAX;
        for number in 0..count {
            recent.learn(at(1), number.to_string().as_bytes(), &Some(stored(1, &value)));
            assert!(recent.get(at(1), b"0").is_some());
            assert!(recent.known().bytes <= BYTES_MAX);
        }
        let kept = recent.known().entries.len();
        assert!(kept > count / 3 && kept < count / 2, "{kept}");
        assert!(recent.get(at(1), b"1").is_none());

        let before = recent.known().bytes;
        write(&recent, 2, "0", Some(&[value.as_slice(), &[0]].concat()));
        assert!(recent.get(at(2), b"0").is_none());
        assert!(recent.known().bytes < before);
    }

    #[test]
    fn a_group_that_writes_very_much_is_not_remembered_and_nothing_before_it_is() {
        let recent = Recent::default();
        recent.begin(at(1));
        write(&recent, 2, "key", Some(b"2"));
        let written = (0..=WRITTEN_MAX).map(|number| (number.to_string().into(), (3, None)));
        recent.publish(at(3), written.collect());
        let found = ["0", "key"].map(|key| recent.get(at(3), key.as_bytes()));
        assert_eq!(found, [None, None]);
        // It goes on from there.
        recent.learn(at(3), b"key", &None);
        assert_eq!(recent.get(at(3), b"key"), Some(None));
    }
}
