//! What a proof comes to, and where that is written.

use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use airs_tests::target_folder;
use serde_json::{Value, json};

/// What a proof has found, or how the promise was broken.
pub(crate) type Verdict = Result<Value, String>;

/// Ends a proof with a broken promise, unless a condition holds.
macro_rules! ensure {
    ($holds:expr, $($said:tt)+) => {
        if !$holds {
            return Err(format!($($said)+));
        }
    };
}
pub(crate) use ensure;

/// How much a proof does: the size for every day, or the one of `AIRS_PROOF=full`.
pub(crate) fn size(daily: usize, full: usize) -> usize {
    match std::env::var("AIRS_PROOF") {
        Ok(size) if size == "full" => full,
        _ => daily,
    }
}

/// The seed of all chance in this process. A proof that fails says which of its cases it was; with the same
/// seed it is the same case.
pub(crate) fn seed() -> u64 {
    let stated = std::env::var("AIRS_PROOF_SEED").ok();
    stated.and_then(|seed| seed.parse().ok()).unwrap_or(20_261_121)
}

/// Makes a proof of a promise, and fails if it was broken.
pub(crate) fn holds(name: &str, size: usize, proof: impl FnOnce(usize) -> Verdict) {
    let (verdict, seconds) = timed(name, size, proof);
    let broken = verdict.as_ref().err().cloned();
    note(
        name,
        size,
        seconds,
        verdict.unwrap_or_else(Value::String),
        broken.is_none(),
    );
    if let Some(broken) = broken {
        panic!("{name}: {broken}\n(AIRS_PROOF_SEED={} shows it again)", seed());
    }
}

/// Makes a proof with a guard dropped, or over something that breaks its word, and fails if it is not noticed.
pub(crate) fn misses(name: &str, how: &str, size: usize, proof: impl FnOnce(usize) -> Verdict) {
    let name = format!("{name}, {how}");
    let (verdict, seconds) = timed(&name, size, proof);
    let missed = verdict.is_err();
    let found = verdict.map_or_else(Value::String, |found| json!({ "not missed": found }));
    note(&name, size, seconds, found.clone(), missed);
    assert!(missed, "{name}: nothing is wrong: {found}");
}

fn timed(name: &str, size: usize, proof: impl FnOnce(usize) -> Verdict) -> (Verdict, f64) {
    let started = Instant::now();
    let verdict = catch_unwind(AssertUnwindSafe(|| proof(size)));
    let seconds = started.elapsed().as_secs_f64();
    match verdict {
        Ok(verdict) => (verdict, seconds),
        Err(panic) => {
            note(name, size, seconds, json!("it could not be carried out"), false);
            resume_unwind(panic)
        }
    }
}

/// Adds a line to the summary of this process.
fn note(name: &str, size: usize, seconds: f64, found: Value, holds: bool) {
    static SEEN: Mutex<Vec<Value>> = Mutex::new(Vec::new());
    let mut seen = SEEN.lock().unwrap_or_else(PoisonError::into_inner);
    let seconds = (seconds * 1_000.0).round() / 1_000.0;
    seen.push(json!({ "name": name, "size": size, "seconds": seconds, "found": found, "holds": holds }));
    seen.sort_by_key(|line| line["name"].to_string());
    let folder = target_folder().join("proof");
    fs::create_dir_all(&folder).unwrap();
    fs::write(
        folder.join("summary.json"),
        serde_json::to_string_pretty(&*seen).unwrap(),
    )
    .unwrap();
}
