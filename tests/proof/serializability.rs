//! Small programs over few keys and ranges, many at once: whatever they see, one after the other would have
//! seen it too.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, LazyLock, Mutex};

use airs_core::{Guard, Guards};
use airs_driver::Context;
use airs_platform::{Memory, Sqlite, Storage};
use airs_runtime::{Answer, Code};
use airs_tests::Bench;
use futures_util::future::join_all;
use serde_json::{Value, json};
use tempfile::TempDir;

use super::chance::Chance;
use super::history::{Call, History, Seen, plan, script};
use super::jittery::Jittery;
use super::state::{Content, content, restore, wait};
use super::verdict::{Verdict, ensure, holds, misses, seed, size};

/// Histories in a file for each in memory: a commit to the disk takes long.
const IN_A_FILE: usize = 10;

/// A context of the one runtime, and its storage. One history at a time.
struct Stage {
    bench: Bench,
    storage: Arc<Jittery>,
    before: Content,
}

/// The contexts: in memory, in a file, and in memory with a guard dropped.
struct Stages {
    _folder: TempDir,
    all: Vec<(&'static str, Mutex<Stage>)>,
}

static STAGES: LazyLock<Stages> = LazyLock::new(|| {
    let folder = tempfile::tempdir().unwrap();
    let file = Arc::new(Sqlite::open(&folder.path().join("state.db")).unwrap());
    let memory = || Arc::new(Memory::new()) as Arc<dyn Storage>;
    let contexts = [
        ("memory", memory(), Guards::default()),
        ("file", file, Guards::default()),
        ("no-keys", memory(), Guards::without(Guard::KeyCheck)),
        ("no-ranges", memory(), Guards::without(Guard::RangeCheck)),
        ("no-savepoints", memory(), Guards::without(Guard::Savepoint)),
    ];
    let contexts = contexts.map(|(name, storage, guards)| (name, Arc::new(Jittery::over(storage)), guards));
    let bench = Bench::alone(&["probe", "probe-driver"], |builder| {
        contexts.iter().fold(builder, |builder, (name, storage, guards)| {
            let context = Context::new(name.parse().unwrap(), Arc::clone(storage) as _);
            builder.prepared(context.guarded(*guards))
        })
    });
    let all = contexts.into_iter().map(|(name, storage, _)| {
        let bench = bench.within(name);
        bench.bind("/kv", "probe-driver", "{}", "operator").unwrap();
        let before = content(storage.inner());
        (
            name,
            Mutex::new(Stage {
                bench,
                storage,
                before,
            }),
        )
    });
    Stages {
        all: all.collect(),
        _folder: folder,
    }
});

fn stage(name: &str) -> &'static Mutex<Stage> {
    let mut found = STAGES.all.iter().filter(|(stage, _)| *stage == name);
    found.next().map(|(_, stage)| stage).unwrap()
}

/// What became of some histories.
#[derive(Default)]
struct Tally {
    runs: usize,
    attempts: usize,
    given_up: usize,
}

impl Stage {
    /// Makes the runs of a plan; those that gave up after too many conflicts have left nothing.
    fn play(&self, chance: &mut Chance, tally: &mut Tally) -> Result<History, String> {
        restore(self.storage.inner(), &self.before);
        let callers = plan(chance);
        self.storage.shuffle(chance.clone());
        let clock = AtomicU64::new(0);
        let made = wait(join_all(
            callers.into_iter().map(|runs| self.caller(runs, &clock)),
        ));
        let mut history = History::default();
        for (seen, attempts, given_up) in made.into_iter().collect::<Result<Vec<_>, _>>()? {
            tally.runs += seen.len();
            tally.attempts += attempts;
            tally.given_up += given_up;
            history.0.push(seen);
        }
        // And what is there in the end.
        let last = vec![vec![Call::Entries("")]];
        let (seen, ..) = wait(self.caller(last, &clock))?;
        history.0.push(seen);
        Ok(history)
    }

    /// One run after the other.
    async fn caller(
        &self,
        runs: Vec<Vec<Call>>,
        clock: &AtomicU64,
    ) -> Result<(Vec<Seen>, usize, usize), String> {
        let now = || clock.fetch_add(1, Ordering::SeqCst);
        let (mut all, mut attempts, mut given_up) = (Vec::new(), 0, 0);
        for calls in runs {
            let request = self.bench.addressed("operator", script(&calls).request());
            let asked = now();
            let report = self.bench.runtime.perform(request).await;
            let answered = now();
            attempts += report.attempts as usize;
            let output = match report.result {
                Ok(Answer::Output(output)) => output,
                Err(error) if error.code() == Code::Conflict => {
                    given_up += 1;
                    continue;
                }
                other => return Err(format!("a run ended with {other:?}")),
            };
            let output: Value = serde_json::from_str(&output).unwrap();
            // The first is the descriptor's.
            let answers = output["outcomes"].as_array().unwrap()[1..].to_vec();
            all.push(Seen {
                calls,
                answers,
                asked,
                answered,
            });
        }
        Ok((all, attempts, given_up))
    }
}

fn histories(contexts: &[&str], count: usize) -> Verdict {
    let mut tally = Tally::default();
    for case in 0..count {
        let context = contexts[usize::from(case % IN_A_FILE == IN_A_FILE - 1) % contexts.len()];
        let stage = stage(context).lock().unwrap();
        let mut chance = Chance::of(seed(), case as u64);
        let history = stage.play(&mut chance, &mut tally)?;
        ensure!(
            history.is_serializable(),
            "history {case}, in context {context}, has no order:\n{history}"
        );
    }
    Ok(json!({ "runs": tally.runs, "attempts": tally.attempts, "conflicts": tally.given_up }))
}

const NAME: &str = "serializability";
const DAILY: usize = 500;

#[test]
fn whatever_runs_see_at_once_they_could_have_seen_one_after_the_other() {
    holds(NAME, size(DAILY, 10_000), |count| {
        histories(&["memory", "file"], count)
    });
}

#[test]
fn updates_are_lost_when_keys_are_not_checked() {
    misses(
        NAME,
        "without the check of keys",
        &["has no order"],
        DAILY,
        |count| histories(&["no-keys"], count),
    );
}

#[test]
fn phantoms_come_when_ranges_are_not_checked() {
    misses(
        NAME,
        "without the check of ranges",
        &["has no order"],
        DAILY,
        |count| histories(&["no-ranges"], count),
    );
}

#[test]
fn what_was_refused_is_seen_without_savepoints() {
    misses(NAME, "without savepoints", &["has no order"], DAILY, |count| {
        histories(&["no-savepoints"], count)
    });
}
