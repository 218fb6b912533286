//! Everything that a guest can call, with whatever comes to mind: no panic of the host, an answer that is right
//! where there is a right one, and never more rights than there are.

mod world;

use std::sync::{Arc, Mutex};

use airs_core::{Guard, Guards};
use airs_driver::Context;
use airs_platform::Memory;
use airs_runtime::{Code, Error, Owner, Placement, Request};
use airs_tests::{Bench, component_with};
use serde_json::{Value, json};
use tempfile::TempDir;

use super::child;
use super::panics;
use super::verdict::{Verdict, ensure, holds, misses, seed, size};

/// Calls of one run. Those of WASI are fewer: one that there is no answer to ends the run.
const CALLS_PER_RUN: usize = 100;
const WASI_CALLS_PER_RUN: usize = 25;
const CALLER: &str = "stormer";

/// What a run without an answer may end with: what is not there is denied, and everything has a limit.
const TOLD: [Code; 2] = [Code::Denied, Code::LimitExceeded];

/// What is not as it is to be.
#[derive(Clone, Copy, Debug, Default)]
struct Broken {
    guards: Guards,
    is_damaged: bool,
    is_granted_more: bool,
}

impl Broken {
    fn of(what: &str) -> Self {
        let mut broken = Self::default();
        match what {
            "" => {}
            "rights" => broken.guards = Guards::without(Guard::RightsCheck),
            "descriptors" => broken.guards = Guards::without(Guard::DescriptorCheck),
            "files" => broken.is_damaged = true,
            "http" => broken.is_granted_more = true,
            what => panic!("{what} cannot be broken"),
        }
        broken
    }
}

/// What is called, and what is beside the runtime.
struct Scene {
    bench: Bench,
    wrong: Arc<Mutex<Vec<String>>>,
    _place: TempDir,
}

impl Scene {
    fn new(broken: Broken) -> Result<Self, Error> {
        let context = Context::new("storm".parse().unwrap(), Arc::new(Memory::new()));
        let place = tempfile::tempdir().unwrap();
        world::lay_out(&place.path().join("storm"), broken.is_damaged);
        let (answers, wrong) = world::Answers::new();
        let bench = Bench::alone(&["storm", "probe-driver"], |builder| {
            builder
                .prepared(context.guarded(broken.guards))
                .files(place.path())
                .http(answers)
        });
        let granted = world::granted(broken.is_granted_more);
        let roamer = component_with("roamer", |manifest| manifest.capabilities = granted.clone());
        bench.runtime.load(&roamer, &granted.into())?;
        let bench = bench.within("storm");
        let caller = || Owner::Caller(CALLER.into());
        for (path, driver, account, owner, controller) in [
            ("/mine", "probe-driver", "{}", caller(), CALLER),
            ("/own", "probe-driver", "{}", caller(), "operator"),
            (
                "/theirs",
                "probe-driver",
                "{}",
                Owner::Caller("somebody".into()),
                "operator",
            ),
            ("/each", "probe-driver", "{}", Owner::Each, "operator"),
            ("/roam", "roamer", "null", caller(), CALLER),
        ] {
            let placement = Placement {
                path: path.into(),
                driver: driver.into(),
                account: account.into(),
                owner: Some(owner),
                controllers: vec![controller.into()],
            };
            bench.perform("operator", Request::bind(placement)).result?;
        }
        Ok(Self {
            bench,
            wrong,
            _place: place,
        })
    }
}

/// What came of calls in one area.
#[derive(Default)]
struct Tally {
    calls: usize,
    well: usize,
    ended: usize,
}

