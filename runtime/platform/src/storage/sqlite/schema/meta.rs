//! The row that every commit changes.

use rusqlite::Connection;

use super::super::sum;
use super::{signed, unsigned};

/// What every commit changes, and which state it is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(in super::super) struct Meta {
    /// Which state it is, by chance: a copy has the same, and no other state has.
    origin: [u8; 16],
    /// The number of the newest commit.
    pub(in super::super) newest: u64,
    /// The owner epoch.
    pub(in super::super) epoch: u64,
}

/// A state, and how far it has come. A copy of a file has the same, as long as neither goes on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in super::super) struct Point {
    pub(in super::super) origin: [u8; 16],
    /// The number of the newest commit.
    pub(in super::super) newest: u64,
}

impl Meta {
    pub(in super::super) fn point(&self) -> Point {
        Point {
            origin: self.origin,
            newest: self.newest,
        }
    }

    pub(in super::super) fn read(connection: &Connection) -> rusqlite::Result<Self> {
        let sql = "SELECT origin, newest, epoch, sum FROM meta WHERE one = 1";
        connection.prepare_cached(sql)?.query_row((), |row| {
            let found = Self {
                origin: row.get(0)?,
                newest: unsigned(row, 1)?,
                epoch: unsigned(row, 2)?,
            };
            sum::compare(row.get(3)?, found.sum())?;
            Ok(found)
        })
    }

    /// The same of a file of an older format, which says neither which state it is nor what the row's sum is.
    pub(super) fn read_older(connection: &Connection) -> rusqlite::Result<(u64, u64)> {
        let sql = "SELECT newest, epoch FROM meta WHERE one = 1";
        connection.query_row(sql, (), |row| Ok((unsigned(row, 0)?, unsigned(row, 1)?)))
    }

    /// Begins a state, or goes on with one of an older format.
    pub(super) fn begin(connection: &Connection, newest: u64, epoch: u64) -> rusqlite::Result<()> {
        // SQLite takes it of the operating system's randomness.
        let origin = connection.query_row("SELECT randomblob(16)", (), |row| row.get(0))?;
        connection.execute("INSERT INTO meta VALUES (1, x'', 0, 0, 0)", ())?;
        let meta = Self {
            origin,
            newest,
            epoch,
        };
        meta.write(connection)
    }

    pub(in super::super) fn write(self, connection: &Connection) -> rusqlite::Result<()> {
        connection
            .prepare_cached("UPDATE meta SET origin = ?1, newest = ?2, epoch = ?3, sum = ?4 WHERE one = 1")?
            .execute((
                self.origin.as_slice(),
                signed(self.newest)?,
                signed(self.epoch)?,
                self.sum(),
            ))?;
        Ok(())
    }

    /// Whether this can be the same state as `before`, later or at the same time.
    pub(super) fn follows(&self, before: &Self) -> bool {
        self.origin == before.origin && self.newest >= before.newest && self.epoch >= before.epoch
    }

    fn sum(&self) -> i64 {
        sum::of_meta(&self.origin, self.newest, self.epoch)
    }
}
