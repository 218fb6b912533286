//! What was read and written lately, in memory: there it is found without a statement, a walk over pages and a sum.

#[cfg(test)]
mod tests;

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

/// Prefixes of which is remembered how many bytes there are: as many as a context has drivers, for most.
const COUNTED_MAX: usize = 1_024;

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
    counted: LruCache<Key, Counted, KeyHash>,
}

/// What was under a key at every version from `since` up to the one as of which all is known.
struct Entry {
    since: Version,
    stored: Option<Stored>,
}

/// How many bytes there were under a prefix, in the same way. The file has the row that says so.
struct Counted {
    since: Version,
    bytes: u64,
}

impl Recent {
    /// What is under a key in a snapshot, if that is known: nothing, perhaps.
    pub(super) fn get(&self, snapshot: Point, key: &[u8]) -> Option<Option<Stored>> {
        let mut known = self.known_at(snapshot)?;
        let entry = known.entries.get(key)?;
        (entry.since <= snapshot.newest).then(|| entry.stored.clone())
    }

    /// How many bytes were counted under a prefix in a snapshot, if that is known.
    pub(super) fn counted_bytes(&self, snapshot: Point, prefix: &[u8]) -> Option<u64> {
        let mut known = self.known_at(snapshot)?;
        let counted = known.counted.get(prefix)?;
        (counted.since <= snapshot.newest).then_some(counted.bytes)
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

    /// That transaction is durable: it has led to this point, and has written this, and has counted so many bytes under
    /// these prefixes.
    pub(super) fn publish(
        &self,
        point: Point,
        written: Written,
        counted: impl IntoIterator<Item = (Key, u64)>,
    ) {
        if written.len() > WRITTEN_MAX {
            return self.forget(point);
        }
        let mut known = self.known();
        for (key, (version, value)) in written {
            let stored = value.map(|value| Stored { value, version });
            known.put(key, version, stored);
        }
        for (prefix, bytes) in counted {
            known.count(prefix, point.newest, bytes);
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

    /// What is known, if that goes as far as a snapshot.
    fn known_at(&self, snapshot: Point) -> Option<MutexGuard<'_, Known>> {
        let known = self.known();
        let is_known = snapshot.origin == known.as_of.origin && snapshot.newest <= known.as_of.newest;
        is_known.then_some(known)
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

    /// Remembers how many bytes there are under a prefix. Most often they are as many as before.
    fn count(&mut self, prefix: Key, since: Version, bytes: u64) {
        if self
            .counted
            .get(&prefix)
            .is_none_or(|before| before.bytes != bytes)
        {
            self.counted.insert(prefix, Counted { since, bytes });
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
            counted: LruCache::with_hasher(COUNTED_MAX, KeyHash::default()),
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
