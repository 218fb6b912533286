//! Without a change nothing is built, and next to nothing computed.

use std::fs;
use std::time::{Duration, Instant};

use serde_json::json;

use super::super::loops::Dev;
use super::super::project::bound_in_memory;
use super::super::verdict::{Verdict, at_most, ensure, holds, size};
use super::traffic::versioned;

/// Of one processor.
const PERCENT_MAX: f64 = 0.5;

/// What the threads of a process have computed, where the system tells.
fn computed(process: u32) -> Option<Duration> {
    let mut sum = 0;
    for thread in fs::read_dir(format!("/proc/{process}/task")).ok()? {
        let times = fs::read_to_string(thread.ok()?.path().join("schedstat")).ok()?;
        sum += times.split(' ').next()?.parse::<u64>().ok()?;
    }
    Some(Duration::from_nanos(sum))
}

fn left_alone(seconds: usize) -> Verdict {
    let mut scene = versioned("idle");
    let mut dev = Dev::start(&scene, "--state memory");
    bound_in_memory(&scene, &mut dev, "idle");
    let before = computed(dev.id());
    let begun = Instant::now();
    let said = dev.hears(Duration::from_secs(seconds as u64));
    ensure!(said.is_empty(), "nothing was changed: {said:?}");
    let took = begun.elapsed();
    let share = before
        .zip(computed(dev.id()))
        .map(|(before, now)| (now - before).as_secs_f64() / took.as_secs_f64());
    // It was not deaf.
    scene.write("version.txt", "v1");
    ensure!(dev.turn().outcome() == "served", "it does not watch");
    let percent = share.map(|share| (share * 1e5).round() / 1e3);
    at_most("processor, %", percent.unwrap_or(0.0), PERCENT_MAX)?;
    Ok(json!({
        "builds": 0,
        "processor, %": percent,
    }))
}

#[test]
fn nothing_is_built_without_a_change() {
    holds("a loop without changes, seconds", size(3, 60), left_alone);
}
