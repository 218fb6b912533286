//! Durable runs: what the runtime costs over SQLite, which writes the same rows by hand.

use std::path::Path;
use std::time::Instant;

use airs_runtime::{Runtime, State};
use rusqlite::{Connection, Transaction, TransactionBehavior};
use tokio::runtime::Builder;

use crate::disk;
use crate::pairs::Pairs;
use crate::row::Row;
use crate::run::{bound_ledger, fund, must, pay_own};

const CALLERS: u32 = 64;
/// Rounds of all callers in one measurement: some 20 syncs.
const ROUNDS: u32 = 20;
/// Runs of the single caller in one measurement.
const SINGLY: u32 = 20;
const PAIRS: usize = 30;
/// A usual disk: with the one at hand, which may be faster than SQLite itself, the figure is about the processor.
const SLOW_SYNC_MS: u64 = 4;

/// Makes the row of that name.
type Measure = fn(&'static str) -> Row;

pub(crate) fn rows(wanted: &str) -> Vec<Row> {
    let mut rows = Vec::new();
    let measures: [(&str, Measure, u64); 4] = [
        ("durable run, 64 callers", many_callers, 0),
        (
            "durable run, 64 callers, syncs of 4 ms",
            many_callers,
            SLOW_SYNC_MS,
        ),
        ("durable run, one caller", one_caller, 0),
        ("durable run, one caller, syncs of 4 ms", one_caller, SLOW_SYNC_MS),
    ];
    for (name, row, sync_ms) in measures {
        if name.contains(wanted) && disk::can_sync_in(sync_ms) {
            rows.push(disk::with_syncs_of(sync_ms, || row(name)));
        }
    }
    rows
}

/// Time for each of the runs of 64 callers who pay out of accounts of their own. At 0.7 of the floor's rate it
/// is 1 / 0.7 of its time.
fn many_callers(name: &'static str) -> Row {
    let (folder, mut floor) = floor();
    let runtime = runtime(folder.path());
    let clients = Builder::new_multi_thread()
        .worker_threads(1)
        .build()
        .expect("clients");
    let floor = || {
        timed(CALLERS * ROUNDS, || {
            (0..ROUNDS).for_each(|round| commit(&mut floor, 0..CALLERS, round));
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

fn one_caller(name: &'static str) -> Row {
    let (folder, mut floor) = floor();
    let runtime = runtime(folder.path());
    let floor = || {
        timed(SINGLY, || {
            (0..SINGLY).for_each(|round| commit(&mut floor, 0..1, round))
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
fn floor() -> (tempfile::TempDir, Connection) {
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
