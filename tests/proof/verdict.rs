//! What a proof comes to, and where that is written.

use std::any::type_name;
use std::collections::HashSet;
use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::path::PathBuf;
use std::process::Command;
use std::sync::{LazyLock, Mutex, PoisonError};
use std::time::Instant;

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

/// A proof that is made: what a line of the summary says of it beside what was found.
#[derive(Clone, Debug)]
struct Made {
    name: String,
    size: usize,
    /// The test that makes it.
    test: String,
}

impl Made {
    /// The test is told by the name of the closure that stands in it: threads are not named after tests when there
    /// is only one.
    fn by<F>(_: &F, name: String, size: usize) -> Self {
        let path = type_name::<F>().trim_end_matches("::{{closure}}");
        let test = path.split_once("::").map_or(path, |(_, test)| test).to_owned();
        assert!(
            TESTS.contains(&test),
            "{test} is no test: a closure in one makes a proof"
        );
        Self { name, size, test }
    }
}

/// Makes a proof of a promise, and fails if it was broken.
pub(crate) fn holds<F: FnOnce(usize) -> Verdict>(name: &str, size: usize, proof: F) {
    let made = Made::by(&proof, name.to_owned(), size);
    let (verdict, seconds) = timed(&made, proof);
    let broken = verdict.as_ref().err().cloned();
    note(
        &made,
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
pub(crate) fn misses<F: FnOnce(usize) -> Verdict>(
    name: &str,
    how: &str,
    heard: &[&str],
    size: usize,
    proof: F,
) {
    let made = Made::by(&proof, format!("{name}, {how}"), size);
    let (verdict, seconds) = timed(&made, proof);
    let is_missed = |said: &String| heard.iter().any(|heard| said.contains(heard));
    let missed = verdict.as_ref().is_err_and(is_missed);
    let found = verdict.map_or_else(Value::String, |found| json!({ "not missed": found }));
    note(&made, seconds, found.clone(), missed);
    assert!(
        missed,
        "{}: not noticed, or for another reason: {found}",
        made.name
    );
}

fn timed(made: &Made, proof: impl FnOnce(usize) -> Verdict) -> (Verdict, f64) {
    let started = Instant::now();
    let verdict = catch_unwind(AssertUnwindSafe(|| proof(made.size)));
    let seconds = started.elapsed().as_secs_f64();
    match verdict {
        Ok(verdict) => (verdict, seconds),
        Err(panic) => {
            note(made, seconds, json!("it could not be carried out"), false);
            resume_unwind(panic)
        }
    }
}

/// The tests of this binary.
static TESTS: LazyLock<HashSet<String>> = LazyLock::new(|| {
    let binary = std::env::current_exe().unwrap();
    let listed = Command::new(binary)
        .args(["--list", "--format", "terse"])
        .output();
    let listed = String::from_utf8(listed.unwrap().stdout).unwrap();
    let names = listed.lines().filter_map(|line| line.strip_suffix(": test"));
    names.map(str::to_owned).collect()
});

/// Its name, without what tells one build from another.
static BINARY: LazyLock<String> = LazyLock::new(|| {
    let binary = std::env::current_exe().unwrap();
    let name = binary.file_stem().unwrap().to_string_lossy().into_owned();
    name.rsplit_once('-')
        .map_or(name.clone(), |(name, _)| name.to_owned())
});

/// The proofs that this process has made.
static MADE: Mutex<Vec<Made>> = Mutex::new(Vec::new());

/// Whether a line of the summary stays when a proof was made: what this binary has no test for any more nobody makes,
/// nor what the same test made before and has not made now. Tests that are not carried out this time keep their lines.
fn stays(line: &Value, made: &[Made], of_full: bool) -> bool {
    let (Some(binary), Some(test)) = (line["binary"].as_str(), line["test"].as_str()) else {
        // Written before lines said so.
        return false;
    };
    if binary != *BINARY {
        return true;
    }
    let is_it = |made: &Made| line["name"] == *made.name && line["size"] == made.size;
    let mut of_test = made.iter().filter(|made| made.test == test).peekable();
    let is_left_out = line["full"] == of_full && of_test.peek().is_some() && !of_test.any(is_it);
    TESTS.contains(test) && !is_left_out && !made.last().is_some_and(is_it)
}

/// The target folder of this test's own build. Proofs of other crates' tests are in the same summary.
fn target_folder() -> PathBuf {
    let binary = std::env::current_exe().unwrap();
    binary.ancestors().nth(3).unwrap().to_owned()
}

/// Puts a line into the summary, where it takes the place of the one of the same proof and size.
fn note(made: &Made, seconds: f64, found: Value, holds: bool) {
    let mut all = MADE.lock().unwrap_or_else(PoisonError::into_inner);
    all.push(made.clone());
    let folder = target_folder().join("proof");
    fs::create_dir_all(&folder).unwrap();
    let (file, new) = (folder.join("summary.json"), folder.join("summary.new"));
    // Other test binaries write to it, too.
    let lock = fs::File::create(folder.join("summary.lock")).unwrap();
    lock.lock().unwrap();
    let seconds = (seconds * 1_000.0).round() / 1_000.0;
    let Made { name, size, test } = made;
    let of_full = self::size(0, 1) == 1;
    let line = json!({
        "name": name,
        "size": size,
        "full": of_full,
        "binary": *BINARY,
        "test": test,
        "seconds": seconds,
        "found": found,
        "holds": holds,
    });
    let before = fs::read(&file).ok();
    let before = before.and_then(|text| serde_json::from_slice::<Vec<Value>>(&text).ok());
    let mut lines = before.unwrap_or_default();
    lines.retain(|before| stays(before, &all, of_full));
    lines.push(line);
    lines.sort_by_key(|line| (line["name"].to_string(), line["size"].as_u64()));
    // Whole, whoever reads it, and whatever ends this process.
    fs::write(&new, serde_json::to_string_pretty(&lines).unwrap()).unwrap();
    fs::rename(new, file).unwrap();
}
