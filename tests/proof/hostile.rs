//! Components that mean harm, one for each way: a typed error for their run, and nothing else. Every other run is
//! as ever, and the process holds no more than before.

pub(crate) mod component;
mod drivers;
mod programs;

use std::time::Duration;

use airs_runtime::{Capability, Code, Component, EngineConfig, Error, Kind, Placement, Request};
use airs_tests::{Bench, Script};
use serde_json::json;
use wit_component::StringEncoding;

use super::child;
use super::state::wait;
use super::verdict::{Verdict, ensure, holds, size};

/// What comes of a component.
#[derive(Clone, Copy, Debug)]
enum Expected {
    /// Its runs end well.
    Well,
    /// Its runs fail.
    Fails(Code),
    /// It is not put into service.
    Refused(Code),
}

const TOO_MANY: Expected = Expected::Refused(Code::InvalidComponent);
/// For what loops.
const DEADLINE_MS: u64 = 60;
/// For all else.
const AMPLE_MS: u64 = 5_000;
/// What it takes to start, and to migrate nothing, takes no time; this is for what loops then.
const START_MAX: Duration = Duration::from_secs(1);
/// Rounds before the one with which the others are compared: places are warmed one by one.
const WARMING: usize = 3;
/// Several times as many as there are places for runs.
const GREEDY: usize = 40;
/// Few, so that the first round warms all places.
const INSTANCES_MAX: u32 = 32;
const GROWTH_BYTES_MAX: u64 = 16 << 20;

struct Case {
    name: String,
    component: Component,
    expected: Expected,
    at_bind: bool,
}

fn cases() -> Vec<Case> {
    let programs = programs::ROWS.iter().map(|row| {
        let bytes = component::program(row.run, row.beside, row.encoding);
        Case {
            name: format!("a program that {}", row.name),
            component: component::named("hostile", Kind::Program, &bytes),
            expected: row.expected,
            at_bind: false,
        }
    });
    let drivers = drivers::ROWS.iter().map(|row| Case {
        name: format!("a driver that {}", row.name),
        component: component::named("hostile", Kind::Driver, &component::driver(row.parts)),
        expected: row.expected,
        at_bind: row.at_bind,
    });
    let crowded = |name: &str, module: &str, count, expected| {
        let plain = component::program("(i32.const 16)", "", StringEncoding::UTF8);
        Case {
            name: format!("a program that {name}"),
            component: component::named(
                "hostile",
                Kind::Program,
                &component::crowded(plain, module, count),
            ),
            expected,
            at_bind: false,
        }
    };
    let crowds = [
        crowded(
            "has memories that are small one by one",
            "(module (memory 400))",
            3,
            Expected::Refused(Code::LimitExceeded),
        ),
        crowded("has many memories", "(module (memory 1))", 8, TOO_MANY),
        crowded("has many tables", "(module (table 1 funcref))", 20, TOO_MANY),
        crowded("has many instances", "(module)", 20, TOO_MANY),
    ];
    programs.chain(drivers).chain(crowds).collect()
}

/// Lets a component do its worst; then all is as before.
fn meet(bench: &Bench, case: &Case) -> Result<(), String> {
    let Case {
        name,
        component,
        expected,
        ..
    } = case;
    let loaded = bench.runtime.load(component, &[Capability::Storage].into());
    match (loaded, expected) {
        (Ok(loaded), Expected::Well | Expected::Fails(_)) => {
            check(name, run(bench, loaded.kind, case)?, *expected)?;
            bench.runtime.unload(&loaded.name).unwrap();
        }
        (Err(error), Expected::Refused(code)) if error.code() == *code => {}
        (loaded, _) => return Err(format!("{name}: {loaded:?}; {expected:?}")),
    }
    check_others(bench, name)
}

/// Runs the program, or looks at what the driver is bound to. One that cannot even be told of its binding fails
/// there, and no other does.
fn run(bench: &Bench, kind: Kind, case: &Case) -> Result<Result<String, Error>, String> {
    let deadline = match case.expected {
        Expected::Fails(Code::DeadlineExceeded) => DEADLINE_MS,
        _ => AMPLE_MS,
    };
    if kind == Kind::Program {
        return Ok(bench.ask("operator", Request::run("hostile", "{}").deadline_ms(deadline)));
    }
    let placement = Placement::new("/hostile", "hostile", "{}");
    let bind = |deadline| bench.ask("operator", Request::bind(placement).deadline_ms(deadline));
    if case.at_bind {
        return Ok(bind(deadline));
    }
    let failed = |error| format!("{}: not where it should: {error}", case.name);
    bind(AMPLE_MS).map_err(failed)?;
    let seen = bench.ask("operator", Request::view("/hostile").deadline_ms(deadline));
    let unbound = bench.perform("operator", Request::unbind("/hostile")).result;
    unbound.map_err(failed)?;
    Ok(seen)
}

