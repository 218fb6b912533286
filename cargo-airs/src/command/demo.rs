//! `cargo airs demo`: all of it, in one go, with the commands that a person would type.

mod editing;
mod traffic;

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use airs_runtime::Project;

use crate::cargo::TARGET;
use crate::error::{Failure, Reason, Result};
use crate::exit::Exit;
use crate::interrupt::Running;
use crate::report::Report;
use crate::settings::Demo;
use crate::{files, interrupt};

const ACCOUNT: &str = r#"{"unit":"usd","scale":2}"#;
const ALICE: &str = "/accounts/alice/usd";
const BOB: &str = "/accounts/bob/usd";

pub(crate) fn run(settings: &Demo, report: &Report) -> Result<()> {
    if settings.dev && !report.is_for_people() {
        return Err(
            Failure::usage("`demo --dev` is there to be watched, and has no JSON")
                .hint("`cargo airs dev --message-format json` tells of everything that the loop does"),
        );
    }
    let folder = folder(settings)?;
    files::write(
        &folder.join(Project::FILE_NAME),
        b"# The components of this project, and what each of them may use.\nversion = 1\n",
    )?;
    pin_toolchain(&folder)?;
    report.note(&format!("the demo is in {}", folder.display()));
    let stage = Stage {
        folder,
        tool: tool()?,
        shown: shown_tool(),
        flags: &settings.flags,
        report,
    };

    if settings.dev {
        editing::run(&stage)?;
    } else {
        pays(&stage)?;
    }
    stage.farewell();
    Ok(())
}

/// The whole of it once, step by step.
fn pays(stage: &Stage<'_>) -> Result<()> {
    stage.say("a driver that keeps accounts, and a program that pays");
    stage.must(&["new", "driver", "ledger", "--vcs", "none"])?;
    stage.must(&["new", "program", "payment", "--vcs", "none"])?;
    stage.must(&["build", "--yes"])?;

    stage.say("two accounts, and money in one of them");
    for (path, owner) in [(ALICE, "alice"), (BOB, "bob")] {
        stage.must(&[
            "bind",
            path,
            "--driver",
            "ledger",
            "--account",
            ACCOUNT,
            "--owner",
            owner,
        ])?;
    }
    stage.must(&["control", ALICE, "mint", "--input", r#"{"amount":"100.00"}"#])?;

    stage.say("alice pays bob");
    stage.must(&["run", "payment", "--input", &order("12.50"), "--as", "alice"])?;
    let before = stage.balances()?;

    stage.say("alice pays more than she has: refused, and nothing changed");
    stage.refused(&["run", "payment", "--input", &order("1000.00"), "--as", "alice"])?;
    if stage.balances()? != before {
        return Err(Failure::new(
            Reason::Airs(airs_runtime::Code::Internal),
            "a refused payment changed a balance",
        ));
    }
    Ok(())
}

fn order(amount: &str) -> String {
    format!(r#"{{"from":"~/usd","to":"{BOB}","amount":"{amount}"}}"#)
}

/// Where the demo happens, and how it starts the tool.
struct Stage<'a> {
    folder: PathBuf,
    tool: PathBuf,
    shown: String,
    flags: &'a [&'static str],
    report: &'a Report,
}

impl Stage<'_> {
    fn say(&self, what: &str) {
        self.report.heading(what);
    }

    /// Starts the tool and shows what is started.
    fn start(&self, arguments: &[&str], stdout: Stdio) -> Result<Running> {
        interrupt::check()?;
        let words: Vec<String> = arguments.iter().map(|argument| quoted(argument)).collect();
        self.report.typed(&format!("{} {}", self.shown, words.join(" ")));
        let mut command = Command::new(&self.tool);
        command
            .args(arguments)
            .args(self.flags)
            .current_dir(&self.folder)
            .stdin(Stdio::null())
            .stdout(stdout);
        Running::start(&mut command)
    }

    fn must(&self, arguments: &[&str]) -> Result<()> {
        let status = self.start(arguments, Stdio::inherit())?.wait()?;
        if status.success() {
            return Ok(());
        }
        let message = format!("the demo stopped at `{} {}`", self.shown, arguments.join(" "));
        let same = Exit::ALL
            .into_iter()
            .find(|(exit, _)| status.code() == Some(i32::from(exit.code())));
        let exit = same.map_or(Exit::Unavailable, |(exit, _)| exit);
        Err(Failure::unavailable(message).exiting(exit))
    }

    fn refused(&self, arguments: &[&str]) -> Result<()> {
        let status = self.start(arguments, Stdio::inherit())?.wait()?;
        if status.code() == Some(i32::from(Exit::Refused.code())) {
            return Ok(());
        }
        let message = format!(
            "`{} {}` was to be refused, and was not",
            self.shown,
            arguments.join(" ")
        );
        Err(Failure::new(Reason::Airs(airs_runtime::Code::Internal), message))
    }

    fn balances(&self) -> Result<[String; 2]> {
        Ok([self.balance(ALICE)?, self.balance(BOB)?])
    }

    fn balance(&self, path: &str) -> Result<String> {
        let mut running = self.start(&["view", path], Stdio::piped())?;
        let output = running.stdout().map(std::io::read_to_string).transpose();
        let status = running.wait()?;
        let output =
            output.map_err(|cause| Failure::unavailable("cannot read a balance").caused_by(cause))?;
        let shown = output.unwrap_or_default().trim().to_owned();
        if !status.success() || shown.is_empty() {
            return Err(Failure::unavailable(format!("the demo cannot look at {path}")));
        }
        self.report.result(&shown);
        // An object tells also in which run it was looked at.
        let object: Option<serde_json::Value> = serde_json::from_str(&shown).ok();
        let value = object.and_then(|object| object.get("value").map(ToString::to_string));
        Ok(value.unwrap_or(shown))
    }

    fn farewell(&self) {
        self.report.heading("go on from here");
        self.report
            .typed(&format!("cd {}", quoted(&self.folder.to_string_lossy())));
        for (what, arguments) in [
            ("what is there, and what is out of date", "status"),
            (
                "the driver is ledger/src/lib.rs: change it, and build it again",
                "build",
            ),
            ("what a component is and needs", "inspect payment"),
        ] {
            self.report
                .typed(&format!("{} {arguments}    # {what}", self.shown));
        }
    }
}

