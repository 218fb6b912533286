//! `cargo airs events` and `cargo airs logs`.

use std::io::{BufRead, BufReader};
use std::process::Stdio;

use serde_json::Value;

use crate::project::{DOLLARS, accounts, build, ledger, succeed};
use crate::scene::Scene;
use crate::schema::message;

/// What a command shows, line by line.
fn shown(scene: &Scene, line: &str) -> Vec<Value> {
    let stdout = succeed(scene, &format!("{line} --message-format json"));
    stdout.lines().map(message).collect()
}

/// What ran, and how it ended.
fn runs(events: &[Value]) -> Vec<(&str, &str)> {
    let ended = events.iter().filter(|event| event["kind"] == "run-ended");
    ended
        .map(|event| {
            (
                event["what"].as_str().unwrap(),
                event["failure"].as_str().unwrap_or("done"),
            )
        })
        .collect()
}

const PAY: &str =
    "run payment --as alice --input '{\"from\":\"~/usd\",\"to\":\"/accounts/bob/usd\",\"amount\":\"1.00\"}'";

/// Far longer than it takes, on a machine that is busy with other things.
const PATIENCE: std::time::Duration = std::time::Duration::from_secs(60);

/// Waits until something is told that is followed, and ends who follows.
pub(crate) fn follow(scene: &Scene, flags: &str, meanwhile: impl FnOnce(), found: impl Fn(&Value) -> bool) {
    let mut command = scene.command(&format!("events --follow --message-format json {flags}"));
    let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let (tell, told) = std::sync::mpsc::channel();
    // It ends with the child.
    std::thread::spawn(move || lines.try_for_each(|line| tell.send(line.ok()?).ok()));
    meanwhile();
    let until = std::time::Instant::now() + PATIENCE;
    let mut heard = std::iter::from_fn(|| {
        told.recv_timeout(until.saturating_duration_since(std::time::Instant::now()))
            .ok()
    });
    let is_told = heard.any(|line| found(&message(&line)));
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(is_told);
}

#[test]
fn what_has_happened_is_shown_and_picked() {
    let scene = accounts("events");
    succeed(&scene, PAY);
    let mut denied = scene.command("control /accounts/alice/usd mint --as bob --input '{\"amount\":\"1\"}'");
    assert_eq!(denied.output().unwrap().status.code(), Some(1));
    let all = shown(&scene, "events");
    let expected = [
        ("bind", "done"),
        ("bind", "done"),
        ("control", "done"),
        ("payment", "done"),
        ("control", "denied"),
    ];
    assert_eq!(runs(&all), expected);
    assert_eq!(runs(&shown(&scene, "events --component payment")), expected[3..4]);
    assert_eq!(runs(&shown(&scene, "events --caller bob")), expected[4..]);
    assert_eq!(runs(&shown(&scene, "events --caller alice")), expected[3..4]);
    assert_eq!(runs(&shown(&scene, "events --last 2")), expected[3..]);
    assert_eq!(runs(&shown(&scene, "events --since 1d")), expected);
    assert_eq!(runs(&shown(&scene, "events --until 1d")), []);
    assert_eq!(runs(&shown(&scene, "events --since 2100-01-01T00:00:00Z")), []);
    let run = all[3]["run"].as_str().unwrap();
    assert_eq!(
        runs(&shown(&scene, &format!("events --run {run}"))),
        expected[3..4]
    );
    assert_eq!(shown(&scene, "events --context other").len(), 0);
    assert_eq!(shown(&scene, "logs").len(), 0);

    let people = succeed(&scene, "events --component payment");
    assert!(
        people.ends_with(&format!("Z  run {run}: payment of alice is done\n")),
        "{people}"
    );
    let none = scene.command("logs").output().unwrap();
    assert_eq!(
        String::from_utf8(none.stderr).unwrap(),
        "note: nothing of that kind is kept in .airs/state/local.events.jsonl\n"
    );
    let wrong = scene.command("events --since yesterday").output().unwrap();
    assert_eq!(wrong.status.code(), Some(2));
}

