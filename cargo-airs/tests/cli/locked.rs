//! `--locked`, `--offline` and `--frozen`: what Cargo may do holds for every command that asks it.

use std::fs;

use crate::project::{DOLLARS, accounts, succeed};
use crate::scene::Scene;

/// Every command that looks at the workspace, in an order in which all succeed.
fn commands() -> [String; 9] {
    [
        "build".to_owned(),
        "inspect ledger".to_owned(),
        "status".to_owned(),
        "bindings".to_owned(),
        "view /accounts/alice/usd".to_owned(),
        "control /accounts/alice/usd mint --input '{\"amount\":\"1\"}'".to_owned(),
        "run payment --as alice \
         --input '{\"from\":\"/accounts/alice/usd\",\"to\":\"/accounts/bob/usd\",\"amount\":\"1\"}'"
            .to_owned(),
        format!("bind /treasury --driver ledger --account {DOLLARS}"),
        "unbind /treasury".to_owned(),
    ]
}

fn lock(scene: &Scene) -> Option<String> {
    fs::read_to_string(scene.path().join("Cargo.lock")).ok()
}

/// Every command is refused with the flag, in Cargo's words, and leaves the lock file as it is.
fn refused(scene: &Scene, flag: &str, doing: &str) {
    let before = lock(scene);
    for command in commands() {
        let output = scene.command(&format!("{command} {flag}")).output().unwrap();
        let stderr = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(101), "{command} {flag}: {stderr}");
        let said = format!("cannot {doing} the lock file ");
        let why = format!("Cargo.lock because {flag} was passed to prevent this");
        assert!(
            stderr.contains(&said) && stderr.contains(&why),
            "{command} {flag}: {stderr}"
        );
        assert_eq!(lock(scene), before, "{command} {flag}");
    }
}

#[test]
fn a_lock_file_that_would_change_is_refused_by_every_command() {
    let mut scene = accounts("locked");
    for command in commands() {
        succeed(&scene, &format!("{command} --frozen"));
    }
    scene.edit(
        "Cargo.toml",
        "[dependencies]\n",
        "[dependencies]\nunicode-ident = \"1\"\n",
    );
    refused(&scene, "--locked", "update");
    refused(&scene, "--frozen", "update");
    scene.run("view /accounts/alice/usd --locked");
    fs::remove_file(scene.path().join("Cargo.lock")).unwrap();
    refused(&scene, "--locked", "create");
    scene.run("run payment --input {} --frozen --message-format json");
    // What compiles nothing has no need of a lock file, and makes none.
    scene.run("view /accounts/alice/usd --offline");
    assert_eq!(lock(&scene), None);
    scene.check();
}

#[test]
fn without_the_network_a_crate_that_is_not_there_is_not_asked_for() {
    let mut scene = accounts("offline");
    scene.edit(
        "Cargo.toml",
        "[dependencies]\n",
        "[dependencies]\nairs-no-such-crate = \"1\"\n",
    );
    let output = scene.command("build --offline").output().unwrap();
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(101), "{stderr}");
    assert!(
        stderr.contains("you're using offline mode (--offline)"),
        "{stderr}"
    );
}

#[cfg(unix)]
#[test]
fn what_cargo_may_do_is_told_to_cargo_by_every_command() {
    use std::os::unix::fs::PermissionsExt as _;
    let mut scene = accounts("told_to_cargo");
    let listener = format!(
        "#!/bin/sh\necho \"$@\" >> heard\nexec '{}' \"$@\"\n",
        env!("CARGO")
    );
    scene.write("listener", listener);
    let listener = scene.path().join("listener");
    fs::set_permissions(&listener, fs::Permissions::from_mode(0o755)).unwrap();
    scene.set("CARGO", listener.display().to_string());
    for flag in ["--offline", "--locked", "--frozen"] {
        for command in commands() {
            succeed(&scene, &format!("{command} {flag}"));
            let heard = scene.read("heard");
            assert!(
                heard.lines().all(|call| call.split(' ').any(|word| word == flag)),
                "{command} {flag}: {heard}"
            );
            fs::remove_file(scene.path().join("heard")).unwrap();
        }
    }
}
