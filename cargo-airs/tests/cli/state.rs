//! The folder of the state: in the way, damaged, full, read-only, and used by several at once.

use std::fs;
use std::process::{Command, Stdio};

use crate::project::{DOLLARS, accounts, ledger, succeed};

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
        #[allow(clippy::print_stderr, reason = "a test that is skipped says so")]
        {
            eprintln!("skipped: this machine lets nobody mount a small file system");
        }
        return;
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
