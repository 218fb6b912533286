//! Cargo and its companions, as child processes.

pub(crate) mod profile;
mod toolchain;

use std::ffi::OsString;
use std::io::{BufRead as _, BufReader};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use airs_runtime::Code;
use cargo_metadata::{Message as CargoMessage, Metadata, PackageId, TargetKind};

use crate::error::{Failure, Reason, Result};
use crate::exit::Exit;
use crate::interrupt::{self, Running};
use crate::settings::{Manifest, Start};

pub(crate) use toolchain::{install_target, target_is_installed, tools, version};

/// The target that components are compiled for.
pub(crate) const TARGET: &str = "wasm32-wasip2";

/// A component as the compiler left it.
#[derive(Debug)]
pub(crate) struct Artifact {
    pub(crate) package: PackageId,
    pub(crate) file: PathBuf,
    /// How long it took, as far as that can be told of things that are compiled at the same time.
    pub(crate) took: Duration,
}

/// The workspace's own packages, without what they depend on: that would have to be resolved first.
pub(crate) fn metadata(manifest: &Manifest) -> Result<Metadata> {
    let invalid = |why: String| {
        Failure::new(
            Reason::Airs(Code::InvalidConfig),
            "Cargo cannot read the workspace",
        )
        .caused_by(why)
    };
    let text = read_metadata(manifest, &["--no-deps"])?.map_err(invalid)?;
    let metadata = serde_json::from_slice(&text).map_err(|cause| invalid(cause.to_string()))?;
    if manifest.is_locked() {
        // Without dependencies Cargo does not look at the lock file.
        let resolved = read_metadata(manifest, &["--filter-platform", TARGET])?;
        resolved.map_err(|why| {
            Failure::new(
                Reason::Airs(Code::InvalidConfig),
                "Cargo cannot resolve the workspace as it is locked",
            )
            .caused_by(why)
            .exiting(Exit::BuildFailed)
        })?;
    }
    Ok(metadata)
}

/// Resolves a workspace for components, writes its lock file where that is not as it should be, and tells of all packages.
pub(crate) fn resolving(manifest: &Manifest) -> Command {
    metadata_command(manifest, &["--filter-platform", TARGET])
}

fn metadata_command(manifest: &Manifest, arguments: &[&str]) -> Command {
    // What it says becomes a part of a message, which has its own colours.
    let mut manifest = manifest.clone();
    manifest.flags.retain(|flag| !flag.starts_with("--color"));
    let mut command = cargo("metadata", &manifest);
    command
        .args(["--color=never", "--format-version", "1"])
        .args(arguments);
    command
}

/// What `cargo metadata` answers, or why it does not.
fn read_metadata(manifest: &Manifest, arguments: &[&str]) -> Result<Result<Vec<u8>, String>> {
    let output = interrupt::output(&mut metadata_command(manifest, arguments))?;
    if output.status.success() {
        return Ok(Ok(output.stdout));
    }
    Ok(Err(why(&String::from_utf8_lossy(&output.stderr))))
}

/// What Cargo says is wrong, without what it says while it waits for another Cargo.
fn why(stderr: &str) -> String {
    let lines = stderr.trim().lines();
    let lines: Vec<&str> = lines
        .skip_while(|line| line.trim_start().starts_with("Blocking "))
        .collect();
    lines.join("\n").trim_start_matches("error: ").to_owned()
}