/// A folder that is not there yet: the one asked for, or one with the system's temporary files.
fn folder(settings: &Demo) -> Result<PathBuf> {
    let folder = match &settings.folder {
        Some(folder) => files::current_folder()?.join(folder),
        None => {
            let names = (1..).map(|number| std::env::temp_dir().join(format!("airs-demo-{number}")));
            // One that exists is somebody's, whatever is in it.
            names.into_iter().find(|name| !name.exists()).unwrap_or_default()
        }
    };
    if folder.symlink_metadata().is_ok() {
        let shown = files::shown(&folder, &files::current_folder()?);
        return Err(
            Failure::usage(format!("{shown} exists already, and is not touched"))
                .hint("give the demo a folder that is not there yet"),
        );
    }
    std::fs::create_dir_all(&folder).map_err(|cause| {
        Failure::unavailable(format!("cannot make the folder {}", folder.display())).caused_by(cause)
    })?;
    Ok(folder)
}

fn tool() -> Result<PathBuf> {
    std::env::current_exe().map_err(|cause| Failure::unavailable("cannot find this program").caused_by(cause))
}

/// The demo is built with the toolchain that this program was started with, which may be that of a checkout and
/// is not always the person's own: what is typed in its folder later uses the same one, with the target.
fn pin_toolchain(folder: &Path) -> Result<()> {
    let Ok(toolchain) = std::env::var("RUSTUP_TOOLCHAIN") else {
        return Ok(());
    };
    let text = format!("[toolchain]\nchannel = \"{toolchain}\"\ntargets = [\"{TARGET}\"]\n");
    files::write(&folder.join("rust-toolchain.toml"), text.as_bytes())
}

/// How a person starts this program in the demo's folder: as Cargo's subcommand when Cargo finds it, which
/// within a checkout of airs it does by an alias that holds nowhere else.
fn shown_tool() -> String {
    let Ok(tool) = std::env::current_exe() else {
        return "cargo airs".to_owned();
    };
    let paths = std::env::var_os("PATH").unwrap_or_default();
    let name = tool.file_name().unwrap_or_default();
    let found = std::env::split_paths(&paths)
        .map(|folder| folder.join(name))
        .find(|path| path.is_file());
    let same = |found: &Path| std::fs::canonicalize(found).ok() == std::fs::canonicalize(&tool).ok();
    match found {
        Some(found) if same(&found) => "cargo airs".to_owned(),
        _ => quoted(&tool.to_string_lossy()),
    }
}

/// A word as a shell takes it.
fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:~=@\\".contains(c);
    if !word.is_empty() && word.chars().all(plain) && !word.starts_with('~') {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', r"'\''"))
}
