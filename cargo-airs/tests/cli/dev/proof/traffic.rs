//! A steady stream of calls through edits: each is answered, by one version of all components.

use std::io::{BufRead as _, BufReader, Write as _};
use std::os::unix::net::UnixStream;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::super::loops::Dev;
use super::super::project::{bound_in_memory, unbound};
use super::super::verdict::{Verdict, at_most, ensure, holds, misses, size};
use crate::scene::Scene;

/// Calls a second, of all callers together.
const RATE: u32 = 100;
const CALLERS: u32 = 4;
/// How long calls go on between two edits at full size: 60 s for 20.
const BETWEEN: Duration = Duration::from_secs(3);

/// From when a call was due to its answer.
const P99_MAX_MS: f64 = 50.0;

/// A connection to a loop, as other commands have it.
pub(super) struct Caller {
    stream: BufReader<UnixStream>,
    program: String,
}

impl Caller {
    pub(super) fn of(scene: &Scene, program: &str) -> Self {
        let place: Value = serde_json::from_str(&scene.read(".airs/dev.json")).unwrap();
        let stream = UnixStream::connect(place["socket"].as_str().unwrap()).unwrap();
        let mut stream = BufReader::new(stream);
        let mut greeting = String::new();
        stream.read_line(&mut greeting).unwrap();
        assert!(greeting.contains("own_folder"), "{greeting}");
        Self {
            stream,
            program: program.to_owned(),
        }
    }

    /// What the program answers.
    pub(super) fn ask(&mut self) -> Result<String, String> {
        let work = json!({ "run": { "program": self.program, "input": "null" } });
        let question =
            json!({ "form": 3, "caller": "operator", "id": null, "timeout_ms": 60_000, "work": work });
        let stream = self.stream.get_mut();
        writeln!(stream, "{question}").map_err(|error| format!("the connection is gone: {error}"))?;
        loop {
            let mut line = String::new();
            let read = self.stream.read_line(&mut line);
            let read = read.map_err(|error| format!("the connection is gone: {error}"))?;
            ensure!(read > 0, "the connection was closed");
            let said: Value = serde_json::from_str(&line).unwrap();
            if said.get("log").is_some() {
                continue;
            }
            let result = &said["ended"]["result"];
            let output = result["output"].as_str();
            let output = output.ok_or_else(|| format!("a call failed: {result}"))?;
            return Ok(serde_json::from_str(output).unwrap());
        }
    }
}

/// Calls that go on as long as it lives.
#[derive(Default)]
pub(super) struct Traffic {
    over: AtomicBool,
    heard: Mutex<Heard>,
}

#[derive(Default)]
struct Heard {
    calls: u32,
    /// From when a call was due.
    latencies: Vec<Duration>,
    versions: Vec<String>,
    broken: Option<String>,
}

impl Traffic {
    /// Calls at a steady rate, until it is over.
    pub(super) fn call(&self, mut caller: Caller) {
        let begun = Instant::now();
        let mut due = begun;
        while !self.over.load(Ordering::Relaxed) {
            due += Duration::from_secs(1) * CALLERS / RATE;
            thread::park_timeout(due.saturating_duration_since(Instant::now()));
            let answer = caller.ask().and_then(|answer| version(&answer));
            let mut heard = self.heard.lock().unwrap();
            heard.calls += 1;
            heard.latencies.push(due.elapsed());
            match answer {
                Ok(version) if heard.versions.contains(&version) => {}
                Ok(version) => heard.versions.push(version),
                Err(broken) => {
                    heard.broken.get_or_insert(broken);
                    return;
                }
            }
        }
    }

    /// Has callers call while something happens.
    pub(super) fn during<T>(
        &self,
        scene: &Scene,
        program: &str,
        happens: impl FnOnce() -> Result<T, String>,
    ) -> Result<T, String> {
        thread::scope(|scope| {
            for _ in 0..CALLERS {
                let caller = Caller::of(scene, program);
                scope.spawn(move || self.call(caller));
            }
            let over = Over(&self.over);
            let happened = happens();
            drop(over);
            happened
        })
    }

    /// The versions that have answered, in their order.
    pub(super) fn versions(&self) -> Vec<String> {
        self.heard.lock().unwrap().versions.clone()
    }

