//! Guests that do not stop by themselves: each is stopped at the deadline of its run, and others hardly notice.

use std::fs;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use airs_core::{Guard, Guards};
use airs_driver::Context;
use airs_platform::Memory;
use airs_runtime::{Code, EngineConfig, Kind, Request};
use airs_tests::{Bench, Script};
use serde_json::{Value, json};
use tokio::time::timeout;
use wit_component::StringEncoding;

use super::child;
use super::hostile::component;
use super::verdict::{Verdict, at_most, ensure, holds, misses, size};

/// Runs whose guests do not stop have so long.
const DEADLINE: Duration = Duration::from_millis(30);
/// Nobody waits longer for one that was to be stopped.
const PATIENCE: Duration = Duration::from_secs(60);
/// As long as this one runs on when nothing stops it, to see that nothing does.
const PATIENCE_WITHOUT: Duration = Duration::from_secs(3);
/// The engine's own, on which guests execute.
const THREADS: usize = 2;
/// What a guest may compute after its deadline.
const LATE_MS: f64 = 50.0;
/// How much longer runs of others may take beside one that does not stop: their 99th percentile.
const OTHERS_RATIO_MAX: f64 = 2.0;
/// How often it is looked at what guests' threads have computed.
const LOOK: Duration = Duration::from_micros(500);
/// Runs of others in one go, alone or beside a guest that does not stop.
const OTHERS: usize = 300;
/// One go of both for so many guests that are stopped.
const STOPPED_A_WINDOW: usize = 100;

/// What does not stop: a loop, one through a host function, and instructions that take long by themselves.
const LOOPS: [(&str, &str, &str); 4] = [
    ("loop", "(loop $on (br $on)) unreachable", ""),
    (
        "ask",
        "(local.set $at (call $open)) (loop $on (call $view (local.get $at) (i32.const 256)) (br $on)) unreachable",
        "",
    ),
    (
        "copy",
        "(loop $on (memory.copy (i32.const 0) (i32.const 65536) (i32.const 60000000)) (br $on)) unreachable",
        r#"(memory (export "memory") 1000)"#,
    ),
    (
        "fill",
        "(loop $on (memory.fill (i32.const 0) (i32.const 1) (i32.const 60000000)) (br $on)) unreachable",
        r#"(memory (export "memory") 1000)"#,
    ),
];

fn bench(guards: Guards) -> Bench {
    let context = Context::new("runaway".parse().unwrap(), std::sync::Arc::new(Memory::new()));
    let engine = EngineConfig {
        threads: THREADS,
        ..EngineConfig::default()
    };
    let bench = Bench::alone(&["probe", "probe-driver"], |builder| {
        builder.engine(engine).prepared(context.guarded(guards))
    });
    let bench = bench.within("runaway");
    for (name, run, beside) in LOOPS {
        let bytes = component::program(run, beside, StringEncoding::UTF8);
        bench.load(&component::named(name, Kind::Program, &bytes));
    }
    bench.bind("/probe", "probe-driver", "{}", "operator").unwrap();
    bench
        .bind("/loops", "probe-driver", r#"{"on":{"view":"loop"}}"#, "operator")
        .unwrap();
    bench.bind("/fine", "probe-driver", "{}", "operator").unwrap();
    bench
}

/// The requests for what does not stop: programs, and a driver.
fn runaway(bench: &Bench, number: usize) -> Request {
    let deadline_ms = u64::try_from(DEADLINE.as_millis()).unwrap();
    let request = match LOOPS.get(number % (LOOPS.len() + 1)) {
        Some((name, ..)) => Request::run(*name, "{}"),
        None => Request::view("/loops"),
    };
    bench.addressed("operator", request.deadline_ms(deadline_ms))
}

/// What the threads of guests have computed in all, in nanoseconds, where the system tells.
fn computed() -> Option<u64> {
    let mut sum = 0;
    for thread in fs::read_dir("/proc/self/task").ok()? {
        let folder = thread.ok()?.path();
        if fs::read_to_string(folder.join("comm")).is_ok_and(|name| name.starts_with("airs-guest")) {
            let times = fs::read_to_string(folder.join("schedstat")).ok()?;
            sum += times.split(' ').next()?.parse::<u64>().ok()?;
        }
    }
    Some(sum)
}

/// Says that something is over, however it ends.
struct Over<'a>(&'a AtomicBool);

impl Drop for Over<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Release);
    }
}

/// Looks all the time at what guests' threads have computed, while something happens.
fn watched<T>(happens: impl FnOnce() -> T) -> (T, Vec<(Instant, u64)>) {
    let (seen, over) = (Mutex::new(Vec::new()), AtomicBool::new(false));
    let result = thread::scope(|scope| {
        scope.spawn(|| {
            while !over.load(Ordering::Acquire) {
                seen.lock()
                    .unwrap()
                    .extend(computed().map(|computed| (Instant::now(), computed)));
                thread::park_timeout(LOOK);
            }
        });
        let _over = Over(&over);
        happens()
    });
    let mut seen = seen.into_inner().unwrap();
    seen.extend(computed().map(|computed| (Instant::now(), computed)));
    (result, seen)
}

/// Milliseconds that guests' threads computed after an instant.
fn computed_after(seen: &[(Instant, u64)], instant: Instant) -> f64 {
    let last = seen.last().map_or(0, |(_, computed)| *computed);
    let before = seen.iter().rev().find(|(at, _)| *at <= instant);
    before.map_or(0.0, |(_, computed)| last.saturating_sub(*computed) as f64 / 1e6)
}

