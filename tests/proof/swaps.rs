//! A driver and its program are replaced together, thousands of times, under full load: no run fails, and none has
//! the program of one version with the driver of another.

use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use airs_runtime::{Capability, Component, Kind, Limits, Prepared, Request, Runtime};
use airs_tests::Bench;
use serde_json::json;
use wit_component::StringEncoding;

use super::hostile::component;
use super::verdict::{Verdict, at_most, ensure, holds, misses, size};

const CALLERS: usize = 64;
const VERSIONS: u8 = 8;
/// Swaps of a window. There are as many windows without, of as many runs, in turns: some half a second each on two processors, several
/// times what the longest runs take.
const SWAPS_IN_WINDOW: usize = 100;
/// Runs between two swaps: each caller meets each version twice, more or less.
const RUNS_BETWEEN: usize = 2 * CALLERS;

/// A program that answers with its own version and that of the driver behind `/probe/a`.
fn program(version: u8) -> Component {
    let own = version + b'0';
    let run = format!(
        r#"(local.set $at (call $open))
        (call $view (local.get $at) (i32.const 256))
        (if (i32.load8_u (i32.const 256)) (then unreachable))
        (i32.store8 (i32.const 512) (i32.const {own}))
        (i32.store8 (i32.const 513) (i32.add (i32.const 48) (i32.load8_u (i32.const 280))))
        (i32.store (i32.const 520) (i32.const 0))
        (i32.store (i32.const 524) (i32.const 512))
        (i32.store (i32.const 528) (i32.const 2))
        (i32.const 520)"#
    );
    let bytes = component::program(&run, "", StringEncoding::UTF8);
    component::named("answers", Kind::Program, &bytes)
}

/// A driver whose assets are worth its version.
fn driver(version: u8) -> Component {
    let view = format!(
        r#"(func (export "airs:driver/driver@0.1.0#[method]asset.view") (param i32) (result i32)
            (i32.store8 (i32.const 72) (i32.const {version})) (i32.const 48))"#
    );
    component::named("versions", Kind::Driver, &component::driver(&view))
}

/// A version, compiled.
fn version(runtime: &Runtime, version: u8) -> [Prepared; 2] {
    let prepared = |component| {
        runtime
            .prepare(&component, &[Capability::Storage].into())
            .unwrap()
    };
    [prepared(driver(version)), prepared(program(version))]
}

#[derive(Default)]
struct Load {
    over: AtomicBool,
    runs: AtomicUsize,
    broken: Mutex<Option<String>>,
    /// What runs took since the window began, in nanoseconds.
    taken: Mutex<Vec<u64>>,
    /// The longest of all, in nanoseconds.
    longest: AtomicU64,
    /// A bit for each version that answered.
    seen: AtomicU64,
}

impl Load {
    fn call(&self, bench: &Bench) {
        while !self.over.load(Ordering::Relaxed) {
            let begun = Instant::now();
            let answer = bench.ask("operator", Request::run("answers", "{}"));
            let took = u64::try_from(begun.elapsed().as_nanos()).unwrap();
            let broken = match &answer {
                Ok(answer) => match answer.as_bytes() {
                    [one, other] if one == other => {
                        self.seen.fetch_or(1 << (one - b'0'), Ordering::Relaxed);
                        None
                    }
                    _ => Some(format!("one run has two versions: {answer}")),
                },
                Err(error) => Some(format!("a run failed: {error}")),
            };
            if let Some(broken) = broken {
                self.broken.lock().unwrap().get_or_insert(broken);
                return;
            }
            self.longest.fetch_max(took, Ordering::Relaxed);
            self.taken
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .push(took);
            self.runs.fetch_add(1, Ordering::Relaxed);
        }
    }

    fn check(&self) -> Result<(), String> {
        self.broken.lock().unwrap().clone().map_or(Ok(()), Err)
    }

    /// The 99th percentile of what was taken since the last look, in milliseconds.
    fn percentile(&self) -> f64 {
        let mut taken = std::mem::take(&mut *self.taken.lock().unwrap());
        taken.sort_unstable();
        let at = taken.len() * 99 / 100;
        taken.get(at).map_or(0.0, |nanoseconds| *nanoseconds as f64 / 1e6)
    }
}

