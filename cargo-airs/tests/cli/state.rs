//! The folder of the state: in the way, damaged, full, read-only, and used by several at once.

use std::fs;
use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

use airs_runtime::{Request, Runtime, State};

use crate::project::{DOLLARS, accounts, build, ledger, succeed};
use crate::untested::untested;

#[test]
fn a_state_that_cannot_be_used_is_named_and_left_as_it_is() {
    let mut scene = accounts("state_bad");
    scene
        .write("file", "")
        .write("foreign/local.sqlite", "x".repeat(200));
    let good = fs::read(scene.path().join(".airs/state/local.sqlite")).unwrap();
    scene.write("cut/local.sqlite", &good[..good.len() / 2]);
    for state in ["file", "file/below", "foreign", "cut"] {
        for line in ["bindings", "view /accounts/alice/usd", "status"] {
            let output = scene.run(&format!("{line} --state {state}"));
            assert_eq!(output.status.code(), Some(3), "{line} {state}");
        }
    }
    scene.run("bindings --state foreign --message-format json");
    scene.check();
    assert_eq!(scene.read("foreign/local.sqlite"), "x".repeat(200));
}

#[test]
fn commands_at_the_same_time_all_succeed() {
    let scene = accounts("at_once");
    let mint = "control /accounts/alice/usd mint --input '{\"amount\":\"1\"}'";
    let children: Vec<_> = (0..6)
        .map(|_| {
            scene
                .command(mint)
                .stdout(Stdio::null())
                .stderr(Stdio::piped())
                .spawn()
                .unwrap()
        })
        .collect();
    for child in children {
        let output = child.wait_with_output().unwrap();
        assert!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
    }
    assert_eq!(succeed(&scene, "view /accounts/alice/usd"), "106.00\n");
}

#[test]
fn a_driver_migrates_what_it_has_stored_once_and_says_so() {
    let mut scene = accounts("migrated");
    let another =
        "    fn migrate(_from: u32) -> Result<u32> {\n        Ok(1)\n    }\n\n    /// A binding stays";
    scene.edit("src/lib.rs", "    /// A binding stays", another);
    build(&scene);
    let look = || {
        let stdout = succeed(&scene, "view /accounts/alice/usd --message-format json");
        assert!(stdout.contains("\"value\":{\"amount\":\"100.00\"}"), "{stdout}");
        stdout
    };
    let said = r#"{"reason":"driver-migrated","context":"local","driver":"ledger","from":0,"to":1,"#;
    assert_eq!(look().matches(said).count(), 1);
    assert!(!look().contains("migrated"));
}

#[test]
fn a_command_waits_for_another_process_that_owns_the_state_and_says_so() {
    let scene = accounts("owner");
    let state = State::folder(scene.path().join(".airs/state"));
    let other = Runtime::builder().state(state).build().unwrap();
    // Whoever commits owns it, until it ends.
    let run = other.perform_blocking(Request::bindings().id(Runtime::new_id()));
    run.result.unwrap();
    let order = r#"{"from":"~/usd","to":"/accounts/bob/usd","amount":"1"}"#;
    let pay = format!("run payment --as alice --input '{order}'");
    let in_vain = scene
        .command(&format!("{pay} --timeout-ms 200"))
        .output()
        .unwrap();
    let stderr = String::from_utf8(in_vain.stderr).unwrap();
    assert_eq!(in_vain.status.code(), Some(3), "{stderr}");
    let said = "Waiting for another process, which owns the state of context local";
    assert_eq!(stderr.matches(said).count(), 1, "{stderr}");
    assert!(stderr.contains("error[busy]: another process "), "{stderr}");
    // Whoever only looks does not wait.
    assert_eq!(succeed(&scene, "view /accounts/alice/usd"), "100.00\n");

    let mut waiting = scene
        .command(&format!("{pay} --message-format json"))
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(waiting.stdout.take().unwrap()).lines();
    let mut said = || {
        let line = lines.next().unwrap().unwrap();
        crate::schema::message(&line);
        line
    };
    assert!(said().starts_with(r#"{"reason":"owner-awaited","context":"local","run":""#));
    drop(other);
    assert!(said().starts_with(r#"{"reason":"run-committed","#));
    assert!(waiting.wait().unwrap().success());
    assert_eq!(succeed(&scene, "view /accounts/alice/usd"), "99.00\n");
}

/// Needs a small file system of its own, which not every machine lets a person have.
#[test]
fn a_full_or_read_only_disk_is_named() {
    let scene = ledger("disk");
    fs::create_dir(scene.path().join("disk")).unwrap();
    let within = |script: &str| {
        let mut command = Command::new("unshare");
        command
            .args(["-rm", "sh", "-c", script])
            .current_dir(scene.path());
        scene.surround(&mut command);
        command.env("AIRS", env!("CARGO_BIN_EXE_cargo-airs"));
        command.output()
    };
    let possible = within("mount -t tmpfs -o size=16k tmpfs disk");
    if !possible.is_ok_and(|output| output.status.success()) {
        return untested("this machine lets nobody mount a small file system (unshare)");
    }
    let bind = format!("\"$AIRS\" bind /a --driver ledger --account {DOLLARS} --state disk/state");
    let said = |script: &str| {
        let output = within(script).unwrap();
        let stderr = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(3), "{stderr}");
        stderr
    };
    let full = said(&format!("mount -t tmpfs -o size=16k tmpfs disk && {bind}"));
    assert!(
        full.starts_with("error[storage-full]: no space is left to open "),
        "{full}"
    );
    assert!(full.contains("\nhelp: free some space"), "{full}");
    let view = "\"$AIRS\" view /a --state disk/state";
    let locked = said(&format!(
        "mount -t tmpfs -o size=1m tmpfs disk && {bind} && mount -o remount,ro disk && {view}"
    ));
    assert!(
        locked.contains("error[storage-unavailable]: cannot write to "),
        "{locked}"
    );
    let new = said(&format!("mount -t tmpfs -o ro tmpfs disk && {bind}"));
    assert!(
        locked.contains(": the file or its folder is read-only"),
        "{locked}"
    );
    assert!(
        new.contains("error[storage-unavailable]: cannot make the folder of "),
        "{new}"
    );
}
