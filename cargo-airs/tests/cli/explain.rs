//! `cargo airs explain`.

use crate::project::{DOLLARS, accounts, ledger, succeed};
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
fn looking_makes_no_state() {
    let scene = ledger("explain_no_state");
    let explained = scene.command("explain /accounts/alice").output().unwrap();
    assert_eq!(explained.status.code(), Some(2), "{explained:?}");
    succeed(&scene, "explain ledger");
    assert!(!scene.path().join(".airs").exists(), "looking has made a state");
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
