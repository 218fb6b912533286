//! `cargo airs bench`: how long runs of a program take.

mod baseline;
mod copy;

use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use airs_runtime::{Answer, Report as RunReport};

use crate::error::{Failure, Result};
use crate::interrupt;
use crate::live::Work;
use crate::message::{Latency, Measured, Message};
use crate::node::{self, Needs, Node};
use crate::report::Report;
use crate::settings::{self, Bench, StatePlace};
use crate::workspace::Workspace;

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
    let work = Work::Run { program, input };
    // Removed when it is dropped.
    let copy = copy::of(
        &node::state(&settings.node, &workspace)?,
        &settings.node.context,
        &workspace,
    )?;
    let on_copy = settings::Node {
        state: match &copy {
            Some(copy) => StatePlace::Folder(copy.path().to_owned()),
            None => StatePlace::Memory,
        },
        ..settings.node.clone()
    };
    let node = Node::within(&workspace, &on_copy, Needs::Program(&settings.program), report)?;
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
        baseline::write(&workspace, name, &measured)?;
    }
    if let Some(before) = &before
        && !measured.is_like(before)
    {
        report.warn("the baseline was measured in another way: other runs at once, another program or another profile");
    }
    let against = settings.baseline.as_ref().zip(before.as_ref());
    report.say(&Message::BenchMeasured {
        against: against.map(|(name, before)| measured.against(name.as_str(), before)),
        measured,
    });
    Ok(())
}

/// What was seen of runs.
#[derive(Default)]
struct Made {
    latencies: Vec<Duration>,
    attempts: u64,
}

/// Makes so many runs, some at once. The first that fails ends it.
fn make(node: &Node, work: &Work, runs: u64, at_once: u64) -> Result<Made> {
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

fn committed(answer: Answer) -> airs_core::Result<()> {
    match answer {
        Answer::Output(_) => Ok(()),
        _ => Err(airs_core::Error::new(
            airs_core::Code::Internal,
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
        at_once: settings.at_once,
        attempts,
        runs_per_second,
        latency_us: Latency::of(&latencies),
    }
}
