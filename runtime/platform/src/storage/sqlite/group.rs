//! One write transaction, for a group of commits.

use std::collections::HashMap;
use std::ops::Deref;
use std::time::{Duration, Instant};

use rusqlite::{Connection, OptionalExtension};

use super::super::growth::Growth;
use super::super::{Bytes, COMMIT_IDS_KEPT, Check, Commit, CommitId, Committed, Key, Version};
use super::recent::{Recent, Written};
use super::schema::{Meta, signed, unsigned};
use super::{rows, sum};

/// Where several commits are applied one after the other, each on what the ones before it left, to become
/// durable together.
///
/// A commit writes nothing before all of its checks passed, so that a conflict leaves nothing to undo. When
/// a write fails, SQLite may have undone the whole transaction: then the group is given up as a whole.
pub(super) struct Group<'c> {
    transaction: Writing<'c>,
    before: Meta,
    meta: Meta,
    newest_id: Option<u64>,
    /// The bytes under the prefixes that commits of the group count.
    counted: HashMap<Key, Counted>,
    /// What the commits of the group have written.
    written: Written,
    /// Some of what was there before.
    recent: &'c Recent,
}

/// The bytes under a prefix.
#[derive(Clone, Copy)]
struct Counted {
    bytes: u64,
    /// What the file says before the group, where that is remembered.
    in_file: Option<u64>,
}

/// The same, with the prefix.
type CountedUnder = (Key, Counted);

/// A write transaction, undone unless it is committed. rusqlite's own has its beginning and its end compiled anew each
/// time, which is 6 percent of what a group of one commit takes of the processor.
struct Writing<'c>(&'c Connection);

/// A commit was made under an epoch that is over.
pub(super) struct Fenced;

impl<'c> Writing<'c> {
    /// Waits for the right to write.
    fn begin(connection: &'c mut Connection) -> rusqlite::Result<Self> {
        connection.prepare_cached("BEGIN IMMEDIATE")?.execute(())?;
        Ok(Self(connection))
    }

    fn commit(self) -> rusqlite::Result<usize> {
        self.prepare_cached("COMMIT")?.execute(())
    }
}

impl Deref for Writing<'_> {
    type Target = Connection;

    fn deref(&self) -> &Connection {
        self.0
    }
}

impl Drop for Writing<'_> {
    fn drop(&mut self) {
        if !self.is_autocommit() {
            // A connection that cannot do that is not used again: it is still in the transaction.
            let _ = self.execute_batch("ROLLBACK");
        }
    }
}

impl<'c> Group<'c> {
    /// Waits for the right to write, then begins.
    pub(super) fn begin(connection: &'c mut Connection, recent: &'c Recent) -> rusqlite::Result<Self> {
        let transaction = Writing::begin(connection)?;
        let meta = Meta::read(&transaction)?;
        recent.begin(meta.point());
        Ok(Self {
            transaction,
            before: meta,
            meta,
            newest_id: None,
            counted: HashMap::new(),
            written: Written::default(),
            recent,
        })
    }

    /// Applies one commit, if it may be applied.
    pub(super) fn apply(&mut self, commit: &Commit) -> rusqlite::Result<Result<Committed, Fenced>> {
        if commit.epoch.is_some_and(|epoch| epoch != self.meta.epoch) {
            return Ok(Err(Fenced));
        }
        if let Some(id) = &commit.id
            && let Some(version) = self.version_of_id(id)?
        {
            return Ok(Ok(Committed::AlreadyApplied(version)));
        }
        let (conflicts, counted) = self.conflicts(commit)?;
        if !conflicts.is_empty() {
            return Ok(Ok(Committed::Conflict(conflicts)));
        }
        if !commit.writes.is_empty() {
            self.meta.newest += 1;
            self.counted.extend(counted);
            self.write(commit)?;
        }
        Ok(Ok(Committed::Applied(self.meta.newest)))
    }

    /// Begins a new owner epoch.
    pub(super) fn acquire(&mut self) -> u64 {
        self.meta.epoch += 1;
        self.meta.epoch
    }

    /// Whether there is anything to make durable.
    pub(super) fn has_changes(&self) -> bool {
        self.meta != self.before
    }

    /// Writes what the group has in common. Only [`durable`](Self::durable) is left to do then.
    pub(super) fn close(&mut self) -> rusqlite::Result<()> {
        if let Some(newest) = self.newest_id {
            let forgotten = newest.saturating_sub(COMMIT_IDS_KEPT as u64);
            self.transaction
                .prepare_cached("DELETE FROM ids WHERE ordinal <= ?1")?
                .execute((signed(forgotten)?,))?;
        }
        for (prefix, Counted { bytes, in_file }) in &self.counted {
            if *in_file != Some(*bytes) {
                rows::set_counted_bytes(&self.transaction, prefix, *bytes)?;
            }
        }
        self.meta.write(&self.transaction)
    }

    /// Makes all of it durable, and says how long that took: the one sync.
    pub(super) fn durable(self) -> rusqlite::Result<Duration> {
        let began = Instant::now();
        self.transaction.commit()?;
        let sync = began.elapsed();
        let counted = self
            .counted
            .into_iter()
            .map(|(prefix, counted)| (prefix, counted.bytes));
        self.recent.publish(self.meta.point(), self.written, counted);
        Ok(sync)
    }

