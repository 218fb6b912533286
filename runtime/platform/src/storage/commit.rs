//! What becomes visible together, and what has to be unchanged for that.

use std::fmt;
use std::time::Instant;

use super::{Bytes, Key, Range, Version};

/// What makes a commit happen once, however often it is sent.
pub type CommitId = [u8; 16];

/// The newest commits with an id whose ids are remembered.
///
/// An id settles what became of a commit whose answer was lost, so that it has to outlive the time until the
/// sender asks again. At 1,000 commits a second this is 100 seconds, twenty times a run's deadline, for
/// about 6 MB of a file. Answers to runs are kept elsewhere, and longer.
pub const COMMIT_IDS_KEPT: usize = 100_000;

/// Something that was read and has to be unchanged for a commit to be applied.
///
/// A key's check is shown at [`Storage`](crate::Storage). One of a range notices new keys too:
///
/// ```
/// use airs_platform::{Check, Commit, Committed, Memory, Range, Storage};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # tokio::runtime::Builder::new_current_thread().build()?.block_on(async {
/// let storage = Memory::new();
/// let range = Range { prefix: b"seats/".to_vec(), after: None, limit: 10 };
/// let page = storage.snapshot().await?.scan(&range).await?;
/// let seen = page.entries.into_iter().map(|entry| (entry.key, entry.stored.version)).collect();
/// let only_if_free = Check::Range { range, seen, more: page.more };
///
/// let take = |seat: &str| Commit {
///     checks: vec![only_if_free.clone()],
///     writes: vec![(seat.into(), Some(b"alice".as_slice().into()))],
///     ..Commit::default()
/// };
/// assert_eq!(storage.commit(take("seats/12A").into()).await?, Committed::Applied(1));
/// assert_eq!(storage.commit(take("seats/12B").into()).await?, Committed::Conflict(vec![b"seats/".to_vec()]));
/// # Ok(()) }) }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Check {
    /// The key is at this version; 0 for absent.
    Key {
        /// The key that was read.
        key: Key,
        /// The version that it had.
        version: Version,
    },
    /// The range holds these keys at these versions, and no others.
    Range {
        /// The range that was scanned.
        range: Range,
        /// What it held, from its beginning on.
        seen: Vec<(Key, Version)>,
        /// Whether there was more after that.
        more: bool,
    },
    /// There is room for what the commit writes under a prefix: afterwards the keys there have no more bytes than
    /// this, or no more than before. It depends on no version, so that commits of different keys do not meet in it.
    ///
    /// The bytes of a prefix are counted by the commits that write there, so that each of them has this check, or
    /// none ever has; counted prefixes are not each other's beginnings.
    Room {
        /// What the keys begin with.
        prefix: Key,
        /// The most bytes of keys, without the prefix, and of values.
        bytes_max: u64,
    },
}

/// What becomes visible together, or not at all.
///
/// An example is at [`Storage`](crate::Storage).
#[derive(Clone, Default)]
pub struct Commit {
    /// Makes the commit happen once: a second one with the id of an applied one changes nothing.
    pub id: Option<CommitId>,
    /// The owner epoch under which the commit is made; one without it is not fenced.
    pub epoch: Option<u64>,
    /// When it must have been begun: one that still waits by then is refused with
    /// [`StorageError::Late`](crate::StorageError::Late). A backend in which nothing waits does not look at it.
    pub deadline: Option<Instant>,
    /// What has to be unchanged.
    pub checks: Vec<Check>,
    /// What is written, in this order, so that a key's last one wins; `None` deletes.
    pub writes: Vec<(Key, Option<Bytes>)>,
}

/// What became of a commit that reached the backend.
///
/// An example is at [`Storage`](crate::Storage).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Committed {
    /// All writes are durable, with this version. For a commit without writes: all checks hold, at this
    /// newest version; nothing was recorded, its id neither.
    Applied(Version),
    /// A commit with this id was applied before, with this version. Nothing was changed.
    AlreadyApplied(Version),
    /// These keys, and ranges by their prefixes, are not as they were read; in byte order, each once.
    /// Nothing was changed.
    Conflict(Vec<Key>),
}

impl Check {
    /// What a conflict on this check is called by.
    pub(crate) fn subject(&self) -> &Key {
        match self {
            Self::Key { key, .. } => key,
            Self::Room { prefix, .. } => prefix,
            Self::Range { range, .. } => &range.prefix,
        }
    }
}

/// Shows no values.
impl fmt::Debug for Commit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let keys: Vec<_> = self.writes.iter().map(|(key, _)| key).collect();
        f.debug_struct("Commit")
            .field("id", &self.id)
            .field("epoch", &self.epoch)
            .field("checks", &self.checks)
            .field("written_keys", &keys)
            .finish()
    }
}
