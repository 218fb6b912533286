//! Durable runs: what the runtime costs over SQLite, which writes the same rows by hand, after raw wasmtime has executed the
//! same guests or without; and what that costs itself.
//!
//! Both write to logs that were written once before. A file that grows takes a disk longer to sync, and a new log is one for
//! some hundred commits only: how many of those a measurement has would say more than what is measured.

use std::fs;
use std::path::Path;
use std::thread;
use std::time::Instant;

use airs_runtime::{Runtime, State};
use tokio::runtime::Builder;

use crate::disk;
use crate::pairs::Pairs;
use crate::row::Row;
use crate::run::{bound_ledger, fund, must, pay_own};
use by_hand::{ByHand, What};

mod by_hand;

const CALLERS: u32 = 64;
/// Rounds of all callers in one measurement: as many syncs, or some more.
const ROUNDS: u32 = 20;
const PAIRS: usize = 30;
/// A usual disk: with the one at hand, which may be faster than SQLite itself, the figure is about the processor.
const SLOW_SYNC_MS: u64 = 4;

/// At 0.7 of the floor's rate it is 1 / 0.7 of its time.
const MANY_GOAL: f64 = 1.0 / 0.7;
const ONE_GOAL: f64 = 1.5;

/// What is measured.
#[derive(Clone, Copy)]
enum Who {
    /// The runtime.
    Runtime,
    /// Raw wasmtime, with SQLite by hand: what is left to reach.
    Raw,
}

/// What a row says.
#[derive(Clone, Copy)]
struct Measured {
    name: &'static str,
    callers: u32,
    who: Who,
    floor: What,
    sync_ms: u64,
}

const fn row(name: &'static str, callers: u32, who: Who, floor: What, sync_ms: u64) -> Measured {
    Measured {
        name,
        callers,
        who,
        floor,
        sync_ms,
    }
}

pub(crate) fn rows(wanted: &str) -> Vec<Row> {
    use What::{GuestsAndRows, Rows};
    use Who::{Raw, Runtime};
    let all = [
        row("durable run, 64 callers", CALLERS, Runtime, Rows, 0),
        row("durable by raw wasmtime, 64 callers", CALLERS, Raw, Rows, 0),
        row(
            "durable run, 64 callers, floor with guests",
            CALLERS,
            Runtime,
            GuestsAndRows,
            0,
        ),
        row(
            "durable run, 64 callers, syncs of 4 ms",
            CALLERS,
            Runtime,
            Rows,
            SLOW_SYNC_MS,
        ),
        row(
            "durable by raw wasmtime, 64 callers, 4 ms",
            CALLERS,
            Raw,
            Rows,
            SLOW_SYNC_MS,
        ),
        row(
            "durable run, 64 callers, 4 ms, floor with guests",
            CALLERS,
            Runtime,
            GuestsAndRows,
            SLOW_SYNC_MS,
        ),
        row("durable run, one caller", 1, Runtime, Rows, 0),
        row("durable by raw wasmtime, one caller", 1, Raw, Rows, 0),
        row(
            "durable run, one caller, floor with guests",
            1,
            Runtime,
            GuestsAndRows,
            0,
        ),
        row(
            "durable run, one caller, syncs of 4 ms",
            1,
            Runtime,
            Rows,
            SLOW_SYNC_MS,
        ),
    ];
    all.into_iter()
        .filter(|row| row.name.contains(wanted) && disk::can_sync_in(row.sync_ms))
        .map(|row| disk::with_syncs_of(row.sync_ms, || row.measure()))
        .collect()
}

impl Measured {
    /// Time for each of the runs.
    fn measure(self) -> Row {
        let threads = if self.callers == 1 { 1 } else { processors() };
        let by_hand = |what| rounds_by_hand(ByHand::begin(what, threads), self.callers);
        let folder = tempfile::tempdir().expect("a folder");
        let value = match self.who {
            Who::Runtime => rounds(folder.path(), self.callers),
            Who::Raw => by_hand(What::GuestsAndRows),
        };
        let pairs = Pairs::measure(PAIRS, by_hand(self.floor), value);
        let goal = if self.callers == 1 { ONE_GOAL } else { MANY_GOAL };
        Row::ratio(self.name, "µs", &pairs, goal)
    }
}

fn processors() -> usize {
    thread::available_parallelism().map_or(1, usize::from)
}

/// All rounds of a measurement, again and again.
type Rounds = Box<dyn FnMut() -> f64>;

fn rounds_by_hand(mut by_hand: ByHand, callers: u32) -> Rounds {
    let log = by_hand.log();
    let rounds = move || {
        timed(callers, || {
            (0..ROUNDS).for_each(|round| by_hand.round(callers, round))
        })
    };
    at_rest(&log, Box::new(rounds))
}

/// Callers pay out of accounts of their own.
fn rounds(folder: &Path, callers: u32) -> Rounds {
    let builder = Runtime::builder().state(State::Folder(folder.to_owned()));
    let runtime = bound_ledger(builder, "payment");
    (0..callers).for_each(|caller| fund(&runtime, caller));
    let rounds: Rounds = if callers == 1 {
        Box::new(move || {
            timed(callers, || {
                (0..ROUNDS).for_each(|_| must(runtime.perform_blocking(pay_own(0))));
            })
        })
    } else {
        let clients = Builder::new_multi_thread().worker_threads(1).build();
        let clients = clients.expect("clients");
        Box::new(move || timed(callers, || clients.block_on(all_pay(&runtime, callers))))
    };
    at_rest(&folder.join("local.sqlite-wal"), rounds)
}

async fn all_pay(runtime: &Runtime, callers: u32) {
    let pays = |caller| {
        let runtime = runtime.clone();
        tokio::spawn(async move {
            for _ in 0..ROUNDS {
                must(runtime.perform(pay_own(caller)).await);
            }
        })
    };
    let callers: Vec<_> = (0..callers).map(pays).collect();
    for caller in callers {
        caller.await.expect("the caller ends");
    }
}

fn timed(callers: u32, rounds: impl FnOnce()) -> f64 {
    let start = Instant::now();
    rounds();
    start.elapsed().as_secs_f64() * 1e6 / f64::from(callers * ROUNDS)
}

/// Goes on until the log does not grow any more.
fn at_rest(log: &Path, mut rounds: Rounds) -> Rounds {
    let length = || fs::metadata(log).expect("the log is there").len();
    loop {
        let before = length();
        rounds();
        if length() == before {
            return rounds;
        }
    }
}
