//! Proofs in a process of their own: this binary again, with one of its ignored tests.

use std::io::{BufRead, BufReader, BufWriter, Write, stdin, stdout};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread;
use std::time::Duration;

use airs_tests::{BUILT_GUESTS, built_guests};
use serde_json::{Value, json};

use super::verdict::{Verdict, ensure, size};

/// What a process is told, and by what it knows that it is one.
const TOLD: &str = "AIRS_PROOF_PROCESS";
/// What it says begins with, among what the test harness prints.
const SAID: &str = "airs-proof: ";

/// A process of a proof's; it ends with this value at the latest.
pub(crate) struct Process {
    child: Child,
    to: Sender<String>,
    from: Receiver<String>,
}

impl Process {
    /// Sends it a line. Threads read and write, so that nobody waits for a process that does neither.
    pub(crate) fn tell(&self, line: String) {
        // One that has ended is noticed by what it does not say.
        let _ = self.to.send(line);
    }

    /// The next line that it says; none when it has ended. Whoever waits, waits so long and not for ever.
    pub(crate) fn hear(&self, patience: Duration) -> Result<Option<String>, String> {
        match self.from.recv_timeout(patience) {
            Ok(line) => Ok(Some(line)),
            Err(RecvTimeoutError::Disconnected) => Ok(None),
            Err(RecvTimeoutError::Timeout) => Err(format!(
                "the process has said nothing for {patience:?}; its threads: {}",
                self.threads()
            )),
        }
    }

    /// Ends it in the midst of whatever it does.
    pub(crate) fn kill(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    /// What its threads are called and wait for, where the system tells.
    fn threads(&self) -> String {
        let folder = format!("/proc/{}/task", self.child.id());
        let tasks = std::fs::read_dir(folder).into_iter().flatten().flatten();
        let file = |task: &std::fs::DirEntry, name| std::fs::read_to_string(task.path().join(name));
        let thread = |task| {
            let (name, place) = (file(&task, "comm").ok()?, file(&task, "wchan").ok()?);
            Some(format!("{} in {place}", name.trim()))
        };
        tasks.filter_map(thread).collect::<Vec<_>>().join(", ")
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.kill();
    }
}

/// Starts a process that carries out the ignored test `proof::NAME`, told `argument`.
pub(crate) fn start(name: &str, argument: &str) -> Process {
    let child = Command::new(std::env::current_exe().unwrap())
        .args([
            &format!("proof::{name}"),
            "--exact",
            "--ignored",
            "--nocapture",
            "--test-threads=1",
        ])
        .env(TOLD, argument)
        .env(BUILT_GUESTS, built_guests())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn();
    let mut child = child.unwrap();
    let (to, lines) = channel();
    let (said, from) = channel();
    let (input, output) = (child.stdin.take().unwrap(), child.stdout.take().unwrap());
    thread::spawn(move || write(input, &lines));
    thread::spawn(move || read(output, &said));
    Process { child, to, from }
}

/// Writes lines until there are no more, or nobody reads them.
fn write(input: ChildStdin, lines: &Receiver<String>) {
    let mut input = BufWriter::new(input);
    while let Ok(line) = lines.recv() {
        let mut all = std::iter::once(line).chain(lines.try_iter());
        if all.any(|line| writeln!(input, "{line}").is_err()) || input.flush().is_err() {
            return;
        }
    }
}

/// Reads what is said, until the process has ended.
fn read(output: ChildStdout, said: &Sender<String>) {
    for line in BufReader::new(output).lines().map_while(Result::ok) {
        if let Some((_, line)) = line.split_once(SAID) {
            let _ = said.send(line.to_owned());
        }
    }
}

/// Has a process come to a verdict.
pub(crate) fn verdict(name: &str, argument: &str) -> Verdict {
    let patience = Duration::from_secs(size(600, 4 * 3_600) as u64);
    let process = start(name, argument);
    let said = process.hear(patience)?;
    ensure!(said.is_some(), "the process has ended without an answer");
    let answer: Value = serde_json::from_str(&said.unwrap_or_default()).unwrap();
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
    say(&answer.to_string());
}

/// Says a line to who started this process. One write, so that a kill leaves no half of one between others.
pub(crate) fn say(line: &str) {
    let mut out = stdout();
    out.write_all(format!("\n{SAID}{line}\n").as_bytes()).unwrap();
    out.flush().unwrap();
}

/// The lines that this process is sent.
pub(crate) fn lines() -> impl Iterator<Item = String> {
    stdin().lines().map_while(Result::ok)
}

/// The most memory that this process has ever held, in bytes, where the system tells.
pub(crate) fn memory_peak() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kib: u64 = line.split_whitespace().next()?.parse().ok()?;
    Some(kib << 10)
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
