//! A driver with large values asks for as many of them as it can, at once: the host holds no more for it than the
//! limit on what one call hands over allows.

use std::sync::Arc;

use airs_driver::Context;
use airs_platform::Sqlite;
use airs_runtime::{Code, Limits};
use airs_tests::Bench;
use serde_json::{Value, json};

use super::child;
use super::verdict::{Verdict, ensure, holds, misses, size};

/// Values, each as large as one can be.
const VALUES: usize = 12;
/// What one call may hand over.
const HANDED_BYTES: u64 = 2 << 20;
/// What the process may grow by in all: what was read (of which there are as many bytes as values), a copy of what
/// is handed over, and some.
const GROWTH_BYTES_MAX: u64 = 32 << 20;

fn asks_for_all(host_call_bytes: u64, calls: usize) -> Verdict {
    let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
    let storage = Sqlite::open(&folder.path().join("state.db")).map_err(|error| error.to_string())?;
    let context = Context::new("large".parse().unwrap(), Arc::new(storage));
    let limits = Limits {
        host_call_bytes,
        ..Limits::default()
    };
    let bench = Bench::alone(&["probe", "probe-driver"], |builder| {
        builder.limits(limits).prepared(context)
    });
    let bench = bench.within("large");
    bench.bind("/large", "probe-driver", "{}", "operator").unwrap();
    let control = |operation: &str, input: Value| bench.control("/large", operation, &input.to_string());
    control("fill", json!([VALUES, 1 << 20])).unwrap();
    // What is allowed is what the rest is compared with.
    control("many", json!(["fill/0"])).unwrap();
    control("keys", json!(["fill/", "", 1])).unwrap();
    let Some(before) = child::memory_peak() else {
        return Ok(json!("this system does not tell what a process has held"));
    };
    let all: Vec<String> = (0..VALUES).map(|key| format!("fill/{key}")).collect();
    let mut refused = 0;
    for _ in 0..calls {
        // All of them, one of them again and again, and as much as a search may ask for.
        let asked = [
            control("many", json!(all)),
            control("many", json!(vec!["fill/0"; 60])),
            control("keys", json!(["fill/", "", 1_000])),
        ];
        for told in asked {
            match told {
                Ok(_) => {}
                Err(error) if matches!(error.code(), Code::LimitExceeded | Code::Trap) => refused += 1,
                Err(error) => return Err(error.to_string()),
            }
        }
    }
    let growth = child::memory_peak().unwrap_or(before).saturating_sub(before);
    ensure!(
        growth <= GROWTH_BYTES_MAX,
        "the process has held {growth} bytes more than before"
    );
    ensure!(
        refused == 2 * calls,
        "{refused} calls of {} were refused",
        3 * calls
    );
    Ok(json!({ "refused": refused, "memory growth at the most, bytes": growth }))
}

const NAME: &str = "large values";
const DAILY: usize = 3;

#[test]
fn nobody_has_the_host_hold_more_than_a_call_may_hand_over() {
    holds(NAME, size(DAILY, 1_000), |calls| {
        child::verdict("large_values::process", &format!("{HANDED_BYTES} {calls}"))
    });
}

#[test]
fn the_host_holds_much_when_a_call_may_hand_over_much() {
    let heard = ["bytes more than before"];
    misses(NAME, "with a limit of 64 MiB", &heard, DAILY, |calls| {
        let limit = Limits::UNRESTRICTED.host_call_bytes;
        child::verdict("large_values::process", &format!("{limit} {calls}"))
    });
}

#[test]
#[ignore = "the process of a proof"]
fn process() {
    child::answer(|told| {
        let (limit, calls) = told.split_once(' ').unwrap();
        asks_for_all(limit.parse().unwrap(), calls.parse().unwrap())
    });
}
