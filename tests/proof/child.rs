//! Proofs in a process of their own: this binary again, with one of its ignored tests.

use std::io::{Write, stdout};
use std::process::{Child, Command, Stdio};

use serde_json::{Value, json};

use super::verdict::Verdict;

/// What a process is told, and by what it knows that it is one.
const TOLD: &str = "AIRS_PROOF_PROCESS";
/// What its answer begins with, among what the test harness prints.
const ANSWER: &str = "airs-proof: ";

/// Starts a process that carries out the ignored test `proof::NAME`, told `argument`.
pub(crate) fn start(name: &str, argument: &str) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args([
            &format!("proof::{name}"),
            "--exact",
            "--ignored",
            "--nocapture",
            "--test-threads=1",
        ])
        .env(TOLD, argument)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap()
}

/// Has a process come to a verdict.
pub(crate) fn verdict(name: &str, argument: &str) -> Verdict {
    let output = start(name, argument).wait_with_output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    let answer = text
        .lines()
        .find_map(|line| line.split_once(ANSWER))
        .map(|(_, answer)| answer);
    let answer = answer.ok_or_else(|| format!("the process ended with {}: {text}", output.status))?;
    let answer: Value = serde_json::from_str(answer).unwrap();
    match answer.get("broken").and_then(Value::as_str) {
        Some(broken) => Err(broken.to_owned()),
        None => Ok(answer["found"].clone()),
    }
}

/// What this process was told, if it is a proof's.
pub(crate) fn told() -> Option<String> {
    std::env::var(TOLD).ok()
}

/// Comes to a verdict in a process that was told to.
pub(crate) fn answer(proof: impl FnOnce(&str) -> Verdict) {
    let Some(argument) = told() else { return };
    let answer = match proof(&argument) {
        Ok(found) => json!({ "found": found }),
        Err(broken) => json!({ "broken": broken }),
    };
    let mut out = stdout();
    writeln!(out, "\n{ANSWER}{answer}").unwrap();
}

/// What a process holds of the machine, where the system tells: memory in bytes, open files, threads.
pub(crate) fn holdings() -> Option<[u64; 3]> {
    let statm = std::fs::read_to_string("/proc/self/statm").ok()?;
    let pages: u64 = statm.split_whitespace().nth(1)?.parse().ok()?;
    let count = |folder: &str| {
        std::fs::read_dir(folder)
            .map(|entries| entries.count() as u64)
            .ok()
    };
    Some([pages * 4096, count("/proc/self/fd")?, count("/proc/self/task")?])
}