/// What waits for runs. It executes none of their guests: that is done by the engine's own threads.
fn executor() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_time()
        .build()
        .unwrap()
}

/// Each that does not stop, one after the other.
fn each_is_stopped(bench: &Bench, count: usize, patience: Duration) -> Result<Vec<f64>, String> {
    let executor = executor();
    let mut late = Vec::new();
    for number in 0..count {
        let request = runaway(bench, number);
        let deadline = Instant::now() + DEADLINE;
        let run = || executor.block_on(async { timeout(patience, bench.runtime.perform(request)).await });
        let (report, seen) = watched(run);
        let report = report.map_err(|_| format!("run {number} is still going on after {patience:?}"))?;
        let code = report.result.err().map(|error| error.code());
        ensure!(
            code == Some(Code::DeadlineExceeded),
            "run {number} ended with {code:?}"
        );
        ensure!(bench.runtime.is_idle(), "run {number}: something is still held");
        late.push(computed_after(&seen, deadline));
    }
    Ok(late)
}

/// How long runs of others take, in milliseconds, while so many at once do not stop. Both are asked for so that guests
/// execute on the engine's own threads, and none on that of who waits for it.
fn others(bench: &Bench, beside: usize) -> Result<Vec<f64>, String> {
    let over = AtomicBool::new(false);
    thread::scope(|scope| {
        let _over = Over(&over);
        for _ in 0..beside {
            let (bench, over) = (bench.again(), &over);
            scope.spawn(move || {
                let executor = executor();
                while !over.load(Ordering::Acquire) {
                    executor.block_on(bench.runtime.perform(runaway(&bench, 0)));
                }
            });
        }
        let executor = executor();
        let taken = (0..OTHERS).map(|number| {
            let started = Instant::now();
            let script = Script::new().intend("/fine", "view").view(0);
            let request = bench.addressed("operator", script.request());
            let report = executor.block_on(bench.runtime.perform(request));
            report
                .result
                .map_err(|error| format!("other run {number}: {error}"))?;
            Ok(started.elapsed().as_secs_f64() * 1e3)
        });
        taken.collect()
    })
}

/// So many of a hundred take as long at most.
fn percentile(milliseconds: &[f64], of_a_hundred: usize) -> f64 {
    let mut sorted = milliseconds.to_vec();
    sorted.sort_by(f64::total_cmp);
    let index = (sorted.len() * of_a_hundred / 100).min(sorted.len().saturating_sub(1));
    sorted.get(index).map_or(0.0, |value| (value * 1e3).round() / 1e3)
}

/// The middle, the 99th of a hundred, and the last.
fn spread(milliseconds: &[f64]) -> Value {
    let at = |of_a_hundred| percentile(milliseconds, of_a_hundred);
    json!({ "median": at(50), "p99": at(99), "max": at(100) })
}

fn none_runs_away(guards: Guards, count: usize, patience: Duration) -> Verdict {
    let bench = bench(guards);
    let late = each_is_stopped(&bench, count, patience)?;
    let (stopped, too_late) = (late.len(), late.iter().filter(|late| **late > LATE_MS).count());
    let names = LOOPS.iter().map(|(name, ..)| *name).chain(["driver"]);
    let of = |first: usize| late.iter().skip(first).step_by(LOOPS.len() + 1).copied();
    let each: serde_json::Map<String, Value> = names
        .enumerate()
        .map(|(first, name)| (name.to_owned(), spread(&of(first).collect::<Vec<_>>())))
        .collect();
    let (mut alone, mut beside, mut among) = (Vec::new(), Vec::new(), Vec::new());
    // In turn: what else the machine does meanwhile is then in both.
    for _ in 0..count.div_ceil(STOPPED_A_WINDOW) {
        alone.extend(others(&bench, 0)?);
        beside.extend(others(&bench, 1)?);
        // Then no thread is free: others have one from a tick on, when a loop gives it up. That is noted, and not bounded.
        among.extend(others(&bench, THREADS)?);
    }
    let found = json!({
        "stopped": stopped,
        "computed for more than 50 ms after the deadline": too_late,
        "computed after the deadline, ms": each,
        "others alone, ms": spread(&alone),
        "others beside one that does not stop, ms": spread(&beside),
        "others beside as many as there are threads, ms": spread(&among),
    });
    let ratio = percentile(&beside, 99) / percentile(&alone, 99);
    at_most("ms computed after the deadline", percentile(&late, 100), LATE_MS)
        .and_then(|()| at_most("p99 of others beside it to p99 alone", ratio, OTHERS_RATIO_MAX))
        .map_err(|missed| format!("{missed}; {found}"))?;
    Ok(found)
}

const NAME: &str = "runaway guests";

#[test]
fn a_guest_that_does_not_stop_is_stopped() {
    holds(NAME, size(100, 1_000), |count| {
        child::verdict("runaway::process", &count.to_string())
    });
}

#[test]
fn a_guest_runs_on_when_the_deadline_is_not_kept() {
    misses(
        NAME,
        "without the deadline",
        &["is still going on after"],
        100,
        |count| child::verdict("runaway::process", &format!("{count} without")),
    );
}

#[test]
#[ignore = "the process of a proof"]
fn process() {
    child::answer(|told| match told.split_once(' ') {
        None => none_runs_away(Guards::default(), told.parse().unwrap(), PATIENCE),
        Some((count, _)) => {
            let without = Guards::without(Guard::Deadline);
            none_runs_away(without, count.parse().unwrap(), PATIENCE_WITHOUT)
        }
    });
}
