//! State in one SQLite file.

mod fault;
mod group;
mod owner;
mod reader;
mod recent;
mod rows;
mod schema;
mod sum;
mod writer;

use std::fmt;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::BoxFuture;

use super::{Commit, Committed, Snapshot, Storage};
use crate::StorageError;
use owner::Owner;
use reader::Readers;
use recent::Recent;
use schema::Site;
use writer::Writer;

/// A [`Storage`] in one SQLite file, for one process that commits and any number that read.
///
/// The file is in write-ahead mode with `synchronous=FULL`. All commits of one `Sqlite` go through one
/// thread, which makes as many durable with one sync as are waiting (group commit). Snapshots are read
/// transactions on connections of their own; their reads are made on the calling thread, and neither wait
/// for commits nor delay them. An old snapshot keeps the write-ahead log from being cut, so that it grows. Rows that were
/// read or written lately, since this `Sqlite` first committed or acquired, are kept in memory, 8 MiB of them.
///
/// Its owner holds a lock on a file beside it, `<file>-owner`, from [`acquire`](Storage::acquire) until it is dropped.
/// The lock goes with the process that holds it. If it gets lost otherwise, as when somebody removes the file, the
/// epoch keeps the one who held it from committing.
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
/// let owner = Sqlite::open(&file)?;
/// let epoch = Some(owner.acquire().await?);
/// owner.commit(Commit { epoch, ..Commit::default() }.into()).await?;
///
/// // Another one may look, and has to wait for the ownership.
/// let other = Sqlite::open(&file)?;
/// other.snapshot().await?;
/// assert!(matches!(other.acquire().await, Err(StorageError::Busy)));
/// drop(owner);
/// other.acquire().await?;
/// # Ok(()) }) }
/// ```
pub struct Sqlite {
    site: Site,
    writer: Writer,
    readers: Arc<Readers>,
    /// The last to go: until then queued commits are made.
    owner: Owner,
}

impl Sqlite {
    /// Opens a storage file, and makes it, with its folder, if it is absent or empty.
    ///
    /// # Errors
    ///
    /// A file that is not a storage file, is one of a newer format, or is damaged as far as its head and its
    /// tables go is refused and left as it is; so is one that was emptied, and one beside which is a log that is not its
    /// own. Damage elsewhere is found when it is read from the file: each row has a sum of what is in it.
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
        let recent = Arc::<Recent>::default();
        Ok(Self {
            writer: Writer::start(connection, site.clone(), Arc::clone(&recent))?,
            readers: Readers::new(site.clone(), recent),
            owner: Owner::of(site.path()),
            site,
        })
    }

    /// Whether a storage file can be used: whether [`open`](Self::open) would refuse it. Only looks: the file and what is
    /// beside it stay as they are, whoever uses them meanwhile, and a file of an older format stays one. Only where this
    /// process has it open already, it is noted in the index of the log that somebody reads.
    ///
    /// A process looks at no file for the first time while it is opening it elsewhere: SQLite would have both share how
    /// its log is reached, and refuse the one that writes.
    ///
    /// ```
    /// use airs_platform::{Sqlite, StorageError};
    ///
    /// # let folder = tempfile::tempdir()?;
    /// let file = folder.path().join("local.sqlite");
    /// std::fs::write(&file, "my notes")?;
    /// assert!(matches!(Sqlite::examine(&file), Err(StorageError::Foreign { .. })));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As [`open`](Self::open), and when there is no file. [`StorageError::Busy`] when another process keeps it to itself.
    pub fn examine(path: &Path) -> Result<(), StorageError> {
        schema::examine(path)
    }

    /// The same, and whether its pages hang together and every row is as it was written. Ends when so much time is over;
    /// returns whether that was enough for all of it. Rows of an older format have no sums to be compared with.
    ///
    /// ```
    /// use std::time::Duration;
    /// use airs_platform::Sqlite;
    ///
    /// # let folder = tempfile::tempdir()?;
    /// let file = folder.path().join("local.sqlite");
    /// drop(Sqlite::open(&file)?);
    /// assert!(Sqlite::examine_rows(&file, Duration::from_secs(10))?);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As [`examine`](Self::examine).
    pub fn examine_rows(path: &Path, time_max: Duration) -> Result<bool, StorageError> {
        schema::examine_rows(path, time_max)
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
        Box::pin(async move {
            self.owner.take()?;
            self.writer.acquire().await
        })
    }
}

impl fmt::Debug for Sqlite {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sqlite")
            .field("path", &self.site.path())
            .finish_non_exhaustive()
    }
}
