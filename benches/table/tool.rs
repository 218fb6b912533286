//! The command line: what the tool costs over Cargo.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

use crate::guests::{checkout, must, tool};
use crate::pairs::Pairs;
use crate::row::Row;

const PAIRS: usize = 30;
/// Each is two builds from nothing, some seconds long.
const FIRST_BUILD_PAIRS: usize = 30;
const UNCHANGED_ALLOWANCE_MS: f64 = 100.0;

pub(crate) fn rows(wanted: &str) -> Vec<Row> {
    let mut rows = Vec::new();
    if "build, nothing changed".contains(wanted) {
        rows.push(unchanged());
    }
    if "build, first".contains(wanted) {
        rows.push(first_build());
    }
    if "startup (--version)".contains(wanted) {
        rows.push(startup());
    }
    rows
}

/// `cargo airs build` over `cargo build`, of the driver template, when there is nothing to do.
fn unchanged() -> Row {
    let folder = tempfile::tempdir().expect("a folder");
    let driver = scaffold(folder.path());
    let mut airs = airs_build(&driver);
    let mut cargo = cargo_build(&driver);
    must(&mut airs);
    must(&mut cargo);
    let pairs = Pairs::measure(PAIRS, || millis(&mut cargo), || millis(&mut airs));
    Row::allowance("build, nothing changed", "ms", &pairs, UNCHANGED_ALLOWANCE_MS)
}

/// The first build of the driver template over that of a crate that uses serde and serde_json; what they
/// download is there already.
fn first_build() -> Row {
    let folder = tempfile::tempdir().expect("a folder");
    let driver = scaffold(folder.path());
    let plain = plain(folder.path());
    must(&mut airs_build(&driver));
    must(&mut cargo_build(&plain));
    let from_nothing = |folder: &Path, build: &mut Command| {
        std::fs::remove_dir_all(folder.join("target")).expect("the target folder can be removed");
        millis(build)
    };
    let floor = || from_nothing(&plain, &mut cargo_build(&plain));
    let value = || from_nothing(&driver, &mut airs_build(&driver));
    Row::ratio(
        "build, first",
        "ms",
        &Pairs::measure(FIRST_BUILD_PAIRS, floor, value),
        1.5,
    )
}

/// Starting the tool over starting a five-line program with clap.
fn startup() -> Row {
    let folder = tempfile::tempdir().expect("a folder");
    write(folder.path(), "Cargo.toml", FIVE_LINES_MANIFEST);
    write(folder.path(), "src/main.rs", FIVE_LINES);
    std::fs::copy(checkout().join("Cargo.lock"), folder.path().join("Cargo.lock")).expect("the lock file");
    let target = crate::guests::target_folder().join("bench-floor");
    let mut build = Command::new(env!("CARGO"));
    must(
        build
            .args(["build", "--release"])
            .current_dir(folder.path())
            .env("CARGO_TARGET_DIR", &target),
    );
    let mut floor = Command::new(target.join("release/five-lines"));
    floor.arg("--version");
    let mut value = Command::new(tool());
    value.args(["airs", "--version"]);
    let pairs = Pairs::measure(PAIRS, || millis(&mut floor), || millis(&mut value));
    Row::ratio("startup (--version)", "ms", &pairs, 3.0)
}

const FIVE_LINES_MANIFEST: &str = r#"[package]
name = "five-lines"
version = "0.1.0"
edition = "2024"

[dependencies]
clap = { version = "4", features = ["derive"] }

[workspace]
"#;

const FIVE_LINES: &str = "
#[derive(clap::Parser)]
#[command(version)]
struct Args {}
fn main() { let _args = <Args as clap::Parser>::parse(); }
";

const PLAIN: &str = r#"
use serde::{Deserialize, Serialize};

#[derive(Deserialize, Serialize)]
pub struct Account { pub unit: String, pub scale: u8 }

#[unsafe(no_mangle)]
pub extern "C" fn read(length: usize) -> usize {
    let text = "{".repeat(length);
    serde_json::from_str::<Account>(&text).map_or(0, |account| serde_json::to_string(&account).map_or(0, |text| text.len()))
}
"#;

fn scaffold(folder: &Path) -> PathBuf {
    must(
        Command::new(tool())
            .args(["airs", "new", "driver", "ledger", "--vcs", "none"])
            .current_dir(folder),
    );
    folder.join("ledger")
}

/// The template without airs: its manifest but for the SDK, serde_json in its place, and its lock file.
fn plain(folder: &Path) -> PathBuf {
    let plain = folder.join("plain");
    let manifest =
        std::fs::read_to_string(folder.join("ledger/Cargo.toml")).expect("the template has a manifest");
    let sdk = manifest
        .lines()
        .find(|line| line.starts_with("airs = "))
        .expect("the template uses the SDK");
    let manifest = manifest
        .replace(sdk, "serde_json = \"1\"")
        .replace("\"ledger\"", "\"plain\"");
    write(&plain, "Cargo.toml", &manifest);
    write(&plain, "src/lib.rs", PLAIN);
    let lock =
        std::fs::read_to_string(folder.join("ledger/Cargo.lock")).expect("the template has a lock file");
    write(&plain, "Cargo.lock", &lock);
    plain
}

fn write(folder: &Path, name: &str, text: &str) {
    let path = folder.join(name);
    std::fs::create_dir_all(path.parent().expect("it is in a folder")).expect("the folder can be made");
    std::fs::write(path, text).expect("the file can be written");
}

fn airs_build(folder: &Path) -> Command {
    let mut build = Command::new(tool());
    build
        .args(["airs", "build", "--offline"])
        .current_dir(folder)
        .env("CARGO", env!("CARGO"));
    build
}

fn cargo_build(folder: &Path) -> Command {
    let mut build = Command::new(env!("CARGO"));
    build
        .args(["build", "--offline", "--target", "wasm32-wasip2"])
        .current_dir(folder);
    build
}

/// How long a command takes, in milliseconds.
pub(crate) fn millis(command: &mut Command) -> f64 {
    let began = Instant::now();
    let status = command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    assert!(status.is_ok_and(|status| status.success()), "{command:?} fails");
    began.elapsed().as_secs_f64() * 1e3
}
