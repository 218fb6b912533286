//! Durable runs: what the runtime costs over SQLite, which writes the same rows by hand, after raw wasmtime has executed the
//! same guests or without.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;
use std::time::Instant;

use airs_runtime::{Runtime, State};
use rusqlite::{Connection, Transaction, TransactionBehavior};
use tokio::runtime::Builder;

use crate::disk;
use crate::floor::Floor;
use crate::pairs::Pairs;
use crate::row::Row;
use crate::run::{self, PAY, bound_ledger, fund, must, pay_own};

const CALLERS: u32 = 64;
/// Rounds of all callers in one measurement: some 20 syncs.
const ROUNDS: u32 = 20;
/// Runs of the single caller in one measurement.
const SINGLY: u32 = 20;
const PAIRS: usize = 30;
/// A usual disk: with the one at hand, which may be faster than SQLite itself, the figure is about the processor.
const SLOW_SYNC_MS: u64 = 4;

/// Makes the row of that name, beside a floor.
type Measure = fn(&'static str, ByHand) -> Row;

/// What the floor does by hand.
#[derive(Clone, Copy)]
enum ByHand {
    /// It writes the rows.
    Rows,
    /// Before it does, it has raw wasmtime execute the same guests, as the row `run, whole` has.
    GuestsAndRows,
}

pub(crate) fn rows(wanted: &str) -> Vec<Row> {
    use ByHand::{GuestsAndRows, Rows};
    let mut rows = Vec::new();
    let measures: [(&str, Measure, ByHand, u64); 7] = [
        ("durable run, 64 callers", many_callers, Rows, 0),
        (
            "durable run, 64 callers, floor with guests",
            many_callers,
            GuestsAndRows,
            0,
        ),
        (
            "durable run, 64 callers, syncs of 4 ms",
            many_callers,
            Rows,
            SLOW_SYNC_MS,
        ),
        (
            "durable run, 64 callers, 4 ms, floor with guests",
            many_callers,
            GuestsAndRows,
            SLOW_SYNC_MS,
        ),
        ("durable run, one caller", one_caller, Rows, 0),
        (
            "durable run, one caller, floor with guests",
            one_caller,
            GuestsAndRows,
            0,
        ),
        (
            "durable run, one caller, syncs of 4 ms",
            one_caller,
            Rows,
            SLOW_SYNC_MS,
        ),
    ];
    for (name, row, by_hand, sync_ms) in measures {
        if name.contains(wanted) && disk::can_sync_in(sync_ms) {
            rows.push(disk::with_syncs_of(sync_ms, || row(name, by_hand)));
        }
    }
    rows
}

impl ByHand {
    fn guests(self, threads: usize) -> Option<Guests> {
        match self {
            Self::Rows => None,
            Self::GuestsAndRows => Some(Guests::on(threads)),
        }
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

/// Time for each of the runs of 64 callers who pay out of accounts of their own. At 0.7 of the floor's rate it
/// is 1 / 0.7 of its time.
fn many_callers(name: &'static str, by_hand: ByHand) -> Row {
    let (folder, mut connection) = database();
    let threads = thread::available_parallelism().map_or(1, usize::from);
    let mut guests = by_hand.guests(threads);
    let runtime = runtime(folder.path());
    let clients = Builder::new_multi_thread()
        .worker_threads(1)
        .build()
        .expect("clients");
    let floor = || {
        timed(CALLERS * ROUNDS, || {
            for round in 0..ROUNDS {
                guests.iter_mut().for_each(|guests| guests.run(CALLERS));
                commit(&mut connection, 0..CALLERS, round);
            }
        })
    };
    let value = || {
        timed(CALLERS * ROUNDS, || {
            let callers: Vec<_> = (0..CALLERS)
                .map(|caller| {
                    let runtime = runtime.clone();
                    clients.spawn(async move {
                        for _ in 0..ROUNDS {
                            must(runtime.perform(pay_own(caller)).await);
                        }
                    })
                })
                .collect();
            for caller in callers {
                clients.block_on(caller).expect("the caller ends");
            }
        })
    };
    Row::ratio(name, "µs", &Pairs::measure(PAIRS, floor, value), 1.0 / 0.7)
}

fn one_caller(name: &'static str, by_hand: ByHand) -> Row {
    let (folder, mut connection) = database();
    let mut guests = by_hand.guests(1);
    let runtime = runtime(folder.path());
    let floor = || {
        timed(SINGLY, || {
            for round in 0..SINGLY {
                guests.iter_mut().for_each(|guests| guests.run(1));
                commit(&mut connection, 0..1, round);
            }
        })
    };
    let value = || {
        timed(SINGLY, || {
            (0..SINGLY).for_each(|_| must(runtime.perform_blocking(pay_own(0))))
        })
    };
    Row::ratio(name, "µs", &Pairs::measure(PAIRS, floor, value), 1.5)
}

fn timed(runs: u32, work: impl FnOnce()) -> f64 {
    let start = Instant::now();
    work();
    start.elapsed().as_secs_f64() * 1e6 / f64::from(runs)
}

fn runtime(folder: &Path) -> Runtime {
    let builder = Runtime::builder().state(State::Folder(folder.join("airs")));
    let runtime = bound_ledger(builder, "payment");
    (0..CALLERS).for_each(|caller| fund(&runtime, caller));
    runtime
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
