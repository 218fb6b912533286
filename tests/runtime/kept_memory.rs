//! What the host keeps of what a run reads and writes takes of the memory that all guests have.

use airs_runtime::{Code, Error, Limits, RuntimeBuilder};
use airs_tests::{Bench, Script};
use serde_json::{Value, json};

const MIB: u64 = 1 << 20;
/// So many values are a mebibyte.
const A_MIB: usize = 4;

fn bench() -> Bench {
    let limits = Limits {
        context_memory_bytes: 12 * MIB,
        ..Limits::default()
    };
    let bench = Bench::alone(&["probe", "probe-driver"], |builder: RuntimeBuilder| {
        builder.limits(limits)
    });
    bench.bind("/one", "probe-driver", "{}", "operator").unwrap();
    bench
}

fn control(bench: &Bench, operation: &str, input: Value) -> Result<String, Error> {
    bench.control("/one", operation, &input.to_string())
}

/// Writes so many mebibytes in one run.
fn fill(bench: &Bench, first: usize, mib: usize) -> Result<String, Error> {
    control(
        bench,
        "fill-from",
        json!([first * A_MIB, mib * A_MIB, (MIB as usize) / A_MIB]),
    )
}

/// Reads so many of them in one run, one after the other: none is in the guest for long.
fn read(bench: &Bench, mib: usize) -> Result<Vec<Value>, Error> {
    let keys = |number: usize| (number * A_MIB..(number + 1) * A_MIB).map(|key| format!("fill/{key}"));
    let script = (0..mib).fold(Script::new().intend("/one", "control"), |script, number| {
        script.control(0, "many", json!(keys(number).collect::<Vec<_>>()))
    });
    bench.play("operator", &script)
}

fn is_over(error: &Error) -> bool {
    let said = "the host has no memory left to keep something for the run: all of the context's 12582912 bytes was taken \
                (context_memory_bytes)";
    error.code() == Code::LimitExceeded && error.message().ends_with(said)
}

#[test]
fn what_a_run_has_read_counts_until_it_ends() {
    let bench = bench();
    for first in [0, 4, 8] {
        fill(&bench, first, 4).unwrap();
    }
    let error = read(&bench, 12).unwrap_err();
    assert!(is_over(&error), "{error}");
    // It is given back with each run.
    for _ in 0..5 {
        read(&bench, 4).unwrap();
    }
}

#[test]
fn what_a_run_has_written_counts_until_it_ends() {
    let bench = bench();
    let error = fill(&bench, 0, 12).unwrap_err();
    assert!(is_over(&error), "{error}");
    for _ in 0..5 {
        fill(&bench, 0, 4).unwrap();
    }
}