fn check(name: &str, result: Result<String, Error>, expected: Expected) -> Result<(), String> {
    match (result, expected) {
        (Ok(_), Expected::Well) => Ok(()),
        (Err(error), Expected::Fails(code)) if error.code() == code => Ok(()),
        (Err(error), _) => Err(format!("{name}: {}: {error}; {expected:?}", error.code())),
        (Ok(output), _) => Err(format!("{name}: ended well: {output}; {expected:?}")),
    }
}

/// Others are as ever.
fn check_others(bench: &Bench, name: &str) -> Result<(), String> {
    ensure!(bench.runtime.is_idle(), "{name}: something is still held");
    let script = Script::new().act("count").intend("/probe", "view").view(0);
    let outcomes = bench
        .play("operator", &script)
        .map_err(|error| format!("{name}: then: {error}"))?;
    ensure!(
        outcomes[0] == json!({ "ok": 1 }) && outcomes[2] == json!({ "ok": "1" }),
        "{name}: then: {outcomes:?}"
    );
    Ok(())
}

fn every_one(rounds: usize) -> Verdict {
    let engine = EngineConfig {
        instances_max: INSTANCES_MAX,
        ..EngineConfig::default()
    };
    let bench = Bench::alone(&["probe", "probe-driver"], |builder| {
        builder.engine(engine).migrate_within(START_MAX)
    });
    bench.bind("/probe", "probe-driver", "{}", "operator").unwrap();
    let cases = cases();
    let round = || cases.iter().try_for_each(|case| meet(&bench, case));
    a_crowd_leaves_room(&bench)?;
    (0..WARMING).try_for_each(|_| round())?;
    let before = child::holdings();
    (0..rounds).try_for_each(|_| round())?;
    let mut found = json!({ "components": cases.len() });
    if let (Some([memory, files, threads]), Some([memory_now, files_now, threads_now])) =
        (before, child::holdings())
    {
        let growth = memory_now.saturating_sub(memory);
        ensure!(
            growth <= GROWTH_BYTES_MAX,
            "resident memory has grown by {growth} bytes"
        );
        ensure!(
            files_now <= files,
            "{files} files were open, now there are {files_now}"
        );
        ensure!(
            threads_now <= threads,
            "{threads} threads were there, now there are {threads_now}"
        );
        found["memory growth, bytes"] = json!(growth);
    }
    Ok(found)
}

/// More runs than there are places, each of a program that takes as much as one can have, for as long as it can:
/// others get what they need.
fn a_crowd_leaves_room(bench: &Bench) -> Result<(), String> {
    let plain = component::program("(loop $on (br $on)) unreachable", "", StringEncoding::UTF8);
    let greedy = component::crowded(plain, "(module (memory 1) (table 1 funcref))", 3);
    let greedy = component::named("greedy", Kind::Program, &greedy);
    bench
        .runtime
        .load(&greedy, &[].into())
        .map_err(|error| format!("a greedy program: {error}"))?;
    let loops = Request::run("greedy", "{}").deadline_ms(DEADLINE_MS);
    let honest = Script::new()
        .act("count")
        .intend("/probe", "view")
        .view(0)
        .request();
    let requests: Vec<Request> = (0..GREEDY)
        .flat_map(|_| [loops.clone(), honest.clone()])
        .collect();
    let requests = requests
        .into_iter()
        .map(|request| bench.addressed("operator", request));
    let reports = wait(bench.runtime.perform_all(requests.collect()));
    for pair in reports.chunks(2) {
        let [greedy, honest] = pair else { continue };
        let told = greedy.result.as_ref().err().map(Error::code);
        let is_contained = matches!(told, Some(Code::DeadlineExceeded | Code::Busy));
        ensure!(is_contained, "a greedy program: {:?}", greedy.result);
        ensure!(
            honest.result.is_ok(),
            "beside greedy programs: {:?}",
            honest.result
        );
    }
    bench.runtime.unload(&"greedy".parse().unwrap()).unwrap();
    Ok(())
}

#[test]
fn no_component_harms_anybody_else() {
    holds("hostile components", size(2, 50), |rounds| {
        child::verdict("hostile::process", &rounds.to_string())
    });
}

#[test]
#[ignore = "run by no_component_harms_anybody_else, in a process of its own"]
fn process() {
    child::answer(|rounds| every_one(rounds.parse().unwrap()));
}
