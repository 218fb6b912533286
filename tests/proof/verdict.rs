//! What a proof comes to, and where that is written.

use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::{Instant, UNIX_EPOCH};

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

/// Ends a proof that takes longer, or more, than it is to: at full size, which somebody has a machine do that does nothing
/// else. On other days times are only noted.
pub(crate) fn at_most(what: &str, found: f64, aim: f64) -> Result<(), String> {
    ensure!(
        size(0, 1) == 0 || found <= aim,
        "{what}: {found}, and it is to be {aim} at most"
    );
    Ok(())
}

/// The seed of all chance in this process. A proof that fails says which of its cases it was; the same seed gives
/// that case the same programs and the same choices. How they come between each other is the machine's.
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
        panic!(
            "{name}: {broken}\n(AIRS_PROOF_SEED={} makes the same choices)",
            seed()
        );
    }
}

/// Makes a proof with a guard dropped, or over something that breaks its word, and fails unless that is noticed: the
/// proof has to say one of the things that are `heard` when it is missed, and not to fail for another reason.
pub(crate) fn misses(
    name: &str,
    how: &str,
    heard: &[&str],
    size: usize,
    proof: impl FnOnce(usize) -> Verdict,
) {
    let name = format!("{name}, {how}");
    let (verdict, seconds) = timed(&name, size, proof);
    let is_missed = |said: &String| heard.iter().any(|heard| said.contains(heard));
    let missed = verdict.as_ref().is_err_and(is_missed);
    let found = verdict.map_or_else(Value::String, |found| json!({ "not missed": found }));
    note(&name, size, seconds, found.clone(), missed);
    assert!(missed, "{name}: not noticed, or for another reason: {found}");
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

/// The target folder of this test's own build. Proofs of other crates' tests are in the same summary.
fn target_folder() -> PathBuf {
    let binary = std::env::current_exe().unwrap();
    binary.ancestors().nth(3).unwrap().to_owned()
}

/// Which tests make the proofs here, in which profile, and when they were built, in seconds since 1970.
fn tests_and_build() -> (String, u64) {
    let binary = std::env::current_exe().unwrap();
    let name = |path: &Path| path.file_stem().unwrap().to_string_lossy().into_owned();
    let (file, profile) = (name(&binary), name(binary.ancestors().nth(2).unwrap()));
    let (tests, _) = file.rsplit_once('-').unwrap();
    let built = fs::metadata(&binary).unwrap().modified().unwrap();
    let since = built.duration_since(UNIX_EPOCH).unwrap();
    (format!("{tests}, {profile}"), since.as_secs())
}

/// Puts a line into the summary, where it takes the place of the one of the same proof and size. What an earlier build of the
/// same tests has seen says nothing of this one, and goes: what nobody proves any more would hold for ever.
fn note(name: &str, size: usize, seconds: f64, found: Value, holds: bool) {
    static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());
    let _alone = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
    let folder = target_folder().join("proof");
    fs::create_dir_all(&folder).unwrap();
    let (file, new) = (folder.join("summary.json"), folder.join("summary.new"));
    // Other test binaries write to it, too.
    let lock = fs::File::create(folder.join("summary.lock")).unwrap();
    lock.lock().unwrap();
    let seconds = (seconds * 1_000.0).round() / 1_000.0;
    let (tests, build) = tests_and_build();
    let line = json!({
        "name": name,
        "size": size,
        "seconds": seconds,
        "found": found,
        "holds": holds,
        "tests": tests,
        "build": build,
    });
    let before = fs::read(&file).ok();
    let before = before.and_then(|text| serde_json::from_slice::<Vec<Value>>(&text).ok());
    let mut lines = before.unwrap_or_default();
    let is_of = |one: &Value, field: &str| one[field] == line[field];
    lines.retain(|before| {
        let is_old = before["tests"].is_null() || is_of(before, "tests") && !is_of(before, "build");
        !(is_old || is_of(before, "name") && is_of(before, "size"))
    });
    lines.push(line);
    lines.sort_by_key(|line| (line["name"].to_string(), line["size"].as_u64()));
    // Whole, whoever reads it, and whatever ends this process.
    fs::write(&new, serde_json::to_string_pretty(&lines).unwrap()).unwrap();
    fs::rename(new, file).unwrap();
}
