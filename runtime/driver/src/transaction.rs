//! What an attempt has read and written.

mod room;
mod scan;

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashMap};

use airs_core::{Code, Error, Guard, Guards, Limits, Result};
use airs_engine::HeldMemory;
use airs_platform::{Bytes, Check, Commit, Key, KeyHash, Snapshot, Stored};

use room::{Change, Rooms};

/// Keys that a transfer between two accounts reads, and some: room for them is made at once.
const KEYS_EXPECTED: usize = 12;
/// The same for writes.
const WRITES_EXPECTED: usize = 4;

/// Keys that the snapshot is asked for at once: with values as large as they can be, 8 MiB.
const KEYS_AT_ONCE: usize = 8;

/// What is remembered of a read or a write beside its key and value, and counted with them: else many small ones
/// would hold many times what their limit says.
const ENTRY_BYTES: usize = 128;

/// What a transaction keeps that does not count in the memory of its context and of the node: as good as all transfers
/// keep less, which need not look at what is shared by all threads then. Of 128 at once it is 8 MiB.
const UNCOUNTED_BYTES: usize = 64 << 10;

/// A snapshot, what was read of it, and what is to be written.
pub(crate) struct Transaction {
    snapshot: Box<dyn Snapshot>,
    reads: HashMap<Key, Option<Stored>, KeyHash>,
    ranges: Vec<Check>,
    writes: BTreeMap<Key, Option<Bytes>>,
    /// How much drivers keep that the transaction has written for.
    rooms: Rooms,
    /// The writes since the beginning: undone from the end.
    undo: Vec<Undo>,
    read_bytes_left: u64,
    write_bytes_left: u64,
    /// What it keeps until it ends, and what that takes of the memory that all have together.
    held_bytes: usize,
    memory: HeldMemory,
    doom: Option<Error>,
    is_over_limit: bool,
    guards: Guards,
}

/// A write, and how it is undone.
struct Undo {
    key: Key,
    /// What it replaced in `writes`.
    replaced: Option<Option<Bytes>>,
    /// What it changed of how much a driver keeps; the host's own keys are not counted.
    change: Option<Change>,
}

/// A point to go back to.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Savepoint(usize);

impl Transaction {
    pub(crate) fn new(
        snapshot: Box<dyn Snapshot>,
        limits: &Limits,
        guards: Guards,
        memory: HeldMemory,
    ) -> Self {
        Self {
            snapshot,
            reads: HashMap::with_capacity_and_hasher(KEYS_EXPECTED, KeyHash::default()),
            ranges: Vec::new(),
            writes: BTreeMap::new(),
            rooms: Rooms::default(),
            undo: Vec::with_capacity(WRITES_EXPECTED),
            read_bytes_left: limits.storage_read_bytes,
            write_bytes_left: limits.storage_write_bytes,
            held_bytes: 0,
            memory,
            doom: None,
            is_over_limit: false,
            guards,
        }
    }

    /// Whether there is anything to commit.
    pub(crate) fn has_written(&self) -> bool {
        !self.writes.is_empty()
    }

    /// Why the run cannot be committed any more, whatever its program does.
    pub(crate) fn doom(&self) -> Option<&Error> {
        self.doom.as_ref()
    }

    /// Whether it is more than it may be.
    pub(crate) fn is_over_limit(&self) -> bool {
        self.is_over_limit
    }

    pub(crate) fn savepoint(&self) -> Savepoint {
        Savepoint(self.undo.len())
    }

    /// Discards what was written since a savepoint. What was read stays: a decision may rest on it.
    pub(crate) fn roll_back(&mut self, savepoint: Savepoint) {
        if !self.guards.has(Guard::Savepoint) {
            return;
        }
        while self.undo.len() > savepoint.0
            && let Some(undo) = self.undo.pop()
        {
            match undo.replaced {
                Some(value) => self.writes.insert(undo.key, value),
                None => self.writes.remove(&undo.key),
            };
            self.rooms.undo(undo.change);
        }
    }

    pub(crate) async fn get(&mut self, key: impl Into<Cow<'_, [u8]>>) -> Result<Option<Bytes>> {
        let key = key.into();
        if let Some(own) = self.writes.get(&*key) {
            return Ok(own.clone());
        }
        if let Some(read) = self.reads.get(&*key) {
            return Ok(read.as_ref().map(|stored| Bytes::clone(&stored.value)));
        }
        let stored = match self.snapshot.get(&key).await {
            Ok(stored) => stored,
            Err(error) => return Err(self.doomed(error.into())),
        };
        self.note(key.into_owned(), stored)
    }

