//! State in one SQLite file.

mod fault;
mod group;
mod reader;
mod rows;
mod schema;
mod writer;

use std::fmt;
use std::path::Path;
use std::sync::Arc;

use futures_util::future::BoxFuture;

use super::{Commit, Committed, Snapshot, Storage};
use crate::StorageError;
use reader::Readers;
use schema::Site;
use writer::Writer;

/// A [`Storage`] in one SQLite file, for one process or several at once.
///
/// The file is in write-ahead mode with `synchronous=FULL`. All commits of one `Sqlite` go through one
/// thread, which makes as many durable with one sync as are waiting (group commit). Snapshots are read
/// transactions on connections of their own; their reads are made on the calling thread, and neither wait
/// for commits nor delay them. An old snapshot keeps the write-ahead log from being cut, so that it grows.
///
/// Dropping it waits until the commits that are queued are answered, and ends the thread; snapshots may
/// live longer.
///
/// ```
/// use airs_platform::{Commit, Sqlite, Storage, StorageError};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let folder = tempfile::tempdir()?;
/// # tokio::runtime::Builder::new_current_thread().build()?.block_on(async {
/// let file = folder.path().join("local.sqlite");
/// let old = Sqlite::open(&file)?;
/// let old_epoch = old.acquire().await?;
///
/// // Another process takes over. What the old one still sends is refused.
/// let new = Sqlite::open(&file)?;
/// new.acquire().await?;
/// let late = Commit { epoch: Some(old_epoch), ..Commit::default() };
/// assert!(matches!(old.commit(late.into()).await, Err(StorageError::Fenced)));
/// # Ok(()) }) }
/// ```
pub struct Sqlite {
    site: Site,
    writer: Writer,
    readers: Arc<Readers>,
}

impl Sqlite {
    /// Opens a storage file, and makes it, with its folder, if it is absent or empty.
    ///
    /// # Errors
    ///
    /// A file that is not a storage file, is one of a newer format, or is damaged as far as its head and its
    /// tables go is refused and left as it is. Damage elsewhere is found when it is read.
    pub fn open(path: &Path) -> Result<Self, StorageError> {
        Self::at(Site::of(path)?)
    }

    /// Opens a storage file through another VFS of SQLite's, or with a guard dropped.
    ///
    /// # Errors
    ///
    /// As [`open`](Self::open).
    #[cfg(feature = "sabotage")]
    pub fn open_by(
        path: &Path,
        vfs: Option<&'static str>,
        guards: airs_core::Guards,
    ) -> Result<Self, StorageError> {
        Self::at(Site::of(path)?.by(vfs, guards))
    }

    fn at(site: Site) -> Result<Self, StorageError> {
        let connection = schema::open(&site)?;
        Ok(Self {
            writer: Writer::start(connection, site.clone())?,
            readers: Readers::new(site.clone()),
            site,
        })
    }

    /// How many transactions were made durable through this `Sqlite`: each is one sync, for one commit or
    /// many.
    pub fn groups(&self) -> u64 {
        self.writer.groups()
    }
}

impl Storage for Sqlite {
    fn snapshot(&self) -> BoxFuture<'_, Result<Box<dyn Snapshot>, StorageError>> {
        Box::pin(async move { Ok(Box::new(self.readers.view().await?) as Box<dyn Snapshot>) })
    }

    fn commit(&self, commit: Arc<Commit>) -> BoxFuture<'_, Result<Committed, StorageError>> {
        Box::pin(self.writer.commit(commit))
    }

    fn acquire(&self) -> BoxFuture<'_, Result<u64, StorageError>> {
        Box::pin(self.writer.acquire())
    }
}

impl fmt::Debug for Sqlite {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sqlite")
            .field("path", &self.site.path())
            .finish_non_exhaustive()
    }
}