#[test]
fn a_component_that_was_not_put_into_service_is_kept() {
    let mut scene = accounts("events_refused");
    scene.edit("airs.toml", "storage = true", "storage = false");
    assert_eq!(scene.command(PAY).output().unwrap().status.code(), Some(2));
    let refused = |flags: &str| {
        let mut all = shown(&scene, &format!("events {flags}"));
        all.retain(|event| event["kind"] == "refused");
        all
    };
    let kept = refused("--component ledger");
    assert_eq!(kept.len(), 1, "{kept:?}");
    assert_eq!(kept[0]["failure"], "ungranted-capability");
    // It was in no run, of nobody.
    for flags in ["--component payment", "--caller alice", "--until 1d"] {
        assert_eq!(refused(flags), [Value::Null; 0], "{flags}");
    }
    assert_eq!(shown(&scene, "logs").len(), 0);
    let people = succeed(&scene, "events --component ledger --last 1");
    assert!(
        people.contains("Z  not put into service: driver ledger: "),
        "{people}"
    );
}

#[test]
fn looking_where_nothing_happened_makes_nothing() {
    let scene = ledger("events_none");
    let before = scene.files();
    assert_eq!(shown(&scene, "events").len(), 0);
    assert_eq!(scene.files(), before);
}

#[test]
fn what_happens_is_followed() {
    let scene = accounts("events_follow");
    let pay = || drop(succeed(&scene, PAY));
    follow(&scene, "--last 1 --caller alice", pay, |event| {
        event["what"] == "payment"
    });
}

#[test]
fn what_components_said_is_kept_without_what_they_were_trusted_with() {
    let mut scene = ledger("logs");
    scene
        .edit("Cargo.toml", "storage = true }", "storage = true, environment = [\"LEDGER_KEY\"] }")
        .edit("airs.toml", "storage = true", "storage = true\nenvironment = [\"LEDGER_KEY\"]")
        .edit(
            "src/lib.rs",
            "let balance = match operation {",
            "println!(\"{operation} with {}\", std::env::var(\"LEDGER_KEY\").unwrap());\n        let balance = match operation {",
        )
        .set("LEDGER_KEY", "not-for-everybody");
    build(&scene);
    succeed(
        &scene,
        &format!("bind /accounts --driver ledger --account {DOLLARS} --owner each"),
    );
    // Who is there is told all of it.
    let mint = "control /accounts/alice/usd mint --input '{\"amount\":\"1\"}' --message-format json";
    assert!(succeed(&scene, mint).contains("\"line\":\"mint with not-for-everybody\""));
    let logs = succeed(&scene, "logs --component ledger");
    assert!(
        logs.ends_with("Z  ledger: mint with [LEDGER_KEY]\n") && logs.lines().count() == 1,
        "{logs}"
    );
    assert!(
        !scene
            .read(".airs/state/local.events.jsonl")
            .contains("not-for-everybody")
    );
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let file = scene.path().join(".airs/state/local.events.jsonl");
        assert_eq!(file.metadata().unwrap().permissions().mode() & 0o777, 0o600);
    }
}

#[test]
fn who_follows_ends_when_nobody_reads_any_more() {
    let scene = accounts("events_unread");
    let mut child = scene
        .command("events --follow")
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let until = std::time::Instant::now() + PATIENCE;
    let status = loop {
        // Each is something to tell.
        succeed(&scene, PAY);
        if let Some(status) = child.try_wait().unwrap() {
            break Some(status);
        }
        if std::time::Instant::now() > until {
            break None;
        }
    };
    if status.is_none() {
        child.kill().unwrap();
        child.wait().unwrap();
    }
    assert_eq!(status.and_then(|status| status.code()), Some(0));
}
