//! How much drivers keep, and may keep.
//!
//! What is counted here is what the snapshot has and this transaction changes. It is no part of what the run rests
//! on: runs that write different keys of one driver would conflict with each other in it. The commit counts again,
//! on what there is then; when there is no room any more, the run is attempted again, and told so here.

use std::collections::BTreeMap;
use std::ops::Bound;
use std::sync::Arc;

use airs_core::Result;
use airs_platform::{Bytes, Check, Key};

use super::Transaction;

/// The drivers that a transaction has written for.
#[derive(Default)]
pub(super) struct Rooms(Vec<Room>);

struct Room {
    /// What the driver's keys begin with.
    space: Arc<[u8]>,
    quota_bytes: u64,
    kept_bytes: u64,
}

/// What one write changes of how much a driver keeps.
#[derive(Clone, Copy)]
pub(super) struct Change {
    room: usize,
    more: u64,
    less: u64,
}

impl Rooms {
    pub(super) fn undo(&mut self, change: Option<Change>) {
        let room = change.and_then(|change| Some((self.0.get_mut(change.room)?, change)));
        if let Some((room, Change { more, less, .. })) = room {
            room.kept_bytes = room.kept_bytes.saturating_add(less).saturating_sub(more);
        }
    }

    /// What the commit has to count.
    pub(super) fn checks<'a>(
        &'a self,
        writes: &'a BTreeMap<Key, Option<Bytes>>,
    ) -> impl Iterator<Item = Check> + 'a {
        let is_written = |room: &&Room| {
            let from = (Bound::Included(&*room.space), Bound::Unbounded);
            let next = writes.range::<[u8], _>(from).next();
            next.is_some_and(|(key, _)| key.starts_with(&room.space))
        };
        let written = self.0.iter().filter(is_written);
        let check = |room: &Room| Check::Room {
            prefix: room.space.to_vec(),
            bytes_max: room.quota_bytes,
        };
        written.map(check)
    }

    pub(super) fn len(&self) -> usize {
        self.0.len()
    }
}

impl Transaction {
    /// Writes a key in a driver's space, or with no value removes it, when that leaves the driver within its quota;
    /// answers whether it did. What takes no more room than before is always written.
    pub(crate) async fn put_within(
        &mut self,
        space: &Arc<[u8]>,
        quota_bytes: u64,
        key: Key,
        value: Option<Bytes>,
    ) -> Result<bool> {
        let room = self.room(space, quota_bytes).await?;
        let own = key.len().saturating_sub(space.len()) as u64;
        let size = |value: Option<u64>| value.map_or(0, |value| own + value);
        let more = size(value.as_ref().map(|value| value.len() as u64));
        let less = size(self.value_bytes(&key).await?);
        let Some(there) = self.rooms.0.get_mut(room) else {
            return Ok(false);
        };
        let kept_bytes = there.kept_bytes.saturating_add(more).saturating_sub(less);
        if more > less && kept_bytes > quota_bytes {
            return Ok(false);
        }
        there.kept_bytes = kept_bytes;
        self.write(key, value, Some(Change { room, more, less }))?;
        Ok(true)
    }

    /// The index of a driver's room, counted when the transaction first writes for it.
    async fn room(&mut self, space: &Arc<[u8]>, quota_bytes: u64) -> Result<usize> {
        let known = self
            .rooms
            .0
            .iter()
            .position(|room| Arc::ptr_eq(&room.space, space));
        if let Some(index) = known {
            return Ok(index);
        }
        let kept_bytes = match self.snapshot.counted_bytes(space).await {
            Ok(bytes) => bytes,
            Err(error) => return Err(self.doomed(error.into())),
        };
        self.rooms.0.push(Room {
            space: Arc::clone(space),
            quota_bytes,
            kept_bytes,
        });
        Ok(self.rooms.0.len() - 1)
    }

    /// The bytes of a key's value, own writes included. That it was looked at is not remembered.
    async fn value_bytes(&mut self, key: &Key) -> Result<Option<u64>> {
        if let Some(own) = self.writes.get(key) {
            return Ok(own.as_ref().map(|value| value.len() as u64));
        }
        if let Some(read) = self.reads.get(key) {
            return Ok(read.as_ref().map(|stored| stored.value.len() as u64));
        }
        match self.snapshot.value_bytes(key).await {
            Ok(bytes) => Ok(bytes),
            Err(error) => Err(self.doomed(error.into())),
        }
    }
}
