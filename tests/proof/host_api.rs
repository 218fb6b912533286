//! The VAL, storage and what every guest has of WASI, called with whatever comes to mind: no panic of the host, an answer
//! that is right where there is a right one, and never more rights than there are. Files and http are left to tests of theirs.

use std::sync::Arc;

use airs_core::{Guard, Guards};
use airs_driver::Context;
use airs_platform::Memory;
use airs_runtime::{Code, Error, Owner, Placement, Request};
use airs_tests::Bench;
use serde_json::{Value, json};

use super::child;
use super::panics;
use super::verdict::{Verdict, ensure, holds, misses, seed, size};

/// Calls of one run. Those of WASI are fewer: one that there is no answer to ends the run.
const CALLS_PER_RUN: usize = 100;
const WASI_CALLS_PER_RUN: usize = 25;
const CALLER: &str = "stormer";

/// What a run without an answer may end with: what is not there is denied, and everything has a limit.
const TOLD: [Code; 2] = [Code::Denied, Code::LimitExceeded];

fn bench(guards: Guards) -> Result<Bench, Error> {
    let context = Context::new("storm".parse().unwrap(), Arc::new(Memory::new()));
    let bench = Bench::alone(&["storm", "probe-driver"], |builder| {
        builder.prepared(context.guarded(guards))
    });
    let bench = bench.within("storm");
    for (path, owner, controller) in [
        ("/mine", Owner::Caller(CALLER.into()), CALLER),
        ("/own", Owner::Caller(CALLER.into()), "operator"),
        ("/theirs", Owner::Caller("somebody".into()), "operator"),
        ("/each", Owner::Each, "operator"),
    ] {
        let placement = Placement {
            path: path.into(),
            driver: "probe-driver".into(),
            account: "{}".into(),
            owner: Some(owner),
            controllers: vec![controller.into()],
        };
        bench.perform("operator", Request::bind(placement)).result?;
    }
    Ok(bench)
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

fn whatever_comes_to_mind(guards: Guards, calls: usize) -> Verdict {
    let panics = panics::counted();
    let bench = bench(guards).map_err(|error| error.to_string())?;
    let mut found = serde_json::Map::new();
    for (area, share) in [
        ("val", calls / 5 * 2),
        ("storage", calls / 5 * 2),
        ("wasi", calls / 5),
    ] {
        let Tally { calls, well, ended } = Tally::storm(&bench, area, share)?;
        found.insert(
            area.into(),
            json!({ "calls": calls, "answered well": well, "ended the run": ended }),
        );
    }
    let panics = panics();
    ensure!(panics == 0, "the host panicked {panics} times");
    found.insert("panics".into(), json!(panics));
    Ok(found.into())
}

const NAME: &str = "the host's functions";
const DAILY: usize = 50_000;

#[test]
fn no_call_makes_the_host_panic_or_grants_too_much() {
    holds(NAME, size(DAILY, 1_000_000), |calls| {
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
#[ignore = "the process of a proof"]
fn process() {
    child::answer(|told| {
        let (calls, guards) = match told.split_once(' ') {
            None => (told, Guards::default()),
            Some((calls, "rights")) => (calls, Guards::without(Guard::RightsCheck)),
            Some((calls, _)) => (calls, Guards::without(Guard::DescriptorCheck)),
        };
        whatever_comes_to_mind(guards, calls.parse().unwrap())
    });
}
