//! `cargo airs bench`: how long runs of a program take.

mod baseline;
mod conditions;
mod copy;

use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use airs_runtime::{Answer, Report as RunReport};

use crate::error::{Failure, Result};
use crate::interrupt;
use crate::live::Work;
use crate::message::{Latency, Measured, Message, RUNS_MIN_FOR_P99};
use crate::node::{self, Manner, Needs, Node};
use crate::report::Report;
use crate::settings::{self, Bench, StatePlace};
use crate::workspace::Workspace;
use conditions::Conditions;

/// Enough for caches and branch predictors, and not long to wait for.
const WARM_UP_MAX: u64 = 1_000;

pub(crate) fn run(settings: &Bench, report: &Report) -> Result<()> {
    let workspace = Workspace::load(&settings.node.manifest)?;
    let before = match &settings.baseline {
        Some(name) => Some(baseline::read(&workspace, name)?),
        None => None,
    };
    let input = node::input(settings.input.as_deref())?;
    let program = settings.program.clone();
    let state = node::state(&settings.node, &workspace)?;
    let work = Work::Run {
        program,
        input: input.clone(),
    };
    // Removed when it is dropped.
    let copy = copy::of(&state, &settings.node.context, &workspace)?;
    let on_copy = settings::Node {
        state: match &copy {
            Some(copy) => StatePlace::Folder(copy.path().to_owned()),
            None => StatePlace::Memory,
        },
        ..settings.node.clone()
    };
    let manner = Manner {
        at_once: settings.at_once,
        is_measured: true,
    };
    report.detail("what components log is shown, and the time for that is measured with the runs");
    let needs = Needs::Program(&settings.program);
    let node = Node::in_a_manner(&workspace, &on_copy, needs, report, manner)?;
    node.warn_of_absent();
    let conditions = Conditions::of(settings, &input, &state, node.components());
    let progress = report.progress(format!("running {} {} times", settings.program, settings.runs));
    make(
        &node,
        &work,
        (settings.runs / 10).clamp(1, WARM_UP_MAX),
        settings.at_once,
    )
    .map_err(|failure| node::may_lack_input(failure, settings.input.as_deref()))?;
    let begun = Instant::now();
    let made = make(&node, &work, settings.runs, settings.at_once)?;
    let took = begun.elapsed();
    progress.finish_and_clear();
    let measured = measured(settings, made, took);
    if let Some(name) = &settings.save_baseline {
        baseline::write(&workspace, name, &conditions, &measured)?;
    }
    if settings.runs < RUNS_MIN_FOR_P99 {
        report.note("of fewer than 100 runs the 99th percentile is the slowest one");
    }
    let against = settings.baseline.as_ref().zip(before.as_ref());
    let against = against.map(|(name, before)| {
        let differs = conditions.differing(&before.conditions);
        if !differs.is_empty() {
            let what = differs.join(", another ");
            report.warn(&format!("baseline {name} was measured with another {what}"));
        }
        let same_components = conditions.has_same_components(&before.conditions);
        measured.against(name.as_str(), &before.measured, differs, same_components)
    });
    report.say(&Message::BenchMeasured { measured, against });
    Ok(())
}

/// What was seen of runs.
#[derive(Default)]
struct Made {
    latencies: Vec<Duration>,
    attempts: u64,
}

/// Makes so many runs, some at once. The first that fails ends it.
fn make(node: &Node, work: &Work, runs: u64, at_once: u32) -> Result<Made> {
    let left = AtomicU64::new(runs);
    let one_after_another = || -> Result<Made> {
        let mut made = Made::default();
        while left
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1))
            .is_ok()
        {
            interrupt::check()?;
            let begun = Instant::now();
            let RunReport { attempts, result, .. } = node.make(work.clone());
            made.latencies.push(begun.elapsed());
            made.attempts += u64::from(attempts);
            if let Err(error) = result.and_then(committed) {
                // The others need not go on.
                left.store(0, Ordering::Relaxed);
                return Err(error.into());
            }
        }
        Ok(made)
    };
    thread::scope(|scope| {
        let threads: Vec<_> = (0..at_once).map(|_| scope.spawn(one_after_another)).collect();
        let mut all = Made::default();
        for thread in threads {
            let made = thread
                .join()
                .unwrap_or_else(|_| Err(Failure::unavailable("a thread that made runs has ended")))?;
            all.latencies.extend(made.latencies);
            all.attempts += made.attempts;
        }
        Ok(all)
    })
}

fn committed(answer: Answer) -> airs_runtime::Result<()> {
    match answer {
        Answer::Output(_) => Ok(()),
        _ => Err(airs_runtime::Error::new(
            airs_runtime::Code::Internal,
            "a run answered what was not asked for",
        )),
    }
}

fn measured(settings: &Bench, made: Made, took: Duration) -> Measured {
    let Made {
        mut latencies,
        attempts,
    } = made;
    latencies.sort_unstable();
    #[expect(clippy::cast_precision_loss, reason = "a count of runs, for people")]
    let runs_per_second = settings.runs as f64 / took.as_secs_f64();
    Measured {
        program: settings.program.clone(),
        profile: settings.node.profile.clone(),
        runs: settings.runs,
        at_once: settings.at_once.into(),
        attempts,
        runs_per_second,
        latency_us: Latency::of(&latencies),
    }
}
