//! The same by hand: SQLite with the same rows, after raw wasmtime has executed the same guests or without.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;

use rusqlite::{Connection, Transaction, TransactionBehavior};

use crate::floor::Floor;
use crate::run::{self, PAY};

/// What is done by hand.
#[derive(Clone, Copy)]
pub(super) enum What {
    /// The rows are written.
    Rows,
    /// Before they are, raw wasmtime executes the same guests, as the row `run, whole` has them.
    GuestsAndRows,
}

/// It is done in a folder of its own.
pub(super) struct ByHand {
    folder: tempfile::TempDir,
    connection: Connection,
    guests: Option<Guests>,
}

impl ByHand {
    /// Guests are executed by so many threads.
    pub(super) fn begin(what: What, threads: usize) -> Self {
        let (folder, connection) = database();
        let guests = match what {
            What::Rows => None,
            What::GuestsAndRows => Some(Guests::on(threads)),
        };
        Self {
            folder,
            connection,
            guests,
        }
    }

    pub(super) fn log(&self) -> PathBuf {
        self.folder.path().join("floor.sqlite-wal")
    }

    /// The runs of so many callers, and one commit for all of them.
    pub(super) fn round(&mut self, callers: u32, round: u32) {
        if let Some(guests) = &mut self.guests {
            guests.run(callers);
        }
        commit(&mut self.connection, 0..callers, round);
    }
}

/// Raw wasmtime, which executes guests on this thread and on others.
struct Guests {
    here: Floor,
    elsewhere: Vec<(Sender<()>, Receiver<()>)>,
    left: Arc<AtomicU32>,
}

impl Guests {
    fn on(threads: usize) -> Self {
        let left = Arc::new(AtomicU32::new(0));
        Self {
            here: run::floor("payment"),
            elsewhere: (1..threads)
                .map(|_| guests_on_a_thread(Arc::clone(&left)))
                .collect(),
            left,
        }
    }

    /// So many runs: each thread takes the next one when it is done with one.
    fn run(&mut self, runs: u32) {
        self.left.store(runs, Ordering::Relaxed);
        for (begin, _) in &self.elsewhere {
            begin.send(()).expect("the thread lives");
        }
        run_what_is_left(&mut self.here, &self.left);
        for (_, done) in &self.elsewhere {
            done.recv().expect("the guests succeed");
        }
    }
}

fn run_what_is_left(guests: &mut Floor, left: &AtomicU32) {
    let take = || left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1));
    while take().is_ok() {
        drop(guests.run(PAY));
    }
}

fn guests_on_a_thread(left: Arc<AtomicU32>) -> (Sender<()>, Receiver<()>) {
    let (begin, asked) = channel();
    let (tell, done) = channel();
    thread::spawn(move || {
        let mut guests = run::floor("payment");
        for () in asked {
            run_what_is_left(&mut guests, &left);
            tell.send(()).expect("somebody waits");
        }
    });
    (begin, done)
}

/// Tables in which the same rows are: key, version, sum and value of two balances for each caller, and the row that every
/// commit changes, which has one, too. Both databases lie on the same disk, with the same guarantees, and whoever wants
/// damage to be noticed pays for sums by hand as well.
fn database() -> (tempfile::TempDir, Connection) {
    let folder = tempfile::tempdir().expect("a folder");
    let connection = Connection::open(folder.path().join("floor.sqlite")).expect("a database");
    connection
        .execute_batch(
            "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;
             CREATE TABLE kv (key BLOB PRIMARY KEY, version INTEGER NOT NULL, sum INTEGER NOT NULL, value BLOB NOT NULL)
             WITHOUT ROWID;
             CREATE TABLE meta (newest INTEGER NOT NULL, sum INTEGER NOT NULL);
             INSERT INTO meta VALUES (0, 0);",
        )
        .expect("tables");
    (folder, connection)
}

/// One transaction: the two balances of each caller.
fn commit(connection: &mut Connection, callers: std::ops::Range<u32>, round: u32) {
    let transaction = Transaction::new(connection, TransactionBehavior::Immediate).expect("a transaction");
    {
        let mut put = transaction
            .prepare_cached("INSERT OR REPLACE INTO kv VALUES (?1, ?2, ?3, ?4)")
            .expect("a statement");
        for caller in callers {
            for side in ["payer", "payee"] {
                let path = format!("/accounts/{side}{caller}/usd");
                let value = format!("\"{round}.00\"");
                let sum = sum(&[path.as_bytes(), &round.to_le_bytes(), value.as_bytes()]);
                put.execute((path.as_bytes(), round, sum, value.as_bytes()))
                    .expect("a row");
            }
        }
        transaction
            .prepare_cached("UPDATE meta SET newest = newest + 1, sum = ?1")
            .and_then(|mut newest| newest.execute((sum(&[&round.to_le_bytes()]),)))
            .expect("the meta row");
    }
    transaction.commit().expect("a commit");
}

/// Eight bytes of a hash over what is in a row.
fn sum(parts: &[&[u8]]) -> i64 {
    let mut hasher = blake3::Hasher::new();
    for part in parts {
        hasher.update(part);
    }
    let mut first = [0; 8];
    hasher.finalize_xof().fill(&mut first);
    i64::from_le_bytes(first)
}
