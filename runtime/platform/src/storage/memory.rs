//! State in memory: for tests, and for what may be lost.

use std::borrow::Borrow;
use std::collections::{HashMap, VecDeque};
use std::convert::Infallible;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::ops::Bound;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use futures_util::future::{BoxFuture, Either, ready};
use imbl::shared_ptr::DefaultSharedPtr;
use imbl::{GenericHashMap, OrdSet};

use super::{
    Bytes, COMMIT_IDS_KEPT, Check, Commit, CommitId, Committed, Entry, Key, KeyHash, PAGE_BYTES_MAX, Page,
    Range, Reading, Snapshot, Storage, Stored, Version, growth::Growth,
};
use crate::StorageError;

/// A [`Storage`] in memory. Nothing of it outlives the process.
///
/// A snapshot costs two reference counts; a commit copies the few nodes that it changes and that a snapshot
/// still holds, so that it is fastest after the snapshot that it was made from was dropped. Nothing in here
/// waits.
///
/// An example is at [`Storage`].
#[derive(Default)]
pub struct Memory {
    state: Mutex<State>,
}

/// The map, persistent. A write to a key that is there already leaves the order alone, and finding one costs a
/// hash instead of a dozen comparisons.
#[derive(Clone, Default)]
struct Map {
    rows: GenericHashMap<Row, (), KeyHash, DefaultSharedPtr>,
    order: OrdSet<Arc<[u8]>>,
    /// The bytes under the prefixes that are counted.
    counted: GenericHashMap<Key, u64, KeyHash, DefaultSharedPtr>,
}

/// A key with what is stored under it, found by the key. It is one pointer: whoever copies a node counts the references to
/// its rows, and while runs go on beside each other every commit copies some.
#[derive(Clone)]
struct Row(Arc<(Arc<[u8]>, Stored)>);

#[derive(Default)]
struct State {
    map: Map,
    newest: Version,
    epoch: u64,
    ids: HashMap<CommitId, Version>,
    ids_by_age: VecDeque<CommitId>,
}

struct View(Map);

impl Memory {
    /// A storage with nothing in it.
    pub fn new() -> Self {
        Self::default()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // Nothing in a commit panics between its first and its last change.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Storage for Memory {
    fn snapshot(&self) -> BoxFuture<'_, Result<Box<dyn Snapshot>, StorageError>> {
        Box::pin(async move { Ok(Box::new(View(self.state().map.clone())) as Box<dyn Snapshot>) })
    }

    fn commit(&self, commit: Arc<Commit>) -> BoxFuture<'_, Result<Committed, StorageError>> {
        Box::pin(async move { self.state().commit(&commit) })
    }

    fn acquire(&self) -> BoxFuture<'_, Result<u64, StorageError>> {
        Box::pin(async move {
            let mut state = self.state();
            state.epoch += 1;
            Ok(state.epoch)
        })
    }
}

impl State {
    fn commit(&mut self, commit: &Commit) -> Result<Committed, StorageError> {
        if commit.epoch.is_some_and(|epoch| epoch != self.epoch) {
            return Err(StorageError::Fenced);
        }
        if let Some(version) = commit.id.and_then(|id| self.ids.get(&id)) {
            return Ok(Committed::AlreadyApplied(*version));
        }
        let (mut conflicts, mut counted) = (Vec::new(), Vec::new());
        for check in &commit.checks {
            let holds = match check {
                Check::Room { prefix, bytes_max } => {
                    let (before, growth) =
                        (self.map.counted(prefix), self.map.growth(&commit.writes, prefix));
                    counted.push((prefix.clone(), growth.after(before)));
                    growth.fits(before, *bytes_max)
                }
                Check::Key { .. } | Check::Range { .. } => self.map.holds(check),
            };
            if !holds {
                conflicts.push(check.subject().clone());
            }
        }
        if !conflicts.is_empty() {
            conflicts.sort_unstable();
            conflicts.dedup();
            return Ok(Committed::Conflict(conflicts));
        }
        if commit.writes.is_empty() {
            return Ok(Committed::Applied(self.newest));
        }
        self.newest += 1;
        self.map.counted.extend(counted);
        self.write(&commit.writes);
        if let Some(id) = commit.id {
            self.remember(id);
        }
        Ok(Committed::Applied(self.newest))
    }

    fn write(&mut self, writes: &[(Key, Option<Bytes>)]) {
        let version = self.newest;
        for (key, value) in writes {
            match value {
                Some(value) => {
                    let value = Bytes::clone(value);
                    self.map.put(key, Stored { value, version });
                }
                None => self.map.delete(key),
            }
        }
    }

    fn remember(&mut self, id: CommitId) {
        if self.ids_by_age.len() >= COMMIT_IDS_KEPT
            && let Some(oldest) = self.ids_by_age.pop_front()
        {
            self.ids.remove(&oldest);
        }
        self.ids_by_age.push_back(id);
        self.ids.insert(id, self.newest);
    }
}

