//! Snapshots: a bounded pool of connections, each for one read transaction at a time.

use std::sync::{Arc, Mutex, PoisonError};

use futures_util::future::{Either, ready};
use rusqlite::Connection;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::super::{Key, Page, Range, Reading, Snapshot, Stored};
use super::fault::fault;
use super::recent::Recent;
use super::rows;
use super::schema::{self, Meta, Point, Site};
use crate::StorageError;

/// Snapshots alive at once; who wants one more waits. Each may cost two of the 1,024 file descriptors that a
/// process usually has, and 2 MiB of page cache. Only runs that wait for the network hold one for long.
const READERS_MAX: usize = 64;

/// Connections that are not in use, and the right to use them.
pub(super) struct Readers {
    site: Site,
    recent: Arc<Recent>,
    places: Arc<Semaphore>,
    idle: Mutex<Vec<Connection>>,
}

impl Readers {
    pub(super) fn new(site: Site, recent: Arc<Recent>) -> Arc<Self> {
        let places = Arc::new(Semaphore::new(READERS_MAX));
        Arc::new(Self {
            site,
            recent,
            places,
            idle: Mutex::default(),
        })
    }

    /// Fixes a view of all durable commits, as soon as a place is free.
    pub(super) async fn view(self: &Arc<Self>) -> Result<View, StorageError> {
        let place = Arc::clone(&self.places).acquire_owned().await;
        let place = place.map_err(|closed| StorageError::Unavailable {
            doing: "take a snapshot".into(),
            source: Arc::new(closed),
        })?;
        let (connection, point) = self.begin().map_err(|error| fault("take a snapshot", error))?;
        Ok(View {
            connection: Some(connection),
            point,
            readers: Arc::clone(self),
            _place: place,
        })
    }

    fn begin(&self) -> rusqlite::Result<(Connection, Point)> {
        let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let connection = match idle {
            Some(connection) => connection,
            None => schema::open_reader(&self.site)?,
        };
        connection.prepare_cached("BEGIN")?.execute(())?;
        // The view is fixed by the transaction's first read, not by its beginning.
        let point = Meta::read(&connection)?.point();
        Ok((connection, point))
    }

    fn end(&self, connection: Connection) {
        let ended = connection
            .prepare_cached("COMMIT")
            .and_then(|mut commit| commit.execute(()));
        if ended.is_ok() {
            self.idle
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .push(connection);
        }
    }
}

/// One read transaction.
pub(super) struct View {
    /// Gone after an error: a connection that failed is not used again.
    connection: Option<Connection>,
    /// Up to where it goes.
    point: Point,
    readers: Arc<Readers>,
    _place: OwnedSemaphorePermit,
}

impl View {
    fn read<'a, T>(&mut self, read: impl FnOnce(&Connection) -> rusqlite::Result<T>) -> Reading<'a, T> {
        Either::Left(ready(self.try_read(read)))
    }

    fn stored(&mut self, key: &[u8]) -> Result<Option<Stored>, StorageError> {
        if let Some(known) = self.remembered(|recent, point| recent.get(point, key)) {
            return Ok(known);
        }
        let stored = self.try_read(|connection| rows::get(connection, key))?;
        self.readers.recent.learn(self.point, key, &stored);
        Ok(stored)
    }

    /// What is in memory. After an error nothing is read any more, from there neither.
    fn remembered<T>(&self, find: impl FnOnce(&Recent, Point) -> Option<T>) -> Option<T> {
        let _sound = self.connection.as_ref()?;
        find(&self.readers.recent, self.point)
    }

    fn try_read<T>(
        &mut self,
        read: impl FnOnce(&Connection) -> rusqlite::Result<T>,
    ) -> Result<T, StorageError> {
        let doing = "read from the snapshot";
        let Some(connection) = &self.connection else {
            return Err(StorageError::Unavailable {
                doing: doing.into(),
                source: Arc::new(std::io::Error::other("a read before this one failed")),
            });
        };
        read(connection).map_err(|error| {
            self.connection = None;
            fault(doing, error)
        })
    }
}

impl Snapshot for View {
    fn get<'a>(&'a mut self, key: &'a [u8]) -> Reading<'a, Option<Stored>> {
        Either::Left(ready(self.stored(key)))
    }

    fn get_many<'a>(&'a mut self, keys: &'a [Key]) -> Reading<'a, Vec<Option<Stored>>> {
        Either::Left(ready(keys.iter().map(|key| self.stored(key)).collect()))
    }

    fn value_bytes<'a>(&'a mut self, key: &'a [u8]) -> Reading<'a, Option<u64>> {
        self.read(|connection| rows::value_bytes(connection, key))
    }

    fn counted_bytes<'a>(&'a mut self, prefix: &'a [u8]) -> Reading<'a, u64> {
        let counted = match self.remembered(|recent, point| recent.counted_bytes(point, prefix)) {
            Some(bytes) => Ok(bytes),
            None => self.try_read(|connection| rows::counted_bytes(connection, prefix)),
        };
        Either::Left(ready(counted))
    }

    fn scan<'a>(&'a mut self, range: &'a Range) -> Reading<'a, Page> {
        self.read(|connection| rows::page(connection, range))
    }
}

impl Drop for View {
    fn drop(&mut self) {
        if let Some(connection) = self.connection.take() {
            self.readers.end(connection);
        }
    }
}
