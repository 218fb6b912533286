//! Every failure as people see it, in colour and without, and how a command ends that fails of it.

use std::collections::BTreeMap;
use std::fs;
use std::process::Output;

use airs_runtime::Code;
use regex_lite::Regex;

use crate::project::{DOLLARS, accounts, build, ledger, succeed};
use crate::scene::checkout;

/// The exit code of each code, as the reference has it.
fn documented() -> BTreeMap<String, i32> {
    let page = fs::read_to_string(checkout().join("docs/reference/errors.md")).unwrap();
    let rows = page.lines().filter_map(|line| line.strip_prefix("| `"));
    let cells = rows.map(|row| row.split('|').map(str::trim).collect::<Vec<_>>());
    cells
        .map(|cells| (cells[0].trim_matches('`').to_owned(), cells[2].parse().unwrap()))
        .collect()
}

/// Without the marks of colours.
fn plain(text: &[u8]) -> String {
    let marks = Regex::new("\u{1b}\\[[0-9;]*m").unwrap();
    marks.replace_all(&String::from_utf8_lossy(text), "").into_owned()
}

#[test]
fn every_code_is_shown_in_colour_and_ends_a_command_as_documented() {
    let mut scene = ledger("failures");
    // A driver may answer with any code.
    let told = "if let Ok(code) = operation.parse::<airs::Code>() {\n            \
                return Err(Error::new(code, \"as it was told\").hint(\"have it told something else\"));\n        }\n        \
                let balance = match operation {";
    scene.edit("src/lib.rs", "let balance = match operation {", told);
    build(&scene);
    // So that it is compiled once.
    let cache = scene.path().join("cache");
    scene.set("AIRS_CACHE_DIR", cache.to_string_lossy());
    succeed(&scene, &format!("bind /a --driver ledger --account {DOLLARS}"));
    let documented = documented();
    assert_eq!(documented.len(), Code::ALL.len());
    for code in Code::ALL.iter().map(|code| code.as_str()) {
        let line = format!("control /a {code} --input null");
        let coloured = scene.run(&format!("{line} --color always"));
        assert_eq!(coloured.status.code(), Some(documented[code]), "{code}");
        let without = scene.command(&line).output().unwrap();
        assert_eq!(plain(&coloured.stderr), plain(&without.stderr));
        assert!(!without.stderr.contains(&0x1b), "{code}");
    }
    scene.check();
}

#[test]
fn what_fails_before_a_run_is_shown_in_colour() {
    let mut scene = accounts("failures_before");
    scene
        .write("trap.wat", "(component")
        .write("plain/Cargo.toml", "[");
    for line in [
        "new driver ledger",
        "new driver 2",
        "inspect nothing.wasm",
        "inspect trap.wat",
        "call ledger 'f()'",
        "bind /a --driver nobody --account null",
        "run payment --input '{'",
        "run payment --as Alice --input null",
        "view nowhere",
        "events --state memory",
        "bench payment --runs 1 --input null",
        "build --manifest-path plain/Cargo.toml",
        "status --manifest-path nowhere/Cargo.toml",
    ] {
        let coloured = scene.run(&format!("{line} --color always"));
        assert_ne!(coloured.status.code(), Some(0), "{line}");
        let without = scene.command(line).output().unwrap();
        assert_eq!(plain(&coloured.stderr), plain(&without.stderr));
    }
    scene.set("CARGO", "/nowhere/cargo");
    scene.run("status");
    scene.run("status --color always");
    scene.check();
}

/// The output with what differs from time to time replaced.
fn timeless(mut output: Output) -> Output {
    let time = Regex::new(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z").unwrap();
    let stdout = String::from_utf8(output.stdout).unwrap();
    output.stdout = time.replace_all(&stdout, "[TIME]").into_owned().into_bytes();
    output
}

#[test]
fn events_are_shown_and_what_is_asked_for_wrongly_is_named() {
    let mut scene = accounts("events_shown");
    let mint = "control /accounts/alice/usd mint --as bob --input '{\"amount\":\"1\"}'";
    assert_eq!(scene.command(mint).output().unwrap().status.code(), Some(1));
    scene.edit("airs.toml", "storage = true", "storage = false");
    let view = scene.command("view /accounts/alice/usd").output().unwrap();
    assert_eq!(view.status.code(), Some(2));
    for line in [
        "events",
        "events --color always",
        "events --message-format json",
        "logs",
        "events --state memory",
        "events --state memory --message-format json",
        "logs --state memory",
        "events --since yesterday",
        "events --follow --until 1d",
        "events --last none",
        "events --context Other",
    ] {
        let output = timeless(scene.command(line).output().unwrap());
        scene.note(line, &output);
    }
    scene.write("blocked/local.events.jsonl/in/the/way", "");
    scene.run("events --state blocked");
    scene.enter("..").run("logs");
    scene.check();
}

/// What is the machine's, not the project's.
#[cfg(unix)]
const OF_THE_MACHINE: [&str; 9] = [
    "rustc",
    "cargo",
    "wasm-target",
    "code-cache",
    "socket-folder",
    "file-watching",
    "clock",
    "disk-space",
    "dependency-floors",
];

/// The output without checks of the machine. A check begins at the margin, and goes on further in.
#[cfg(unix)]
fn of_the_project(mut output: Output) -> Output {
    let stdout = String::from_utf8(output.stdout).unwrap();
    let mut shown = true;
    let mut kept = Vec::new();
    for line in stdout.lines() {
        if !line.starts_with(' ') {
            let id = line.split_whitespace().nth(1).unwrap_or_default();
            // Nor how many there are of all.
            shown = !OF_THE_MACHINE.contains(&id) && id != "checks:";
        }
        if shown {
            kept.push(line);
        }
    }
    output.stdout = kept.join("\n").into_bytes();
    output
}

#[cfg(unix)]
#[test]
fn what_doctor_finds_is_shown() {
    let mut scene = accounts("doctor_found");
    scene
        .write(".gitignore", "/target\n.airs/\n")
        .write(".airs/state/other.sqlite", "x".repeat(200))
        .write(".airs/state/third.sqlite", "x".repeat(200))
        .write("target/airs/debug/another.wasm", "none")
        .write(".airs/dev.json", "{}")
        .edit("airs.toml", "storage = true", "storage = false");
    for line in [
        "doctor",
        "doctor --color always",
        "doctor --fix",
        "doctor --state memory",
    ] {
        let output = of_the_project(scene.command(line).output().unwrap());
        scene.note(line, &output);
    }
    scene.write("airs.toml", "version = 1\n[componets.ledger]\npath = \".\"\n");
    let output = of_the_project(scene.command("doctor").output().unwrap());
    scene.note("doctor", &output);
    scene.check();
}
