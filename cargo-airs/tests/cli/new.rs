//! `cargo airs new`.

use std::process::Command;

use crate::scene::Scene;

#[test]
fn a_component_outside_a_project_stands_alone() {
    let mut scene = Scene::new("new_alone");
    scene.run("new driver ledger");
    scene.run("new program payment --message-format json");
    scene
        .show("ledger/Cargo.toml")
        .show("ledger/airs.toml")
        .show("ledger/.gitignore");
    scene.show("payment/Cargo.toml").show("payment/airs.toml");
    scene.check();
    let files = [
        "",
        "/.gitignore",
        "/Cargo.lock",
        "/Cargo.toml",
        "/README.md",
        "/airs.toml",
        "/src",
        "/src/lib.rs",
    ];
    let mut expected: Vec<String> = ["ledger", "payment"]
        .iter()
        .flat_map(|name| files.map(|file| format!("{name}{file}")))
        .collect();
    expected.push("ledger/src/tests.rs".to_owned());
    expected.sort();
    assert_eq!(scene.files(), expected);
}

#[test]
fn a_component_inside_a_project_joins_it() {
    let mut scene = Scene::new("new_joins");
    scene.run("new driver ledger");
    scene
        .enter("ledger")
        .edit("airs.toml", "version = 1", "version = 1 # of the file");
    scene.edit("Cargo.toml", "[workspace]\n", "[workspace] # ours\n");
    scene.run("new program payment");
    scene.enter("ledger/payment/src").run("new driver tickets");
    scene
        .enter("ledger")
        .show("airs.toml")
        .show("Cargo.toml")
        .show("tickets/Cargo.toml");
    scene.run("new program payment");
    scene.check();
    assert!(!scene.files().contains(&"payment/Cargo.lock".to_owned()));
}

#[test]
fn an_empty_project_becomes_a_workspace() {
    let mut scene = Scene::new("new_in_an_empty_project");
    scene.write("airs.toml", "# Nothing yet.\nversion = 1\n");
    scene.run("new driver ledger");
    scene.show("airs.toml").show("Cargo.toml");
    scene.check();
    let metadata = scene.cargo("metadata --locked --format-version 1");
    assert!(
        metadata.status.success(),
        "{}",
        String::from_utf8_lossy(&metadata.stderr)
    );
}

#[test]
fn what_is_there_is_not_touched() {
    let mut scene = Scene::new("new_existing");
    scene.write("folder/file", "mine").write("file", "mine");
    scene.run("new driver folder");
    scene.run("new driver file");
    scene.write(
        "airs.toml",
        "version = 1\n[components.ledger]\npath = \"elsewhere\"\n",
    );
    scene.run("new program ledger");
    scene.write(
        "airs.toml",
        "version = 1\n[componets.ledger]\npath = \"elsewhere\"\n",
    );
    scene.run("new program payment");
    scene.check();
    assert_eq!(scene.files(), ["airs.toml", "file", "folder", "folder/file"]);
    assert_eq!(scene.read("file"), "mine");
}

#[test]
fn a_failure_on_the_way_leaves_nothing() {
    let mut scene = Scene::new("new_fails");
    scene
        .write("airs.toml", "version = 1\n")
        .write("Cargo.toml", "[workspace]\nmembers = \"all\"\n");
    scene.run("new driver ledger");
    scene.write("Cargo.toml", "[workspace\n");
    scene.run("new driver ledger");
    scene.check();
    assert_eq!(scene.files(), ["Cargo.toml", "airs.toml"]);
    assert_eq!(scene.read("airs.toml"), "version = 1\n");
}

#[test]
fn git_is_asked_for_a_repository_unless_there_is_one() {
    let repository = |scene: &Scene, folder: &str| scene.path().join(folder).join(".git").exists();
    let mut scene = Scene::new("git");
    scene.run("new driver first");
    assert!(repository(&scene, "first"));
    scene.run("new driver second --vcs none");
    assert!(!repository(&scene, "second") && !scene.path().join("second/.gitignore").exists());
    let status = Command::new("git")
        .args(["init", "--quiet"])
        .current_dir(scene.path())
        .status();
    assert!(status.unwrap().success());
    scene.run("new driver third");
    assert!(!repository(&scene, "third") && scene.path().join("third/.gitignore").exists());
    scene.run("new driver fourth --vcs git");
    assert!(repository(&scene, "fourth"));
    scene.write(".gitignore", "fifth\n").run("new driver fifth");
    assert!(repository(&scene, "fifth"));
}

#[test]
fn the_sdk_may_be_somewhere_else() {
    let mut scene = Scene::new("new_sdk");
    scene.write("my sdk/Cargo.toml", "[package]\nname = \"airs-sdk\"\n");
    scene.write("other/Cargo.toml", "[package]\nname = \"other\"\n");
    scene.run("new driver ledger --sdk 'my sdk'");
    scene.run("new driver payment --sdk other");
    scene.check();
    let line = format!(
        "airs = {{ package = \"airs-sdk\", path = \"{}\" }}",
        scene.path().join("my sdk").display()
    );
    assert!(scene.read("ledger/Cargo.toml").contains(&line));
}