/// A call of Cargo that compiles.
#[derive(Debug)]
pub(crate) struct Call {
    /// `build` or `rustc`.
    pub(crate) subcommand: &'static str,
    pub(crate) arguments: Vec<OsString>,
    pub(crate) environment: Option<(&'static str, String)>,
}

impl Call {
    /// The call as a command that reads nothing, and writes messages of a format to a pipe.
    pub(crate) fn command(&self, manifest: &Manifest, message_format: &str) -> Command {
        let mut command = cargo(self.subcommand, manifest);
        command
            .args(["--lib", "--target", TARGET, "--message-format", message_format])
            .args(&self.arguments)
            .envs(self.environment.as_ref().map(|(name, value)| (name, value)))
            .stdin(Stdio::null())
            .stdout(Stdio::piped());
        command
    }
}

/// The component that a message of Cargo is about, if it is.
pub(crate) fn component(artifact: cargo_metadata::Artifact) -> Option<(PackageId, PathBuf)> {
    if !artifact.target.kind.contains(&TargetKind::CDyLib) {
        return None;
    }
    let mut files = artifact.filenames.into_iter();
    let file = files.find(|file| file.extension() == Some("wasm"))?;
    Some((artifact.package_id, file.into()))
}

/// Runs `cargo build` or `cargo rustc` and tells what it made. The compiler's messages go to `said`, each as Cargo's own
/// object in a line; without it to stderr, as they are.
pub(crate) fn compile(
    call: &Call,
    manifest: &Manifest,
    said: Option<&dyn Fn(&str)>,
    made: &mut dyn FnMut(Artifact),
) -> Result<()> {
    let format = match said {
        Some(_) => "json",
        None => "json-render-diagnostics",
    };
    let mut running = Running::start(&mut call.command(manifest, format))?;
    if let Some(stdout) = running.stdout() {
        let mut begun = Instant::now();
        for line in BufReader::new(stdout).lines().map_while(std::io::Result::ok) {
            match (serde_json::from_str(&line), said) {
                (Ok(CargoMessage::CompilerMessage(_)), Some(said)) => said(&line),
                (Ok(CargoMessage::CompilerArtifact(artifact)), _) => {
                    let took = std::mem::replace(&mut begun, Instant::now()).elapsed();
                    if let Some((package, file)) = component(artifact) {
                        made(Artifact { package, file, took });
                    }
                }
                _ => {}
            }
        }
    }
    if running.wait()?.success() {
        return Ok(());
    }
    Err(Failure::new(Reason::BuildFailed, "the build failed"))
}

/// Has Cargo resolve the workspace, with these flags beside those of the command; why it cannot, if it cannot.
pub(crate) fn resolve(manifest: &Manifest, flags: &[&str]) -> Result<Result<(), String>> {
    let platform = ["--filter-platform", TARGET];
    let flags: Vec<&str> = flags
        .iter()
        .copied()
        .filter(|flag| !manifest.flags.contains(flag))
        .collect();
    Ok(read_metadata(manifest, &[&platform, flags.as_slice()].concat())?.map(drop))
}

/// Cargo with a subcommand that runs tests, in a workspace.
pub(crate) fn tests(subcommand: &[&str], manifest: &Manifest) -> Command {
    let (first, rest) = subcommand.split_first().unwrap_or((&"test", &[]));
    // The other runner has no such flag.
    let mut manifest = manifest.clone();
    if !rest.is_empty() {
        manifest.flags.retain(|flag| *flag != "--quiet");
    }
    let mut command = Command::new(program());
    command.arg(first).args(rest);
    told(&mut command, &manifest);
    command
}

/// Whether cargo-nextest is there.
pub(crate) fn has_nextest() -> bool {
    let mut command = Command::new(program());
    let asked = command
        .args(["nextest", "--version"])
        .stdin(Stdio::null())
        .output();
    asked.is_ok_and(|output| output.status.success())
}

fn cargo(subcommand: &str, manifest: &Manifest) -> Command {
    let mut command = Command::new(program());
    command.arg(subcommand);
    told(&mut command, manifest);
    command
}

/// Whether this command has one toolchain for as long as it goes on, whatever a toolchain file says: the one that it was started by.
pub(crate) fn toolchain_is_settled() -> bool {
    ["CARGO", "RUSTUP_TOOLCHAIN"]
        .iter()
        .any(|name| std::env::var_os(name).is_some())
}

fn program() -> OsString {
    std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into())
}

/// Tells Cargo which workspace is meant, and what it may do.
fn told(command: &mut Command, manifest: &Manifest) {
    command.args(&manifest.flags);
    if let Start::Manifest(path) = &manifest.start {
        command.arg("--manifest-path").arg(path);
    }
}

#[cfg(test)]
mod tests {
    use super::why;

    #[test]
    fn waiting_for_another_cargo_is_no_reason() {
        let stderr =
            "    Blocking waiting for file lock on package cache\nerror: no lock file\nhelp: make one\n";
        assert_eq!(why(stderr), "no lock file\nhelp: make one");
        assert_eq!(why("error: no such file\n"), "no such file");
    }
}
