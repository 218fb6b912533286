//! What an attempt has read and written.

mod room;

use std::collections::BTreeMap;
use std::collections::hash_map::Entry as Slot;

use airs_core::{Code, Error, Guard, Guards, Limits, Result};
use airs_platform::{Bytes, Check, Commit, Key, Page, Range, Snapshot, Stored};
use rustc_hash::{FxBuildHasher, FxHashMap};

use room::{Change, Rooms};

/// Keys that a transfer between two accounts reads, and some: room for them is made at once.
const KEYS_EXPECTED: usize = 12;

/// A snapshot, what was read of it, and what is to be written.
pub(crate) struct Transaction {
    snapshot: Box<dyn Snapshot>,
    reads: FxHashMap<Key, Option<Stored>>,
    ranges: Vec<Check>,
    writes: BTreeMap<Key, Option<Bytes>>,
    /// How much drivers keep that the transaction has written for.
    rooms: Rooms,
    /// The writes since the beginning: undone from the end.
    undo: Vec<Undo>,
    read_bytes_left: u64,
    write_bytes_left: u64,
    doom: Option<Error>,
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
    pub(crate) fn new(snapshot: Box<dyn Snapshot>, limits: &Limits, guards: Guards) -> Self {
        Self {
            snapshot,
            reads: FxHashMap::with_capacity_and_hasher(KEYS_EXPECTED, FxBuildHasher),
            ranges: Vec::new(),
            writes: BTreeMap::new(),
            rooms: Rooms::default(),
            undo: Vec::with_capacity(KEYS_EXPECTED),
            read_bytes_left: limits.storage_read_bytes,
            write_bytes_left: limits.storage_write_bytes,
            doom: None,
            guards,
        }
    }

    /// Why the run cannot be committed any more, whatever its program does.
    pub(crate) fn doom(&self) -> Option<&Error> {
        self.doom.as_ref()
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

    pub(crate) async fn get(&mut self, key: Key) -> Result<Option<Bytes>> {
        if let Some(own) = self.writes.get(&key) {
            return Ok(own.clone());
        }
        if let Some(read) = self.reads.get(&key) {
            return Ok(read.as_ref().map(|stored| Bytes::clone(&stored.value)));
        }
        let stored = match self.snapshot.get(&key).await {
            Ok(stored) => stored,
            Err(error) => return Err(self.doomed(error.into())),
        };
        self.note(key, stored)
    }

    pub(crate) async fn get_many(&mut self, keys: Vec<Key>) -> Result<Vec<Option<Bytes>>> {
        let unread: Vec<Key> = keys
            .iter()
            .filter(|key| !self.writes.contains_key(*key) && !self.reads.contains_key(*key))
            .cloned()
            .collect();
        match self.snapshot.get_many(&unread).await {
            Ok(found) => {
                for (key, stored) in unread.into_iter().zip(found) {
                    self.note(key, stored)?;
                }
            }
            Err(error) => return Err(self.doomed(error.into())),
        }
        let mut values = Vec::with_capacity(keys.len());
        for key in keys {
            values.push(self.get(key).await?);
        }
        Ok(values)
    }

    /// Writes a key of the host's own.
    pub(crate) fn put(&mut self, key: Key, value: Option<Bytes>) -> Result<()> {
        self.write(key, value, None)
    }

    fn write(&mut self, key: Key, value: Option<Bytes>, change: Option<Change>) -> Result<()> {
        let bytes = key.len() + value.as_ref().map_or(0, |value| value.len());
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

    /// At most `limit` entries with their keys, own writes included, and whether there are more.
    pub(crate) async fn scan(
        &mut self,
        prefix: Key,
        after: Option<Key>,
        limit: u32,
    ) -> Result<(Vec<(Key, Bytes)>, bool)> {
        let wanted = usize::try_from(limit).unwrap_or(usize::MAX);
        let mut found = Vec::new();
        let mut cursor = after;
        // One more than is wanted tells whether there is more. Own deletions may take a page away whole.
        while found.len() <= wanted {
            let range = Range {
                prefix: prefix.clone(),
                after: cursor.take(),
                limit: limit.saturating_add(1),
            };
            let page = self.page(range.clone()).await?;
            let end = page
                .entries
                .last()
                .filter(|_| page.more)
                .map(|entry| entry.key.clone());
            self.merge(&range, page, end.as_ref(), &mut found);
            match end {
                Some(end) => cursor = Some(end),
                None => break,
            }
        }
        let more = found.len() > wanted;
        found.truncate(wanted);
        Ok((found, more))
    }

    /// What is to be committed; none when nothing was written: such a run stands at its snapshot.
    pub(crate) fn into_commit(self) -> Option<Commit> {
        if self.writes.is_empty() {
            return None;
        }
        let rooms = self.rooms.checks(&self.writes);
        let version = |stored: Option<Stored>| stored.map_or(0, |stored| stored.version);
        let keys = self.reads.into_iter().map(|(key, stored)| Check::Key {
            key,
            version: version(stored),
        });
        let checks = keys.chain(self.ranges).chain(rooms);
        let guards = self.guards;
        let checks = checks.filter(|check| match check {
            Check::Key { .. } => guards.has(Guard::KeyCheck),
            Check::Range { .. } => guards.has(Guard::RangeCheck),
            Check::Room { .. } => true,
        });
        Some(Commit {
            checks: checks.collect(),
            writes: self.writes.into_iter().collect(),
            ..Commit::default()
        })
    }

    async fn page(&mut self, range: Range) -> Result<Page> {
        let page = match self.snapshot.scan(&range).await {
            Ok(page) => page,
            Err(error) => return Err(self.doomed(error.into())),
        };
        for entry in &page.entries {
            self.count_read(entry.key.len() + entry.stored.value.len())?;
        }
        let seen = page
            .entries
            .iter()
            .map(|entry| (entry.key.clone(), entry.stored.version))
            .collect();
        self.ranges.push(Check::Range {
            range,
            seen,
            more: page.more,
        });
        Ok(page)
    }

    /// Adds a page to what was found, with own writes in between, up to `end` or to the end of the prefix.
    fn merge(&self, range: &Range, page: Page, end: Option<&Key>, found: &mut Vec<(Key, Bytes)>) {
        let mut merged: BTreeMap<Key, Option<Bytes>> = page
            .entries
            .into_iter()
            .map(|entry| (entry.key, Some(entry.stored.value)))
            .collect();
        let own = self
            .writes
            .range(range.prefix.clone()..)
            .take_while(|(key, _)| key.starts_with(&range.prefix));
        for (key, value) in own {
            let begun = range.after.as_ref().is_none_or(|after| key > after);
            if begun && end.is_none_or(|end| key <= end) {
                merged.insert(key.clone(), value.clone());
            }
        }
        found.extend(merged.into_iter().filter_map(|(key, value)| Some((key, value?))));
    }

    fn note(&mut self, key: Key, stored: Option<Stored>) -> Result<Option<Bytes>> {
        self.count_read(key.len() + stored.as_ref().map_or(0, |stored| stored.value.len()))?;
        let value = stored.as_ref().map(|stored| Bytes::clone(&stored.value));
        if let Slot::Vacant(slot) = self.reads.entry(key) {
            slot.insert(stored);
        }
        Ok(value)
    }

    fn count_read(&mut self, bytes: usize) -> Result<()> {
        match self.read_bytes_left.checked_sub(bytes as u64) {
            Some(left) => {
                self.read_bytes_left = left;
                Ok(())
            }
            None => Err(self.over_limit("reads", "storage_read_bytes")),
        }
    }

    fn over_limit(&mut self, does: &str, limit: &str) -> Error {
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
