//! The first commit of a runtime, with which it becomes the owner of a state.

use std::collections::BTreeSet;
use std::sync::Arc;

use airs_driver::Context;
use airs_runtime::{Answer, Code, Error, Placement, Request};
use airs_tests::Bench;

use super::super::faulty::{Faulty, Way};
use super::super::state::{Content, differences};
use super::super::verdict::ensure;
use super::done;

/// A context is new once: more than there are calls and ways.
const CONTEXTS: usize = 64;

fn bind(bench: &Bench, number: usize, path: &str) -> Result<Answer, Error> {
    let placement = Placement::new(path, "probe-driver", "{}");
    let bench = bench.within(&name(number));
    bench.perform("operator", Request::bind(placement)).result
}

fn name(number: usize) -> String {
    format!("first-{number}")
}

/// Has each call of a first commit fail once in each of these ways; says how many there were, and notes what was told.
pub(super) fn every_call_may_fail(ways: &[Way], told: &mut BTreeSet<Code>) -> Result<usize, String> {
    let storages: Vec<Arc<Faulty>> = (0..CONTEXTS).map(|_| Arc::new(Faulty::new())).collect();
    let bench = Bench::alone(&["probe-driver"], |builder| {
        storages
            .iter()
            .enumerate()
            .fold(builder, |builder, (number, storage)| {
                let name = name(number).parse().unwrap();
                builder.prepared(Context::new(name, Arc::clone(storage) as _))
            })
    });
    let (after, calls) = by_itself(&bench, &storages[0])?;
    let faults = calls * ways.len();
    ensure!(faults < CONTEXTS, "there are {faults} faults");
    let cases = ways
        .iter()
        .flat_map(|way| (1..=calls).map(move |call| (*way, call)));
    for ((way, call), number) in cases.zip(1..) {
        let (storage, case) = (
            &storages[number],
            format!("a first commit, {way:?} in call {call}"),
        );
        storage.arm(Some((call, way)), false);
        let result = bind(&bench, number, "/first");
        let found = storage.content();
        told.extend(result.as_ref().err().map(Error::code));
        let is_done = done(&case, &result, &found, [&Content::new(), &after])?;
        ensure!(bench.runtime.is_idle(), "{case}: something is still held");
        storage.arm(None, false);
        if !is_done {
            bind(&bench, number, "/first")
                .map_err(|error| format!("{case}: it cannot be done again: {error}"))?;
            let strays = differences(&after, &storage.content());
            ensure!(strays.is_empty(), "{case}: done again, {strays:?} differ");
        }
    }
    Ok(faults)
}

/// What a first commit leaves behind, and of how many calls it is made: one more than those of a second one.
fn by_itself(bench: &Bench, storage: &Faulty) -> Result<(Content, usize), String> {
    let failed = |error| format!("a first commit fails by itself: {error}");
    storage.arm(None, false);
    bind(bench, 0, "/first").map_err(failed)?;
    let (after, calls) = (storage.content(), storage.calls());
    storage.arm(None, false);
    bind(bench, 0, "/other").map_err(failed)?;
    let later = storage.calls();
    ensure!(calls == later + 1, "{calls} calls, and {later} later");
    Ok((after, calls))
}
