//! A project that is not in order: no components, broken ones, a malformed file, a missing grant.

use std::fs;

use crate::project::{DOLLARS, accounts};
use crate::scene::Scene;

const COMMANDS: [&str; 7] = [
    "status",
    "bindings",
    "view /a",
    "unbind /a",
    "control /a mint",
    "run payment",
    "bind /a --driver ledger --account {}",
];

#[test]
fn without_a_project_there_is_nothing_to_do() {
    let mut scene = Scene::new("no_project");
    for line in COMMANDS {
        assert_eq!(scene.run(line).status.code(), Some(2), "{line}");
    }
    scene.run("view /a --message-format json");
    scene.run("view /a --manifest-path nowhere/Cargo.toml");
    scene.check();
    assert_eq!(scene.files(), [] as [&str; 0]);
}

#[test]
fn a_project_that_is_no_workspace_says_so() {
    let mut scene = Scene::new("no_workspace");
    scene.write("airs.toml", "version = 1\n");
    scene.run("status");
    scene.write("below/notes.txt", "");
    scene.enter("below").run("build");
    scene.check();
}

#[test]
fn what_is_not_built_is_named() {
    let mut scene = Scene::new("not_built");
    scene.run("new driver ledger --vcs none");
    scene.enter("ledger").run("new program payment --vcs none");
    scene.run("status");
    scene.run("run payment --input {}");
    scene.run("run payment --input {} --release");
    scene.run("run payment --input {} --debug");
    scene.run(&format!("bind /a --driver ledger --account {DOLLARS}"));
    scene.run("view /a");
    scene.check();
}

#[test]
fn a_malformed_project_is_named_by_every_command() {
    let mut scene = accounts("project_bad");
    let good = scene.read("airs.toml");
    for (from, to) in [
        ("[grants.ledger]", "[grnts.ledger]"),
        ("storage = true", "strage = true"),
        ("version = 1", "version ="),
        ("path = \"payment\"", "path = \"gone\""),
        ("version = 1", "version = 2"),
    ] {
        scene.write("airs.toml", good.replace(from, to));
        assert_eq!(
            scene.run("view /accounts/alice/usd").status.code(),
            Some(2),
            "{to}"
        );
    }
    scene.write("airs.toml", good.replace("[grants", "[grnts"));
    let mut said: Vec<_> = COMMANDS
        .map(|line| {
            let output = scene.command(line).output().unwrap();
            assert_eq!(output.status.code(), Some(2), "{line}");
            String::from_utf8(output.stderr).unwrap()
        })
        .into();
    said.dedup();
    assert_eq!(said.len(), 1, "{said:?}");
    scene.write("airs.toml", good.replace("storage = true", ""));
    scene.run("view /accounts/alice/usd");
    scene.run("control /accounts/alice/usd mint --input '{\"amount\":\"1\"}'");
    scene.run(
        "run payment --as alice \
         --input '{\"from\":\"/accounts/alice/usd\",\"to\":\"/accounts/bob/usd\",\"amount\":\"1\"}'",
    );
    scene.run(&format!("bind /b --driver ledger --account {DOLLARS}"));
    scene.check();
}

#[test]
fn a_broken_component_is_named_and_used_by_nobody() {
    let mut scene = accounts("component_broken");
    let folder = scene.path().join("target/airs/debug");
    let (ledger, payment) = (folder.join("ledger.wasm"), folder.join("payment.wasm"));
    let good = fs::read(&ledger).unwrap();
    let run = "run payment --input {}";
    fs::write(&payment, "").unwrap();
    assert_eq!(scene.run(run).status.code(), Some(2));
    fs::write(&payment, b"\0asm\x01\0\0\0").unwrap();
    assert_eq!(scene.run(run).status.code(), Some(2));
    fs::File::create(&payment).unwrap().set_len(100 << 20).unwrap();
    assert_eq!(scene.run(run).status.code(), Some(2));
    fs::write(&payment, &good).unwrap();
    assert_eq!(scene.run(run).status.code(), Some(2));
    fs::write(&ledger, &good[..1000]).unwrap();
    for line in [
        "view /accounts/alice/usd".to_owned(),
        format!("bind /b --driver ledger --account {DOLLARS}"),
    ] {
        assert_eq!(scene.run(&line).status.code(), Some(2), "{line}");
    }
    fs::remove_file(&ledger).unwrap();
    scene.run("view /accounts/alice/usd --message-format json");
    fs::write(&ledger, &good).unwrap();
    scene.run("view /accounts/alice/usd");
    scene.check();
}
