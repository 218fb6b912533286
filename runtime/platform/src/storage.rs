//! The storage service: one ordered map of byte keys, read through snapshots, changed by commits.

mod commit;
mod growth;
mod hashing;
mod memory;
mod sqlite;

use std::fmt;
use std::sync::Arc;

use futures_util::future::{BoxFuture, Either, Ready};

use crate::StorageError;

pub use commit::{COMMIT_IDS_KEPT, Check, Commit, CommitId, Committed};
pub use hashing::KeyHash;
pub use memory::Memory;
pub use sqlite::Sqlite;

/// A key: bytes made by the host, ordered byte by byte. Every byte string is one, the empty one too.
pub type Key = Vec<u8>;

/// A value.
pub type Bytes = Arc<[u8]>;

/// The number of the commit that wrote a key; 0 says that the key is absent. Never reused.
pub type Version = u64;

/// Bytes of keys and values with which a page of a scan ends, before its limit if need be: what a reader has in
/// memory at once, whatever is stored.
pub const PAGE_BYTES_MAX: usize = 4 << 20;

/// A value, and the commit that wrote it.
///
/// An example is at [`Storage`].
#[derive(Clone, PartialEq, Eq)]
pub struct Stored {
    /// What was written.
    pub value: Bytes,
    /// By which commit.
    pub version: Version,
}

/// A key with what is stored under it.
///
/// An example is at [`Snapshot`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The key.
    pub key: Key,
    /// What is stored under it.
    pub stored: Stored,
}

/// A page's worth of the keys that begin with a prefix, in byte order.
///
/// An example is at [`Snapshot`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Range {
    /// What all keys begin with; empty for every key.
    pub prefix: Key,
    /// The key after which to start, itself left out; the last one of the page before. It need not exist.
    pub after: Option<Key>,
    /// The most entries to return.
    pub limit: u32,
}

/// What a [`Range`] holds: as many entries as its limit says, or less with [`PAGE_BYTES_MAX`] bytes.
///
/// An example is at [`Snapshot`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Page {
    /// The entries, in byte order of their keys.
    pub entries: Vec<Entry>,
    /// Whether the prefix has keys after the last of these.
    pub more: bool,
}

/// What a snapshot reads: there at once, as it is wherever nothing waits, or later.
///
/// A run reads a dozen keys, and a future in a box for each would cost more than finding it in memory.
///
/// ```
/// use airs_platform::Reading;
/// use futures_util::future::{Either, ready};
///
/// let at_once: Reading<'_, u64> = Either::Left(ready(Ok(7)));
/// let later: Reading<'_, u64> = Either::Right(Box::pin(async { Ok(7) }));
/// ```
pub type Reading<'a, T> = Either<Ready<Result<T, StorageError>>, BoxFuture<'a, Result<T, StorageError>>>;

/// A stable view of all durable commits up to one, until it is dropped.
///
/// Reads may be made on the calling thread: they are short, and they never wait for a commit.
///
/// ```
/// use airs_platform::{Commit, Entry, Memory, Page, Range, Snapshot, Storage};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # tokio::runtime::Builder::new_current_thread().build()?.block_on(async {
/// let storage = Memory::new();
/// let writes = ["a/1", "a/2", "b/1"].map(|key| (key.into(), Some(b"".as_slice().into())));
/// storage.commit(Commit { writes: writes.into(), ..Commit::default() }.into()).await?;
///
/// let mut snapshot = storage.snapshot().await?;
/// let mut range = Range { prefix: b"a/".to_vec(), after: None, limit: 1 };
/// let mut found = Vec::new();
/// loop {
///     let Page { entries, more } = snapshot.scan(&range).await?;
///     found.extend(entries.into_iter().map(|Entry { key, .. }| key));
///     if !more {
///         break;
///     }
///     range.after = found.last().cloned();
/// }
/// assert_eq!(found, [b"a/1", b"a/2"]);
/// # Ok(()) }) }
/// ```
pub trait Snapshot: Send {
    /// What is stored under a key.
    fn get<'a>(&'a mut self, key: &'a [u8]) -> Reading<'a, Option<Stored>>;

    /// What is stored under each of these keys, in their order.
    fn get_many<'a>(&'a mut self, keys: &'a [Key]) -> Reading<'a, Vec<Option<Stored>>>;