    /// The values of keys, in their order; none at all when they have more bytes than this.
    pub(crate) async fn get_many(
        &mut self,
        keys: Vec<Key>,
        bytes_max: usize,
    ) -> Result<Option<Vec<Option<Bytes>>>> {
        let mut values = Vec::with_capacity(keys.len());
        let mut bytes = 0;
        // Some at a time: they are counted before there is more of them in memory.
        for keys in keys.chunks(KEYS_AT_ONCE) {
            self.fetch(keys).await?;
            for key in keys {
                let value = self.get(key).await?;
                bytes += value.as_ref().map_or(0, |value| value.len());
                values.push(value);
            }
            if bytes > bytes_max {
                return Ok(None);
            }
        }
        Ok(Some(values))
    }

    /// Reads what was not read yet of some keys.
    async fn fetch(&mut self, keys: &[Key]) -> Result<()> {
        let is_unread = |key: &&Key| !self.writes.contains_key(*key) && !self.reads.contains_key(*key);
        let unread: BTreeSet<&Key> = keys.iter().filter(is_unread).collect();
        let unread: Vec<Key> = unread.into_iter().cloned().collect();
        match self.snapshot.get_many(&unread).await {
            Ok(found) => unread
                .into_iter()
                .zip(found)
                .try_for_each(|(key, stored)| self.note(key, stored).map(drop)),
            Err(error) => Err(self.doomed(error.into())),
        }
    }

    /// Writes a key of the host's own.
    pub(crate) fn put(&mut self, key: Key, value: Option<Bytes>) -> Result<()> {
        self.write(key, value, None)
    }

    fn write(&mut self, key: Key, value: Option<Bytes>, change: Option<Change>) -> Result<()> {
        let bytes = ENTRY_BYTES + key.len() + value.as_ref().map_or(0, |value| value.len());
        self.hold(bytes)?;
        match self.write_bytes_left.checked_sub(bytes as u64) {
            Some(left) => self.write_bytes_left = left,
            None => return Err(self.over_limit("writes", "storage_write_bytes")),
        }
        let replaced = self.writes.insert(key.clone(), value);
        self.undo.push(Undo {
            key,
            replaced,
            change,
        });
        Ok(())
    }

    /// What is to be committed, and the memory that is held for it; none when nothing was written: such a run stands at its
    /// snapshot.
    pub(crate) fn into_commit(self) -> Option<(Commit, HeldMemory)> {
        if self.writes.is_empty() {
            return None;
        }
        // At once as large as it gets: a list that grows is allocated four times for a transfer.
        let mut checks = Vec::with_capacity(self.reads.len() + self.ranges.len() + self.rooms.len());
        if self.guards.has(Guard::KeyCheck) {
            checks.extend(self.reads.into_iter().map(|(key, stored)| Check::Key {
                key,
                version: stored.map_or(0, |stored| stored.version),
            }));
        }
        if self.guards.has(Guard::RangeCheck) {
            checks.extend(self.ranges);
        }
        checks.extend(self.rooms.checks(&self.writes));
        let commit = Commit {
            checks,
            writes: self.writes.into_iter().collect(),
            ..Commit::default()
        };
        Some((commit, self.memory))
    }

    fn note(&mut self, key: Key, stored: Option<Stored>) -> Result<Option<Bytes>> {
        let bytes = key.len() + stored.as_ref().map_or(0, |stored| stored.value.len());
        self.count_read(bytes)?;
        self.hold(ENTRY_BYTES + bytes)?;
        let value = stored.as_ref().map(|stored| Bytes::clone(&stored.value));
        self.reads.insert(key, stored);
        Ok(value)
    }

    fn count_read(&mut self, bytes: usize) -> Result<()> {
        let bytes = (ENTRY_BYTES + bytes) as u64;
        match self.read_bytes_left.checked_sub(bytes) {
            Some(left) => {
                self.read_bytes_left = left;
                Ok(())
            }
            None => Err(self.over_limit("reads", "storage_read_bytes")),
        }
    }

    /// Counts what the transaction keeps until it ends in the memory that all have together.
    fn hold(&mut self, bytes: usize) -> Result<()> {
        self.held_bytes += bytes;
        let counted = self.held_bytes.saturating_sub(UNCOUNTED_BYTES);
        if counted == 0 {
            return Ok(());
        }
        self.memory.cover(counted).map_err(|full| {
            self.is_over_limit = true;
            self.doomed(full)
        })
    }

    fn over_limit(&mut self, does: &str, limit: &str) -> Error {
        self.is_over_limit = true;
        let message = format!("the run {does} more storage than its limit {limit} allows");
        self.doomed(Error::new(Code::LimitExceeded, message))
    }

    pub(crate) fn doomed(&mut self, error: Error) -> Error {
        self.doom.get_or_insert(error).clone()
    }
}

impl std::fmt::Debug for Transaction {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Transaction")
            .field("reads", &self.reads.len())
            .field("writes", &self.writes.len())
            .finish()
    }
}
