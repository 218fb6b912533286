//! An instance is made, falls, and is dropped, again and again: the process does not grow.

use airs_runtime::{Code, Limits};
use airs_tests::{Bench, Script};
use serde_json::json;

use super::child;
use super::verdict::{Verdict, ensure, holds, misses, size};

const GROWTH_BYTES_MAX: u64 = 16 << 20;
/// Runs before the one with which the others are compared.
const WARMING: usize = 300;

/// Of each instance so many bytes are kept.
fn falls_again_and_again(cycles: usize, kept_bytes: usize) -> Verdict {
    // So that taking all memory takes no time.
    let limits = Limits {
        memory_bytes: 4 << 20,
        ..Limits::default()
    };
    let bench = Bench::alone(&["probe", "probe-driver"], |builder| builder.limits(limits));
    bench
        .bind("/falls", "probe-driver", r#"{"on":{"view":"panic"}}"#, "operator")
        .unwrap();
    let falls = |number: usize| {
        // The program, its driver, and a program that has taken all memory.
        let script = match number % 3 {
            0 => Script::new().act("trap"),
            1 => Script::new().intend("/falls", "view").view(0),
            _ => Script::new().act("hoard"),
        };
        let error = bench.ask("operator", script.request()).unwrap_err();
        ensure!(
            matches!(error.code(), Code::Trap | Code::LimitExceeded),
            "cycle {number}: {error}"
        );
        std::mem::forget(vec![1_u8; kept_bytes]);
        Ok(())
    };
    (0..WARMING).try_for_each(falls)?;
    let before = child::holdings();
    (0..cycles).try_for_each(falls)?;
    ensure!(bench.runtime.is_idle(), "something is still held");
    let (Some([memory, files, threads]), Some([memory_now, files_now, threads_now])) =
        (before, child::holdings())
    else {
        return Ok(json!("this system does not tell what a process holds"));
    };
    let growth = memory_now.saturating_sub(memory);
    ensure!(
        growth <= GROWTH_BYTES_MAX,
        "resident memory has grown by {growth} bytes"
    );
    ensure!(
        (files_now, threads_now) == (files, threads),
        "{files_now} files and {threads_now} threads"
    );
    Ok(json!({ "cycles": cycles, "memory growth, bytes": growth }))
}

const NAME: &str = "instantiate, trap, drop";
const DAILY: usize = 1_000;

#[test]
fn instances_that_fall_leave_nothing_behind() {
    holds(NAME, size(DAILY, 10_000), |cycles| {
        child::verdict("growth::process", &format!("{cycles} 0"))
    });
}

#[test]
fn what_little_is_left_of_each_instance_is_noticed() {
    let heard = ["resident memory has grown"];
    misses(NAME, "with 32 KiB kept of each", &heard, DAILY, |cycles| {
        child::verdict("growth::process", &format!("{cycles} {}", 32 << 10))
    });
}

#[test]
#[ignore = "the process of a proof"]
fn process() {
    child::answer(|told| {
        let (cycles, kept_bytes) = told.split_once(' ').unwrap();
        falls_again_and_again(cycles.parse().unwrap(), kept_bytes.parse().unwrap())
    });
}