    /// The bytes of a key's value; its pages are not read.
    fn value_bytes<'a>(&'a mut self, key: &'a [u8]) -> Reading<'a, Option<u64>>;

    /// The bytes of the keys, without the prefix, and of the values under a prefix that [`Check::Room`] counts.
    /// Slow for one that was not counted yet: it is added up.
    fn counted_bytes<'a>(&'a mut self, prefix: &'a [u8]) -> Reading<'a, u64>;

    /// What a range holds.
    fn scan<'a>(&'a mut self, range: &'a Range) -> Reading<'a, Page>;
}

/// Where a context's state lives.
///
/// A backend changes nothing before its future is polled. A commit whose future is dropped halfway may still be
/// applied, completely or not at all; its id tells.
///
/// A commit with an id happens once. What was read is checked when what follows from it is written.
///
/// ```
/// use airs_platform::{Check, Commit, Committed, Memory, Storage, Stored};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # tokio::runtime::Builder::new_current_thread().build()?.block_on(async {
/// let storage = Memory::new();
/// let deposit = Commit {
///     id: Some(*b"once-and-no-more"),
///     writes: vec![(b"alice".to_vec(), Some(b"10".as_slice().into()))],
///     ..Commit::default()
/// };
/// assert_eq!(storage.commit(deposit.clone().into()).await?, Committed::Applied(1));
/// assert_eq!(storage.commit(deposit.into()).await?, Committed::AlreadyApplied(1));
///
/// let mut snapshot = storage.snapshot().await?;
/// let Some(Stored { value, version }) = snapshot.get(b"alice").await? else { unreachable!() };
/// assert_eq!(*value, *b"10");
/// let withdrawal = Commit {
///     checks: vec![Check::Key { key: b"alice".to_vec(), version }],
///     writes: vec![(b"alice".to_vec(), None)],
///     ..Commit::default()
/// };
/// assert_eq!(storage.commit(withdrawal.clone().into()).await?, Committed::Applied(2));
/// // Again: the key is no longer at the version that was read.
/// assert_eq!(storage.commit(withdrawal.into()).await?, Committed::Conflict(vec![b"alice".to_vec()]));
/// # Ok(()) }) }
/// ```
pub trait Storage: Send + Sync + fmt::Debug {
    /// A view of the durable commits. It holds every commit that was answered before.
    fn snapshot(&self) -> BoxFuture<'_, Result<Box<dyn Snapshot>, StorageError>>;

    /// Applies a commit, all of it or nothing. Answers after it is durable. It is shared, so that whoever makes it
    /// still has it when it meets a conflict.
    ///
    /// The epoch is looked at first, then the id, then all checks, so that a commit sent again is answered
    /// with [`Committed::AlreadyApplied`] and not with a conflict with itself.
    ///
    /// # Errors
    ///
    /// After [`StorageError::OutcomeUnknown`] the commit may have been applied. After any other error it
    /// was not.
    fn commit(&self, commit: Arc<Commit>) -> BoxFuture<'_, Result<Committed, StorageError>>;

    /// Takes the ownership for as long as this storage is open, and returns the new owner epoch, the greatest so far.
    /// From then on every commit that carries another epoch is refused with [`StorageError::Fenced`].
    ///
    /// # Errors
    ///
    /// [`StorageError::Busy`] while another process has it; that can be tried again.
    fn acquire(&self) -> BoxFuture<'_, Result<u64, StorageError>>;
}

impl Range {
    /// Where to start: the first byte string that can be in the range.
    pub(crate) fn start(&self) -> Key {
        match &self.after {
            // The next byte string after a key is the key and a zero.
            Some(after) if *after >= self.prefix => [after, [0].as_slice()].concat(),
            _ => self.prefix.clone(),
        }
    }

    /// Where to end: the first byte string after all that begin with the prefix, if there is one.
    pub(crate) fn end(&self) -> Option<Key> {
        let last = self.prefix.iter().rposition(|byte| *byte < 0xff)?;
        let mut end = self.prefix.get(..=last)?.to_vec();
        *end.last_mut()? += 1;
        Some(end)
    }
}

/// Shows the value's length only: it belongs to somebody.
impl fmt::Debug for Stored {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Stored")
            .field("value_bytes", &self.value.len())
            .field("version", &self.version)
            .finish()
    }
}
