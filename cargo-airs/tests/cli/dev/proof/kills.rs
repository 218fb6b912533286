//! The loop is killed at any point: the next one starts with the state whole, and no build goes on.

use std::fs;
use std::net::TcpListener;
use std::path::Path;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use serde_json::{Value, json};

use super::super::loops::Dev;
use super::super::project::{bound, endless};
use super::super::verdict::{Verdict, at_most, ensure, holds, misses, seed, size};
use super::traffic::{Caller, versioned};

/// What is waited for, whatever the machine does meanwhile; how long it took is noted.
const PATIENCE: Duration = Duration::from_secs(30);
/// How long a build may go on without its loop.
const GOES_ON_MAX_MS: f64 = 1_000.0;
/// Where a loop is killed: so long after it has said this.
const POINTS: [&str; 4] = ["dev-started", "dev-building", "dev-turn", "after an edit"];
const DELAY_MS_MAX: u64 = 400;

/// The processes that work in a folder.
fn working_in(folder: &Path) -> Vec<Pid> {
    let processes = fs::read_dir("/proc").unwrap().flatten();
    let here = processes.filter(|process| {
        let at = fs::read_link(process.path().join("cwd"));
        at.is_ok_and(|at| at.starts_with(folder)) && !is_over(&process.path())
    });
    let id = |process: fs::DirEntry| Pid::from_raw(process.file_name().to_str()?.parse().ok()?);
    here.filter_map(id).collect()
}

/// Whether a process has ended, and only nobody has taken note of it.
fn is_over(process: &Path) -> bool {
    let status = fs::read_to_string(process.join("status")).unwrap_or_default();
    status.contains("State:\tZ")
}

/// Waits until nothing works in a folder any more.
fn await_end(folder: &Path, patience: Duration) -> Result<Duration, String> {
    let begun = Instant::now();
    loop {
        let left = working_in(folder);
        if left.is_empty() {
            return Ok(begun.elapsed());
        }
        ensure!(begun.elapsed() < patience, "a build goes on: {left:?}");
        std::thread::park_timeout(Duration::from_millis(2));
    }
}

/// A number below another one.
fn chance(state: &mut u64, below: u64) -> u64 {
    *state = state
        .wrapping_mul(6_364_136_223_846_793_005)
        .wrapping_add(1_442_695_040_888_963_407);
    (*state >> 33) % below
}

fn killed_again_and_again(kills: usize) -> Verdict {
    let mut scene = versioned("kills");
    let mut choices = seed();
    let mut longest = Duration::ZERO;
    let mut counted = 0;
    let mut version = 0;
    for kill in 0..kills {
        let point = POINTS[kill % POINTS.len()];
        let mut dev = Dev::start(&scene, "");
        match point {
            "dev-turn" | "after an edit" => {
                let turn = dev.turn();
                ensure!(turn.outcome() == "served", "kill {kill}: {:#?}", dev.heard());
                if counted == 0 {
                    bound(&scene, "kills");
                }
                // What was committed is there, exactly.
                counted += 1;
                let answer = Caller::of(&scene, "kills-bump").ask()?;
                let expected = format!("{counted} one v{version} 7 v{version}");
                ensure!(
                    answer == expected,
                    "kill {kill}: {answer:?} instead of {expected:?}"
                );
                if point == "after an edit" {
                    version += 1;
                    scene.write("version.txt", format!("v{version}"));
                }
            }
            said => drop(dev.until(said)),
        }
        let delay = Duration::from_millis(chance(&mut choices, DELAY_MS_MAX));
        dev.hears(delay);
        dev.kill();
        let took = await_end(&scene.path(), PATIENCE).map_err(|broken| format!("kill {kill}: {broken}"))?;
        longest = longest.max(took);
        ensure!(
            point == "dev-started" || scene.path().join(".airs/dev.json").exists(),
            "kill {kill}: there is nothing stale to be met"
        );
    }
    at_most("a build goes on, ms", longest.as_secs_f64() * 1e3, GOES_ON_MAX_MS)?;
    Ok(json!({
        "kills": kills,
        "runs": counted,
        "the longest that a build went on, ms": longest.as_millis() as u64,
    }))
}

const NAME: &str = "kills of the loop";

#[test]
fn a_loop_that_is_killed_leaves_the_state_whole_and_nothing_goes_on() {
    holds(NAME, size(5, 100), killed_again_and_again);
}

#[test]
fn a_build_goes_on_when_its_guard_is_killed_first() {
    misses(
        NAME,
        "and of the guard of its build",
        &["a build goes on"],
        1,
        |_| {
            let port = TcpListener::bind("127.0.0.1:0").unwrap();
            let scene = endless("unguarded", &port);
            let dev = Dev::start(&scene, "");
            let connection = port.accept().unwrap();
            for process in working_in(&scene.path()) {
                let line =
                    fs::read(format!("/proc/{}/cmdline", process.as_raw_nonzero())).unwrap_or_default();
                if String::from_utf8_lossy(&line).contains("__end-with-parent") {
                    kill_process(process, Signal::KILL).unwrap();
                }
            }
            dev.kill();
            let ended = await_end(&scene.path(), Duration::from_secs(3));
            drop(connection);
            for process in working_in(&scene.path()) {
                // It may have ended by itself meanwhile.
                let _ = kill_process(process, Signal::KILL);
            }
            ended.map(|took| Value::from(took.as_millis() as u64))
        },
    );
}
