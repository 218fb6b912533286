//! `cargo airs explain`.

use std::fs;

use crate::project::{DOLLARS, accounts, build, ledger, succeed};
use crate::scene::Scene;

#[test]
fn a_path_is_explained_for_each_who_asks() {
    let mut scene = accounts("explain_path");
    succeed(
        &scene,
        &format!("bind /homes --driver ledger --account {DOLLARS} --owner each --controller bank"),
    );
    for line in [
        "explain ~/usd --as alice",
        "explain /accounts/alice/usd --as bob",
        "explain /accounts/alice/usd",
        "explain /homes --as bank",
        "explain /homes/dave/usd --as bank",
        "explain ~/usd --as alice --message-format json",
        "explain /nowhere",
        "explain accounts/alice/usd",
        "explain ~/usd --as alice --context elsewhere",
    ] {
        scene.run(line);
    }
    scene.check();
}

#[test]
fn what_was_denied_is_told() {
    let mut scene = accounts("explain_denials");
    scene.edit(
        "airs.toml",
        "[grants.ledger]\nstorage = true\n",
        "[grants.ledger]\nstorage = { access = \"read-write\", quota_bytes = 1 }\n",
    );
    scene.run("control /accounts/bob/usd mint --input '{\"amount\":\"1.00\"}'");
    scene.run("explain ledger");
    scene.run("explain /accounts/bob/usd");
    scene.check();
    let told = succeed(&scene, "explain ledger --message-format json");
    let told: serde_json::Value = serde_json::from_str(&told).unwrap();
    assert_eq!(told["denials"][0]["capability"], "storage");
    assert!(told["denials"][0]["time_ms"].as_u64() > Some(0), "{told}");
}

#[test]
fn looking_makes_no_state() {
    let scene = ledger("explain_no_state");
    let explained = scene.command("explain /accounts/alice").output().unwrap();
    assert_eq!(explained.status.code(), Some(2), "{explained:?}");
    succeed(&scene, "explain ledger");
    assert!(
        !scene.path().join(".airs/state").exists(),
        "looking has made a state"
    );
}

#[test]
fn looking_where_there_is_no_state_makes_none() {
    let scene = accounts("explain_elsewhere");
    let files = || {
        let files = fs::read_dir(scene.path().join(".airs/state")).unwrap();
        let mut files: Vec<_> = files.map(|file| file.unwrap().file_name()).collect();
        files.sort();
        files
    };
    let before = files();
    for (line, code) in [
        ("explain ~/usd --as alice --context elsewere", 2),
        ("explain ledger --context elsewere", 0),
        ("view ~/usd --as alice --context elsewere", 2),
        ("unbind /accounts/alice/usd --context elsewere", 2),
        ("bindings --context elsewere", 0),
        ("status --context elsewere", 0),
    ] {
        let output = scene.command(line).output().unwrap();
        assert_eq!(output.status.code(), Some(code), "{line}: {output:?}");
        assert_eq!(files(), before, "{line}");
    }
}

#[test]
fn explaining_migrates_nothing() {
    let mut scene = accounts("explain_migrates_nothing");
    let migrate = "    fn migrate(_from: u32) -> Result<u32> {\n        println!(\"asked\");\n        Ok(1)\n    }\n\n    /// A binding stays";
    scene.edit("src/lib.rs", "    /// A binding stays", migrate);
    build(&scene);
    let said = |line: &str| {
        let output = scene.command(line).output().unwrap();
        assert!(output.status.success(), "{line}: {output:?}");
        String::from_utf8(output.stderr).unwrap()
    };
    for line in ["explain ~/usd --as alice", "explain ledger"] {
        let stderr = said(line);
        assert!(
            !stderr.contains("asked") && !stderr.contains("Migrated"),
            "{line}: {stderr}"
        );
    }
    // Who uses it does, so that nobody has done so before.
    assert!(said("view /accounts/alice/usd").contains("from schema version 0 to 1"));
}

#[test]
fn what_a_component_lacks_is_named() {
    let mut scene: Scene = accounts("explain_component");
    scene.run("explain ledger");
    scene.run("explain payment --message-format json");
    scene.run("explain nobody");
    let grants = "[grants.ledger]\nstorage = true\n";
    scene.edit(
        "airs.toml",
        grants,
        "[grants.ledger]\nstorage = { access = \"read-write\", quota_bytes = 1000000 }\nhttp = [\"*.example.com\"]\n",
    );
    scene.run("explain ledger");
    scene.edit(
        "airs.toml",
        "storage = { access = \"read-write\", quota_bytes = 1000000 }\n",
        "storage = \"read\"\n",
    );
    scene.run("explain ledger");
    scene.run("explain ledger --message-format json");
    scene.run("explain ~/usd --as alice");
    scene.run("explain ledger --release");
    scene.check();
}

#[test]
fn what_was_built_applies_and_not_what_cargo_toml_says_by_now() {
    let mut scene = accounts("explain_edited");
    scene.edit("Cargo.toml", "storage = true", "storage = \"read\"");
    for line in ["explain ledger", "explain ~/usd --as alice"] {
        let output = scene.command(line).output().unwrap();
        let (out, said) = [&output.stdout, &output.stderr]
            .map(|text| String::from_utf8_lossy(text).into_owned())
            .into();
        assert!(!out.contains("\"read\""), "{line}: {out}");
        let warning = "warning: ledger was built from another Cargo.toml than there is now";
        assert!(said.contains(warning), "{line}: {said}");
    }
    build(&scene);
    let output = scene.command("explain ledger").output().unwrap();
    assert!(
        String::from_utf8_lossy(&output.stdout).contains("\"read\""),
        "{output:?}"
    );
    assert!(output.stderr.is_empty(), "{output:?}");
}

#[test]
fn what_has_no_room_under_the_projects_limits_is_out_of_service_for_who_asks_too() {
    let mut scene = accounts("explain_no_room");
    let project = scene.read("airs.toml");
    for limit in [
        "node_memory_bytes = 1000",
        "context_memory_bytes = 1000",
        "stack_bytes = 1",
    ] {
        scene.write("airs.toml", format!("{project}\n[runtime.limits]\n{limit}\n"));
        for (line, exit) in [
            ("explain ledger", 0),
            ("explain ~/usd --as alice", 0),
            ("view ~/usd --as alice", 1),
        ] {
            assert_eq!(scene.run(line).status.code(), Some(exit), "{limit}: {line}");
        }
    }
    scene.check();
}
