//! What a build says while it goes on.

use std::collections::BTreeMap;
use std::io::{BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, ExitStatus};
use std::sync::mpsc::channel;
use std::thread;
use std::time::Duration;

use cargo_metadata::diagnostic::DiagnosticLevel;
use cargo_metadata::{Message as CargoMessage, PackageId};

use super::compile::Compiled;
use crate::cargo;

/// How long it is waited for one more word of a build that has ended: what it has said is on its way.
const LAST_WORDS_MAX: Duration = Duration::from_secs(2);

/// What is heard of a build.
enum Heard {
    Said(Box<CargoMessage>),
    Complains(Vec<u8>),
    Ended(std::io::Result<ExitStatus>),
}

/// Takes in what Cargo says, until it ends; answers with how it did, and what it has to complain of.
///
/// The end of its output is no end: something that it has left behind, a connection that is kept open for one, may hold it.
pub(super) fn listen(
    mut child: Child,
    compiled: &mut Compiled,
    script_ended: &dyn Fn(&PackageId, &Path),
) -> std::io::Result<(ExitStatus, String)> {
    let (hear, heard) = channel();
    let (stdout, stderr) = (child.stdout.take().map(BufReader::new), child.stderr.take());
    // When nobody listens any more, that is the end of each.
    let (says, complains) = (hear.clone(), hear.clone());
    thread::spawn(move || {
        let messages = stdout.into_iter().flat_map(CargoMessage::parse_stream);
        let mut messages = messages.map_while(std::io::Result::ok);
        messages.all(|message| says.send(Heard::Said(Box::new(message))).is_ok())
    });
    thread::spawn(move || {
        let mut some = [0; 4 << 10];
        let Some(mut stderr) = stderr else { return };
        while let Ok(read @ 1..) = stderr.read(&mut some) {
            let text = some.get(..read).unwrap_or_default().to_vec();
            if complains.send(Heard::Complains(text)).is_err() {
                return;
            }
        }
    });
    thread::spawn(move || hear.send(Heard::Ended(child.wait())));
    let mut said = BTreeMap::new();
    let mut complaints = Vec::new();
    let mut ended = None;
    loop {
        let next = match &ended {
            None => heard.recv().ok(),
            Some(_) => heard.recv_timeout(LAST_WORDS_MAX).ok(),
        };
        match next {
            Some(Heard::Said(message)) => match *message {
                CargoMessage::BuildScriptExecuted(script) => {
                    script_ended(&script.package_id, script.out_dir.as_std_path());
                }
                message => take_in(message, &mut said, compiled),
            },
            Some(Heard::Complains(text)) => complaints.extend(text),
            Some(Heard::Ended(status)) => ended = Some(status),
            None => break,
        }
    }
    compiled.diagnostics.extend(said.into_values());
    let status = ended.unwrap_or_else(|| Err(std::io::ErrorKind::Other.into()));
    Ok((status?, self::complaints(&String::from_utf8_lossy(&complaints))))
}

/// Takes in a message; what the compiler says is kept by package.
fn take_in(message: CargoMessage, said: &mut BTreeMap<PackageId, String>, compiled: &mut Compiled) {
    match message {
        CargoMessage::CompilerMessage(message) => {
            // One that is nowhere in the code, as of a full disk, is no mistake of its author.
            if message.message.level == DiagnosticLevel::Error && !message.message.spans.is_empty() {
                compiled.mistaken.insert(message.package_id.clone());
            }
            compiled.missing.extend(missing(&message.message.message));
            let text = message.message.rendered.unwrap_or_default();
            said.entry(message.package_id).or_default().push_str(&text);
        }
        CargoMessage::CompilerArtifact(artifact) => {
            if artifact.fresh {
                // It was said when it was compiled.
                said.remove(&artifact.package_id);
            }
            compiled.artifacts.extend(cargo::component(artifact));
        }
        _ => {}
    }
}

/// What is on Cargo's stderr from its first error on; before is progress, and some of that may follow.
fn complaints(stderr: &str) -> String {
    let is_error = |line: &&str| {
        anstream::adapter::strip_str(line)
            .to_string()
            .starts_with("error")
    };
    let complaints = stderr.lines().skip_while(|line| !is_error(line));
    complaints.map(|line| format!("{line}\n")).collect()
}

/// The file that the compiler cannot read, if that is what it says. Somebody may be about to make it.
fn missing(message: &str) -> Option<PathBuf> {
    let named = message.strip_prefix("couldn't read `")?;
    let (path, _) = named.split_once('`')?;
    Some(path.into())
}

#[cfg(test)]
mod tests {
    use std::path::Path;
    use std::time::{Duration, Instant};

    use super::{complaints, missing};

    #[test]
    fn a_file_that_cannot_be_read_is_known_by_its_path() {
        let said = "couldn't read `a/src/../../no.txt`: No such file or directory (os error 2)";
        assert_eq!(missing(said).as_deref(), Some(Path::new("a/src/../../no.txt")));
        assert_eq!(missing("cannot find value `a` in this scope"), None);
    }

    #[test]
    fn progress_is_no_complaint() {
        let stderr =
            "   Compiling a v0.1.0\nwarning: unused\nerror: could not compile `a`\n\nCaused by:\n  x\n";
        assert_eq!(
            complaints(stderr),
            "error: could not compile `a`\n\nCaused by:\n  x\n"
        );
        assert_eq!(complaints("   Compiling a v0.1.0\n"), "");
    }

    #[cfg(unix)]
    #[test]
    fn a_build_is_over_when_it_has_ended_whatever_it_leaves_behind() {
        use rustix::process::{Pid, Signal, kill_process};

        // What is left has the build's output for a minute.
        let mut command = std::process::Command::new("sh");
        command.args(["-c", "sleep 60 & echo error: $! >&2"]);
        command
            .stdout(std::process::Stdio::piped())
            .stderr(std::process::Stdio::piped());
        let begun = Instant::now();
        let listened = super::listen(
            command.spawn().unwrap(),
            &mut super::Compiled::default(),
            &|_, _| {},
        );
        let (status, complaints) = listened.unwrap();
        let left = complaints.trim_start_matches("error: ").trim().parse().unwrap();
        kill_process(Pid::from_raw(left).unwrap(), Signal::KILL).unwrap();
        assert!(status.success());
        assert!(begun.elapsed() < Duration::from_secs(30));
    }
}
