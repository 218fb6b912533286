//! A loop that goes on beside the benchmark.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use serde_json::Value;

use super::project::Project;
use crate::guests::tool;

/// Pays a little, again with every turn.
const ORDER: &str = r#"{"from": "~/usd", "to": "/accounts/bob/usd", "amount": "0.01"}"#;
/// Far longer than anything takes.
const PATIENCE: Duration = Duration::from_secs(600);

pub(super) struct Serving {
    project: Project,
    child: Child,
    said: Receiver<Value>,
}

impl Serving {
    /// Serves a project whose payment is made after every turn, and waits until the first one was.
    pub(super) fn start(project: Project, arguments: &[&str]) -> Self {
        let mut command = Command::new(tool());
        command
            .args([
                "airs",
                "dev",
                "--offline",
                "--state",
                "memory",
                "--message-format",
                "json",
            ])
            .args(["--run", "payment", "--as", "alice", "--input", ORDER])
            .args(arguments)
            .env("CARGO", env!("CARGO"))
            .current_dir(project.folder())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null());
        let mut child = command.spawn().expect("the tool starts");
        let lines = BufReader::new(child.stdout.take().expect("a pipe")).lines();
        let (say, said) = channel();
        std::thread::spawn(move || {
            for line in lines.map_while(Result::ok) {
                let message = serde_json::from_str(&line).expect("a message is JSON");
                if say.send(message).is_err() {
                    return;
                }
            }
        });
        let mut serving = Self { project, child, said };
        serving.until(|message| message["reason"] == "dev-turn");
        serving.project.open_accounts();
        serving.save();
        serving
    }

    pub(super) fn folder(&self) -> &Path {
        self.project.folder()
    }

    /// Saves an edit, and answers with the milliseconds until the new code has.
    pub(super) fn save(&mut self) -> f64 {
        let began = Instant::now();
        let says = self.project.edit();
        self.until(|message| message["reason"] == "log" && message["line"] == says.as_str());
        self.until(|message| message["reason"] == "run-committed");
        began.elapsed().as_secs_f64() * 1e3
    }

    /// Listens for so long, in which nothing may be said.
    pub(super) fn is_quiet(&self, time: Duration) {
        let said = self.said.recv_timeout(time);
        assert!(said.is_err(), "nothing was changed: {said:?}");
    }

    /// What the threads of the loop have computed until now.
    pub(super) fn computed(&self) -> Duration {
        let threads = fs::read_dir(format!("/proc/{}/task", self.child.id())).expect("the system tells");
        let nanos = threads.map(|thread| {
            let path = thread.expect("the system tells").path().join("schedstat");
            let times = fs::read_to_string(path).unwrap_or_default();
            let first = times.split(' ').next().unwrap_or_default();
            first.parse().unwrap_or(0)
        });
        Duration::from_nanos(nanos.sum())
    }

    fn until(&self, awaited: impl Fn(&Value) -> bool) {
        loop {
            let message = self.said.recv_timeout(PATIENCE).expect("the loop goes on");
            if awaited(&message) {
                return;
            }
        }
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        // It was started here, and its state is in memory.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