    /// Waits until so many more calls were answered.
    pub(super) fn await_calls(&self, more: u32) -> Result<(), String> {
        let aim = self.heard.lock().unwrap().calls + more;
        loop {
            {
                let heard = self.heard.lock().unwrap();
                if let Some(broken) = &heard.broken {
                    return Err(broken.clone());
                }
                if heard.calls >= aim {
                    return Ok(());
                }
            }
            thread::park_timeout(Duration::from_millis(2));
        }
    }

    /// What was heard, if all is well.
    pub(super) fn found(&self) -> Verdict {
        let mut heard = self.heard.lock().unwrap();
        if let Some(broken) = &heard.broken {
            return Err(broken.clone());
        }
        heard.latencies.sort_unstable();
        let at = |percent: usize| {
            let latency = heard.latencies[(heard.latencies.len() - 1) * percent / 100];
            (latency.as_secs_f64() * 1e5).round() / 1e2
        };
        Ok(json!({
            "calls": heard.calls,
            "versions": heard.versions.len(),
            "p50, ms": at(50),
            "p99, ms": at(99),
        }))
    }
}

/// Ends the calls, however what happens ends.
struct Over<'a>(&'a AtomicBool);

impl Drop for Over<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// The one version that an answer is of: `1 one VERSION 7 VERSION`, the driver's and the program's.
fn version(answer: &str) -> Result<String, String> {
    let words: Vec<&str> = answer.split(' ').collect();
    match words.as_slice() {
        [_, _, one, _, other] if one == other => Ok((*one).to_owned()),
        _ => Err(format!("an answer of two versions: {answer}")),
    }
}

/// A project whose components answer with what one file says.
pub(super) fn versioned(name: &'static str) -> Scene {
    let mut scene = unbound(name);
    let shared = "include_str!(\"../../version.txt\").trim()";
    scene
        .write("version.txt", "v0")
        .edit("tally/src/lib.rs", "u32 = 41;", "u32 = 1;")
        .edit("tally/src/lib.rs", "include_str!(\"note.txt\").trim()", shared)
        .edit("bump/src/lib.rs", "mod generated;\n", "")
        .edit("bump/src/lib.rs", "generated::WORDS", shared);
    std::fs::remove_file(scene.path().join("bump/build.rs")).unwrap();
    scene
}

fn through_edits(name: &'static str, edits: usize, save: impl Fn(&mut Scene, &mut Dev, usize)) -> Verdict {
    let mut scene = versioned(name);
    let mut dev = Dev::start(&scene, "--state memory");
    bound_in_memory(&scene, &mut dev, name);
    let program = format!("{name}-bump");
    let traffic = Traffic::default();
    // The calls see other files than those that are edited here.
    let seen = scene.path();
    traffic.during(&Scene::of(seen), &program, || {
        traffic.await_calls(RATE / 4)?;
        for edit in 1..=edits {
            let begun = Instant::now();
            save(&mut scene, &mut dev, edit);
            traffic.await_calls(CALLERS * 2)?;
            while size(0, 1) == 1 && begun.elapsed() < BETWEEN {
                traffic.await_calls(1)?;
            }
        }
        Ok(())
    })?;
    let expected: Vec<String> = (0..=edits).map(|edit| format!("v{edit}")).collect();
    ensure!(
        traffic.versions() == expected,
        "not each version has answered, in turn: {:?}",
        traffic.versions()
    );
    // Each call was counted once.
    let mut last = Caller::of(&scene, &program);
    let answer = last.ask()?;
    let found = traffic.found()?;
    at_most("p99, ms", found["p99, ms"].as_f64().unwrap(), P99_MAX_MS)?;
    let counted = format!("{} ", found["calls"].as_u64().unwrap() + 1);
    ensure!(answer.starts_with(&counted), "{answer:?} after {found}");
    Ok(found)
}

const NAME: &str = "calls through edits";

#[test]
fn no_call_fails_while_components_are_edited_and_each_has_one_version() {
    holds(NAME, size(3, 20), |edits| {
        through_edits("traffic", edits, |scene, dev, edit| {
            scene.write("version.txt", format!("v{edit}"));
            assert_eq!(dev.turn().components().len(), 2);
        })
    });
}

#[test]
fn a_call_has_two_versions_when_components_come_one_by_one() {
    misses(
        NAME,
        "one component saved after the other",
        &["two versions"],
        1,
        |edits| {
            through_edits("traffic-missed", edits, |scene, dev, _| {
                scene.edit(
                    "tally/src/lib.rs",
                    "include_str!(\"../../version.txt\").trim()",
                    "\"v1\"",
                );
                dev.turn();
            })
        },
    );
}