    /// The version of a key, as the commits before in the group left it.
    fn version(&self, key: &[u8]) -> rusqlite::Result<Version> {
        if let Some((version, value)) = self.written.get(key) {
            return Ok(value.as_ref().map_or(0, |_| *version));
        }
        match self.recent.get(self.before.point(), key) {
            Some(stored) => Ok(stored.map_or(0, |stored| stored.version)),
            None => rows::version(&self.transaction, key),
        }
    }

    /// The bytes of a key's value, if it is there, in the same way.
    fn value_bytes(&self, key: &[u8]) -> rusqlite::Result<Option<u64>> {
        let bytes = |value: &Bytes| value.len() as u64;
        if let Some((_, value)) = self.written.get(key) {
            return Ok(value.as_ref().map(bytes));
        }
        match self.recent.get(self.before.point(), key) {
            Some(stored) => Ok(stored.map(|stored| bytes(&stored.value))),
            None => rows::value_bytes(&self.transaction, key),
        }
    }

    /// The bytes under a prefix, in the same way.
    fn counted(&self, prefix: &[u8]) -> rusqlite::Result<Counted> {
        if let Some(counted) = self.counted.get(prefix) {
            return Ok(*counted);
        }
        let in_file = self.recent.counted_bytes(self.before.point(), prefix);
        let bytes = match in_file {
            Some(bytes) => bytes,
            None => rows::counted_bytes(&self.transaction, prefix)?,
        };
        Ok(Counted { bytes, in_file })
    }

    fn version_of_id(&self, id: &CommitId) -> rusqlite::Result<Option<Version>> {
        self.transaction
            .prepare_cached("SELECT ordinal, version, sum FROM ids WHERE id = ?1")?
            .query_row((id.as_slice(),), |row| {
                let (ordinal, version) = (unsigned(row, 0)?, unsigned(row, 1)?);
                sum::compare(row.get(2)?, sum::of_id(ordinal, id, version))?;
                Ok(version)
            })
            .optional()
    }

    /// What does not hold, and how many bytes there will be under the prefixes that the commit counts.
    fn conflicts(&self, commit: &Commit) -> rusqlite::Result<(Vec<Key>, Vec<CountedUnder>)> {
        let (mut conflicts, mut counted) = (Vec::new(), Vec::new());
        for check in &commit.checks {
            let holds = match check {
                Check::Room { prefix, bytes_max } => {
                    let before = self.counted(prefix)?;
                    let growth = Growth::of(&commit.writes, prefix, |key| self.value_bytes(key))?;
                    let bytes = growth.after(before.bytes);
                    counted.push((prefix.clone(), Counted { bytes, ..before }));
                    growth.fits(before.bytes, *bytes_max)
                }
                Check::Key { .. } | Check::Range { .. } => self.holds(check)?,
            };
            if !holds {
                conflicts.push(check.subject().clone());
            }
        }
        conflicts.sort_unstable();
        conflicts.dedup();
        Ok((conflicts, counted))
    }

    fn holds(&self, check: &Check) -> rusqlite::Result<bool> {
        match check {
            // It is about what is written, and was looked at with that.
            Check::Room { .. } => Ok(true),
            Check::Key { key, version } => Ok(self.version(key)? == *version),
            Check::Range { range, seen, more } => {
                // One key more than was seen settles it.
                let mut there = rows::keys(&self.transaction, range, seen.len() + 1)?;
                let there_is_more = there.len() > seen.len();
                there.truncate(seen.len());
                Ok(there == *seen && there_is_more == *more)
            }
        }
    }

    fn write(&mut self, commit: &Commit) -> rusqlite::Result<()> {
        let version = self.meta.newest;
        let mut put = self.transaction.prepare_cached(
            "INSERT INTO kv (key, version, sum, value) VALUES (?1, ?2, ?3, ?4) ON CONFLICT (key) DO UPDATE \
             SET version = excluded.version, sum = excluded.sum, value = excluded.value",
        )?;
        let mut delete = self.transaction.prepare_cached("DELETE FROM kv WHERE key = ?1")?;
        for (key, value) in &commit.writes {
            match value {
                Some(value) => {
                    let sum = sum::of_entry(key, version, value);
                    put.execute((key, signed(version)?, sum, &**value))?
                }
                None => delete.execute((key,))?,
            };
            self.written.insert(key.clone(), (version, value.clone()));
        }
        drop((put, delete));
        match &commit.id {
            Some(id) => self.remember(id, version),
            None => Ok(()),
        }
    }

    fn remember(&mut self, id: &CommitId, version: Version) -> rusqlite::Result<()> {
        let newest = match self.newest_id {
            Some(newest) => newest,
            None => self
                .transaction
                .prepare_cached("SELECT coalesce(max(ordinal), 0) FROM ids")?
                .query_row((), |row| unsigned(row, 0))?,
        };
        let sum = sum::of_id(newest + 1, id, version);
        self.transaction
            .prepare_cached("INSERT INTO ids (ordinal, id, version, sum) VALUES (?1, ?2, ?3, ?4)")?
            .execute((signed(newest + 1)?, id.as_slice(), signed(version)?, sum))?;
        self.newest_id = Some(newest + 1);
        Ok(())
    }
}