/// Waits until so many more runs have ended.
fn await_runs(load: &Load, count: usize) -> Result<(), String> {
    let aim = load.runs.load(Ordering::Relaxed) + count;
    while load.runs.load(Ordering::Relaxed) < aim {
        load.check()?;
        thread::park_timeout(Duration::from_millis(1));
    }
    Ok(())
}

fn swapped_under_load(swaps: usize, swap: impl Fn(&Runtime, &[Prepared; 2])) -> Verdict {
    // How long a run may take on a busy machine is not what is looked at.
    let limits = Limits {
        deadline_ms: 60_000,
        ..Limits::default()
    };
    let bench = Bench::alone(&[], |builder| builder.limits(limits));
    let versions: Vec<_> = (1..=VERSIONS)
        .map(|number| version(&bench.runtime, number))
        .collect();
    bench
        .runtime
        .swap(&versions[0], [])
        .map_err(|refused| refused.to_string())?;
    bench.bind("/probe", "versions", "{}", "operator").unwrap();
    let load = Load::default();
    let begun = Instant::now();
    let done = thread::scope(|scope| {
        for _ in 0..CALLERS {
            scope.spawn(|| load.call(&bench));
        }
        let done = measured(&load, swaps, |number| {
            swap(&bench.runtime, &versions[number % versions.len()]);
        });
        load.over.store(true, Ordering::Relaxed);
        done
    });
    let mut windows = done?;
    // Half of the time is that of windows without.
    let swaps_a_second = (2.0 * swaps as f64 / begun.elapsed().as_secs_f64()).round();
    load.check()?;
    ensure!(
        load.seen.load(Ordering::Relaxed).count_ones() == u32::from(VERSIONS),
        "not every version has answered"
    );
    let draining = bench
        .runtime
        .generations()
        .into_iter()
        .filter(|one| !one.in_service)
        .count();
    ensure!(draining == 0, "{draining} generations are still held");
    windows.sort_by(f64::total_cmp);
    let ratio = (windows[windows.len() / 2] * 1000.0).round() / 1000.0;
    at_most("p99 with swaps to p99 without", ratio, RATIO_MAX)?;
    Ok(json!({
        "swaps": swaps,
        "swaps a second": swaps_a_second,
        "runs": load.runs.into_inner(),
        "the longest run, ms": load.longest.into_inner() as f64 / 1e6,
        "p99 with swaps to p99 without, median of pairs": ratio,
    }))
}

/// Windows with swaps and windows without, in turns, of which each comes first as often; the ratio of their 99th percentiles,
/// pair by pair.
fn measured(load: &Load, swaps: usize, swap: impl Fn(usize)) -> Result<Vec<f64>, String> {
    let window = |from: usize, swap: &dyn Fn(usize)| {
        load.percentile();
        for number in from..from + SWAPS_IN_WINDOW {
            swap(number);
            await_runs(load, RUNS_BETWEEN)?;
        }
        Ok::<_, String>(load.percentile())
    };
    let pair = |from: usize| {
        let is_even = (from / SWAPS_IN_WINDOW).is_multiple_of(2);
        let early = is_even.then(|| window(from, &|_| {})).transpose()?;
        let with = window(from, &swap)?;
        let without = early.map_or_else(|| window(from, &|_| {}), Ok)?;
        Ok(with / without)
    };
    (0..swaps).step_by(SWAPS_IN_WINDOW).map(pair).collect()
}

const NAME: &str = "swaps under load";
/// How much longer runs may take while components change places.
const RATIO_MAX: f64 = 1.05;

#[test]
fn no_run_fails_or_has_two_versions_while_components_change_places() {
    holds(NAME, size(300, 10_000), |swaps| {
        swapped_under_load(swaps, |runtime, version| {
            runtime.swap(version, []).unwrap();
        })
    });
}

#[test]
fn runs_have_two_versions_when_components_change_places_one_by_one() {
    let heard = ["two versions"];
    misses(NAME, "one component after the other", &heard, 300, |swaps| {
        swapped_under_load(swaps, |runtime, version| {
            for one in version {
                runtime.swap([one], []).unwrap();
            }
        })
    });
}