impl Map {
    fn get(&self, key: &[u8]) -> Option<&Stored> {
        Some(&self.rows.get_key_value(key)?.0.0.1)
    }

    fn put(&mut self, key: &[u8], stored: Stored) {
        let key = match self.rows.get_key_value(key) {
            Some((row, ())) => Arc::clone(&row.0.0),
            None => {
                let key: Arc<[u8]> = key.into();
                self.order.insert(Arc::clone(&key));
                key
            }
        };
        // In the place of the row with that key.
        self.rows.insert(Row(Arc::new((key, stored))), ());
    }

    fn delete(&mut self, key: &[u8]) {
        if self.rows.remove(key).is_some() {
            self.order.remove(key);
        }
    }

    /// All entries of the prefix from the range's start on, without its limit.
    fn entries<'a>(&'a self, range: &'a Range) -> impl Iterator<Item = (&'a [u8], &'a Stored)> {
        let start = range.start();
        self.order
            .range::<_, [u8]>((Bound::Included(start.as_slice()), Bound::Unbounded))
            .map(|key| &**key)
            .take_while(|key| key.starts_with(&range.prefix))
            .filter_map(|key| Some((key, self.get(key)?)))
    }

    fn counted(&self, prefix: &[u8]) -> u64 {
        if let Some(bytes) = self.counted.get(prefix) {
            return *bytes;
        }
        let keys = self
            .order
            .range::<_, [u8]>((Bound::Included(prefix), Bound::Unbounded));
        let under = keys.take_while(|key| key.starts_with(prefix));
        let bytes = under.filter_map(|key| Some(key.len() - prefix.len() + self.get(key)?.value.len()));
        bytes.map(|bytes| bytes as u64).sum()
    }

    fn growth(&self, writes: &[(Key, Option<Bytes>)], prefix: &[u8]) -> Growth {
        let stored_bytes =
            |key: &[u8]| Ok::<_, Infallible>(self.get(key).map(|stored| stored.value.len() as u64));
        match Growth::of(writes, prefix, stored_bytes) {
            Ok(growth) => growth,
            Err(never) => match never {},
        }
    }

    fn holds(&self, check: &Check) -> bool {
        match check {
            // It is about what is written, and was looked at with that.
            Check::Room { .. } => true,
            Check::Key { key, version } => self.get(key).map_or(0, |stored| stored.version) == *version,
            Check::Range { range, seen, more } => {
                let mut there = self.entries(range);
                let same = there
                    .by_ref()
                    .take(seen.len())
                    .map(|(key, stored)| (key, stored.version))
                    .eq(seen.iter().map(|(key, version)| (key.as_slice(), *version)));
                same && there.next().is_some() == *more
            }
        }
    }
}

impl Borrow<[u8]> for Row {
    fn borrow(&self) -> &[u8] {
        &self.0.0
    }
}

impl Hash for Row {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.0.hash(state);
    }
}

impl PartialEq for Row {
    fn eq(&self, other: &Self) -> bool {
        self.0.0 == other.0.0
    }
}

impl Eq for Row {}

impl Snapshot for View {
    fn get<'a>(&'a mut self, key: &'a [u8]) -> Reading<'a, Option<Stored>> {
        found(self.0.get(key).cloned())
    }

    fn get_many<'a>(&'a mut self, keys: &'a [Key]) -> Reading<'a, Vec<Option<Stored>>> {
        found(keys.iter().map(|key| self.0.get(key).cloned()).collect())
    }

    fn value_bytes<'a>(&'a mut self, key: &'a [u8]) -> Reading<'a, Option<u64>> {
        found(self.0.get(key).map(|stored| stored.value.len() as u64))
    }

    fn counted_bytes<'a>(&'a mut self, prefix: &'a [u8]) -> Reading<'a, u64> {
        found(self.0.counted(prefix))
    }

    fn scan<'a>(&'a mut self, range: &'a Range) -> Reading<'a, Page> {
        let mut there = self.0.entries(range);
        let mut page = Page::default();
        let mut bytes = 0;
        while page.entries.len() < range.limit as usize
            && bytes < PAGE_BYTES_MAX
            && let Some((key, stored)) = there.next()
        {
            bytes += key.len() + stored.value.len();
            page.entries.push(Entry {
                key: key.to_vec(),
                stored: stored.clone(),
            });
        }
        page.more = there.next().is_some();
        found(page)
    }
}

fn found<'a, T>(what: T) -> Reading<'a, T> {
    Either::Left(ready(Ok(what)))
}

impl fmt::Debug for Memory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = self.state();
        f.debug_struct("Memory")
            .field("keys", &state.map.order.len())
            .field("newest", &state.newest)
            .field("epoch", &state.epoch)
            .finish_non_exhaustive()
    }
}