impl Tally {
    /// Makes so many calls, some in each run.
    fn storm(bench: &Bench, area: &str, calls: usize) -> Result<Self, String> {
        let mut tally = Self::default();
        let per_run = if area == "wasi" {
            WASI_CALLS_PER_RUN
        } else {
            CALLS_PER_RUN
        };
        for run in 0.. {
            if tally.calls >= calls {
                break;
            }
            let seed = seed().wrapping_add(run);
            let answer = match area {
                "storage" => bench.ask(
                    CALLER,
                    Request::control("/mine", "storm", json!([seed, per_run]).to_string()),
                ),
                "files" | "http" => bench.ask(
                    CALLER,
                    Request::control("/roam", area, json!([seed, per_run]).to_string()),
                ),
                area => {
                    let task = json!({ "area": area, "seed": seed, "calls": per_run });
                    bench.ask(CALLER, Request::run("storm", task.to_string()))
                }
            };
            // All but the last of the run's were answered, or it would have ended before.
            tally.calls += per_run;
            match answer {
                Ok(output) => {
                    let output: Value = serde_json::from_str(&output).unwrap();
                    let well = output.get("well").unwrap_or(&output).as_u64().unwrap();
                    tally.well += usize::try_from(well).unwrap();
                }
                Err(error) if area == "wasi" && TOLD.contains(&error.code()) => tally.ended += 1,
                Err(error) => return Err(format!("{area}, run {run}: {}: {error}", error.code())),
            }
            ensure!(
                bench.runtime.is_idle(),
                "{area}, run {run}: something is still held"
            );
        }
        Ok(tally)
    }
}

fn whatever_comes_to_mind(broken: Broken, calls: usize) -> Verdict {
    let panics = panics::counted();
    let scene = Scene::new(broken).map_err(|error| error.to_string())?;
    let mut found = serde_json::Map::new();
    for (area, share) in [
        ("val", calls / 7 * 2),
        ("storage", calls / 7 * 2),
        ("wasi", calls / 7),
        ("files", calls / 7),
        ("http", calls / 7),
    ] {
        let Tally { calls, well, ended } = Tally::storm(&scene.bench, area, share)?;
        found.insert(
            area.into(),
            json!({ "calls": calls, "answered well": well, "ended the run": ended }),
        );
    }
    let wrong = scene.wrong.lock().unwrap();
    ensure!(
        wrong.is_empty(),
        "servers were asked what nobody may ask: {wrong:?}"
    );
    let panics = panics();
    ensure!(panics == 0, "the host panicked {panics} times");
    found.insert("panics".into(), json!(panics));
    Ok(found.into())
}

const NAME: &str = "the host's functions";
const DAILY: usize = 70_000;

#[test]
fn no_call_makes_the_host_panic_or_grants_too_much() {
    holds(NAME, size(DAILY, 1_400_000), |calls| {
        child::verdict("host_api::process", &format!("{calls}"))
    });
}

#[test]
fn rights_are_granted_to_everybody_when_they_are_not_checked() {
    let heard = ["intend: allowed is false, and denied was false"];
    misses(NAME, "without the check of rights", &heard, DAILY, |calls| {
        child::verdict("host_api::process", &format!("{calls} rights"))
    });
}

#[test]
fn descriptors_are_good_for_everything_when_their_rights_are_not_checked() {
    let heard = [
        "view: allowed is false, and denied was false",
        "transfer: allowed is false, and denied was false",
        "control: allowed is false, and denied was false",
    ];
    misses(NAME, "without the check of descriptors", &heard, DAILY, |calls| {
        child::verdict("host_api::process", &format!("{calls} descriptors"))
    });
}

#[test]
fn a_file_with_another_byte_in_it_is_noticed() {
    let heard = [
        "files: what is there is read",
        "files: a stream gives what is there",
    ];
    misses(NAME, "over files with another byte", &heard, DAILY, |calls| {
        child::verdict("host_api::process", &format!("{calls} files"))
    });
}

#[test]
fn a_server_that_was_not_to_be_granted_is_noticed() {
    let heard = ["http: allowed is false, and it was answered"];
    misses(NAME, "with another server granted", &heard, DAILY, |calls| {
        child::verdict("host_api::process", &format!("{calls} http"))
    });
}

#[test]
#[ignore = "the process of a proof"]
fn process() {
    child::answer(|told| {
        let (calls, broken) = told.split_once(' ').unwrap_or((told, ""));
        whatever_comes_to_mind(Broken::of(broken), calls.parse().unwrap())
    });
}
