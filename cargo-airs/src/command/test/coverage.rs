//! What tests have covered: instrumented native code, and the toolchain's own tools to read what it has counted.

use std::ffi::OsString;
use std::io::BufReader;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use cargo_metadata::Message as CargoMessage;
use serde::Deserialize;

use crate::cargo;
use crate::error::{Failure, Reason, Result};
use crate::files;
use crate::interrupt::Running;
use crate::message::{Covered, FileCovered};

/// Counted builds, in a folder of their own.
#[derive(Debug)]
pub(super) struct Coverage {
    folder: PathBuf,
    /// The workspace, and what is made in it.
    root: PathBuf,
    target: PathBuf,
    /// llvm-profdata and llvm-cov.
    tools: [PathBuf; 2],
    programs: Vec<PathBuf>,
}

impl Coverage {
    /// Below Cargo's own target folder, with the tools of the toolchain that compiles in `root`.
    ///
    /// # Errors
    /// When they are not installed.
    pub(super) fn new(target: &Path, root: &Path) -> Result<Self> {
        let tools = cargo::tools(root)?;
        let tool = |name: &str| {
            let path = tools.join(format!("{name}{}", std::env::consts::EXE_SUFFIX));
            path.is_file().then_some(path).ok_or_else(|| {
                Failure::unavailable(format!("{name} is not installed"))
                    .hint("`rustup component add llvm-tools` installs it")
            })
        };
        let tools = [tool("llvm-profdata")?, tool("llvm-cov")?];
        let folder = target.join("airs").join("coverage");
        // What was counted before is no longer of interest.
        files::remove(&folder.join("counts"));
        Ok(Self {
            folder,
            root: root.to_owned(),
            target: target.to_owned(),
            tools,
            programs: Vec::new(),
        })
    }

    /// Has a command of Cargo's make and run counted code. Where the code goes is said to Cargo alone: what tests start
    /// must not build there.
    pub(super) fn count(&self, command: &mut Command) {
        const FLAG: &str = "-Cinstrument-coverage";
        let encoded = match (
            std::env::var("CARGO_ENCODED_RUSTFLAGS"),
            std::env::var("RUSTFLAGS"),
        ) {
            (Ok(flags), _) if !flags.is_empty() => format!("{flags}\u{1f}{FLAG}"),
            (_, Ok(flags)) if !flags.trim().is_empty() => {
                let flags: Vec<&str> = flags.split_whitespace().collect();
                format!("{}\u{1f}{FLAG}", flags.join("\u{1f}"))
            }
            _ => FLAG.to_owned(),
        };
        command
            .env("CARGO_ENCODED_RUSTFLAGS", encoded)
            .arg("--target-dir")
            .arg(self.folder.join("target"))
            .env(
                "LLVM_PROFILE_FILE",
                self.folder.join("counts").join("%p-%m.profraw"),
            );
    }

    /// Compiles the tests, and notes which programs they are.
    pub(super) fn compile(&mut self, command: &mut Command) -> Result<()> {
        command
            .args(["--message-format", "json-render-diagnostics"])
            .stdout(Stdio::piped());
        let mut running = Running::start(command)?;
        let stdout = running.stdout().map(BufReader::new);
        for message in stdout.into_iter().flat_map(CargoMessage::parse_stream) {
            if let Ok(CargoMessage::CompilerArtifact(artifact)) = message {
                self.programs.extend(artifact.executable.map(PathBuf::from));
            }
        }
        match running.wait()?.success() {
            true => Ok(()),
            false => Err(Failure::new(Reason::BuildFailed, "the tests do not compile")),
        }
    }

    /// Reads what was counted of the workspace's own files.
    pub(super) fn read(&self) -> Result<Covered> {
        let [profdata, cov] = &self.tools;
        let all = self.folder.join("counts.profdata");
        let counts = std::fs::read_dir(self.folder.join("counts"))
            .into_iter()
            .flatten();
        let counts = counts.filter_map(|entry| Some(entry.ok()?.path().into_os_string()));
        let merge = [
            "merge".into(),
            "-sparse".into(),
            "-o".into(),
            all.clone().into_os_string(),
        ];
        read(profdata, merge.into_iter().chain(counts))?;
        let objects = self.programs.iter();
        let objects = objects.flat_map(|program| ["--object".into(), program.clone().into_os_string()]);
        let export: [OsString; 4] = [
            "export".into(),
            "--summary-only".into(),
            "--instr-profile".into(),
            all.into_os_string(),
        ];
        let text = read(cov, export.into_iter().chain(objects))?;
        let exported: Exported = serde_json::from_str(&text).map_err(|cause| {
            Failure::unavailable(format!(
                "{} has counted in a form that is not known",
                cov.display()
            ))
            .caused_by(cause)
        })?;
        let files = exported.data.into_iter().flat_map(|data| data.files);
        Ok(Covered::of(files.filter_map(|file| self.own(file))))
    }

    /// What was counted of a file, if it is one of the workspace, and neither generated nor somebody else's.
    fn own(&self, file: ExportedFile) -> Option<FileCovered> {
        let within = file.filename.strip_prefix(&self.root).ok()?;
        let is_made = file.filename.starts_with(&self.target);
        let ExportedSummary { lines, regions } = file.summary;
        (!is_made).then(|| FileCovered {
            file: within.to_owned(),
            lines: lines.count,
            lines_covered: lines.covered,
            regions: regions.count,
            regions_covered: regions.covered,
        })
    }
}

/// What llvm-cov exports, as far as it is looked at.
#[derive(Deserialize)]
struct Exported {
    data: Vec<ExportedData>,
}

#[derive(Deserialize)]
struct ExportedData {
    files: Vec<ExportedFile>,
}

#[derive(Deserialize)]
struct ExportedFile {
    filename: PathBuf,
    summary: ExportedSummary,
}

#[derive(Deserialize)]
struct ExportedSummary {
    lines: Counted,
    regions: Counted,
}

#[derive(Deserialize)]
struct Counted {
    count: u64,
    covered: u64,
}

fn read(tool: &Path, arguments: impl Iterator<Item = OsString>) -> Result<String> {
    let failed = || Failure::unavailable(format!("{} cannot read what was counted", tool.display()));
    let output = Command::new(tool).args(arguments).stdin(Stdio::null()).output();
    let output = output.map_err(|cause| failed().caused_by(cause))?;
    if !output.status.success() {
        return Err(failed().caused_by(String::from_utf8_lossy(&output.stderr).trim()));
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}
