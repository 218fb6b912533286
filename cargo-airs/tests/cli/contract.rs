//! What programs rely on: messages as they are published, and exit codes.

use std::collections::BTreeSet;
use std::fs;

use crate::project::{DOLLARS, accounts, succeed};
use crate::scene::{Scene, checkout};
use crate::schema::reasons;

/// What needs more than a command line, and where that is: there each message is compared with the schema, too.
const ELSEWHERE: [(&str, &str); 13] = [
    ("compiler-message", "check.rs"),
    ("coverage-measured", "test.rs"),
    ("dev-building", "dev/asked.rs"),
    ("dev-cancelled", "dev/starts.rs"),
    ("dev-diagnostics", "dev/broken.rs"),
    ("dev-started", "dev/starts.rs"),
    ("dev-turn", "dev/loops.rs"),
    ("dev-unchanged", "dev/loops.rs"),
    ("driver-migrated", "state.rs"),
    ("log", "faulty.rs"),
    ("owner-awaited", "state.rs"),
    ("target-installed", "transcripts/build_no_target.txt"),
    ("tests-passed", "test.rs"),
];

const RUN: &str = "run payment --as alice \
                   --input '{\"from\":\"~/usd\",\"to\":\"/accounts/bob/usd\",\"amount\":\"1\"}'";
const BENCH: &str = "bench payment --as alice --runs 2 \
                     --input '{\"from\":\"~/usd\",\"to\":\"/accounts/bob/usd\",\"amount\":\"1\"}'";

#[test]
fn every_command_says_for_programs_what_is_published() {
    let mut scene = accounts("contract");
    scene.write("add.wat", "(component)");
    let mut seen = BTreeSet::new();
    let mut note = |output: std::process::Output, line: &str| {
        let stdout = String::from_utf8(output.stdout).unwrap();
        for line in stdout.lines() {
            seen.insert(
                crate::schema::message(line)["reason"]
                    .as_str()
                    .unwrap()
                    .to_owned(),
            );
        }
        assert!(!stdout.is_empty(), "{line} says nothing");
    };
    let bind = format!("bind /treasury --driver ledger --account {DOLLARS}");
    for line in [
        "build",
        "check",
        BENCH,
        "inspect ledger",
        "call payment 'run(\"null\")'",
        "status",
        "bindings",
        "view /accounts/alice/usd",
        "control /accounts/alice/usd mint --input '{\"amount\":\"1\"}'",
        RUN,
        &bind,
        "unbind /treasury",
        "explain /accounts/alice/usd",
        "explain ledger",
        "doctor",
        "events",
        "completions bash",
        "man manual",
        "schema project",
        "new program another --vcs none",
        "view /nowhere",
        "build --release --profile small",
    ] {
        note(
            scene
                .command(&format!("{line} --message-format json"))
                .output()
                .unwrap(),
            line,
        );
    }
    // Of a driver's limits, one has no effect.
    scene.edit(
        "Cargo.toml",
        "capabilities = { storage = true }",
        "capabilities = { storage = true }\nlimits = { deadline_ms = 1 }",
    );
    note(
        scene.command("build --message-format json").output().unwrap(),
        "build",
    );
    for (reason, file) in ELSEWHERE {
        let text = fs::read_to_string(checkout().join("cargo-airs/tests/cli").join(file)).unwrap();
        assert!(
            text.contains(&format!("\"{reason}\"")),
            "{file} expects no {reason}"
        );
        // What is seen here needs no other place.
        assert!(seen.insert(reason.to_owned()), "{reason}");
    }
    let all: BTreeSet<String> = reasons().into_iter().collect();
    assert_eq!(seen, all);
}

#[test]
fn every_reason_of_a_message_is_published() {
    let source = fs::read_to_string(checkout().join("cargo-airs/src/message.rs")).unwrap();
    let (_, after) = source.split_once("enum Message<'a> {").unwrap();
    let (body, _) = after.split_once("\n}").unwrap();
    let variants = body.lines().filter_map(|line| line.strip_prefix("    "));
    let variants = variants.filter(|line| line.starts_with(|c: char| c.is_ascii_uppercase()));
    let name = |line: &str| {
        line.split(|c: char| !c.is_alphanumeric())
            .next()
            .unwrap()
            .to_owned()
    };
    let kebab = |name: String| {
        let mut kebab = String::new();
        for letter in name.chars() {
            if letter.is_ascii_uppercase() && !kebab.is_empty() {
                kebab.push('-');
            }
            kebab.push(letter.to_ascii_lowercase());
        }
        kebab
    };
    // One is Cargo's own, and handed on.
    let handed_on = ["compiler-message".to_owned()];
    let variants: BTreeSet<String> = variants.map(name).map(kebab).chain(handed_on).collect();
    assert_eq!(variants, reasons().into_iter().collect());
}

#[test]
fn every_exit_code_is_met() {
    let mut scene = Scene::new("exits");
    succeed(&scene, "new driver ledger --vcs none");
    scene.enter("ledger").write("trap.wat", TRAP);
    scene.write("blocked/local.sqlite", "no state");
    for (line, code) in [
        ("status", 0),
        ("call trap.wat 'f()'", 1),
        ("status --sate x", 2),
        ("view /a", 2),
        ("bindings --state blocked", 3),
        ("build --profile nowhere", 101),
    ] {
        let output = scene.command(line).output().unwrap();
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(code), "{line}: {stderr}");
    }
    // 130 is met in interrupt.rs.
    let page = fs::read_to_string(checkout().join("docs/reference/command-line.md")).unwrap();
    for code in ["    0  ", "    1  ", "    2  ", "    3  ", "  101  ", "  130  "] {
        assert!(page.contains(&format!("\n{code}")), "{code}");
    }
}

const TRAP: &str = "(component
  (core module $m (func (export \"f\") unreachable))
  (core instance $i (instantiate $m))
  (func (export \"f\") (canon lift (core func $i \"f\"))))";
