//! `cargo airs check`.

use std::fs;
use std::path::{Path, PathBuf};

use crate::scene::Scene;

/// What JSON objects on stdout say, by reason.
fn objects(output: &std::process::Output) -> Vec<serde_json::Value> {
    let text = String::from_utf8(output.stdout.clone()).unwrap();
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap_or_else(|_| panic!("no JSON: {line}")))
        .collect()
}

/// What is in a project, but for what Cargo makes.
fn files(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if !path.is_dir() {
            let content = fs::read(&path).unwrap();
            found.push((path, content));
        } else if !path.ends_with("target") {
            found.extend(files(&path));
        }
    }
    found.sort_unstable();
    found
}

#[test]
fn what_is_good_is_checked_and_nothing_is_written() {
    let mut scene = Scene::new("check");
    scene.run("new driver checked-driver --vcs none");
    scene.enter("checked-driver");
    let before = files(&scene.path());
    assert_eq!(scene.run("check --locked").status.code(), Some(0));
    scene.run("check -q --message-format json");
    assert!(!scene.path().join("target/airs").exists());
    assert_eq!(files(&scene.path()), before);

    // What the compiler says is said as the compiler says it, to people and to editors.
    scene.edit("src/lib.rs", "//! ", "use nothing::at_all;\n//! ");
    assert_eq!(
        scene.command("check -q").output().unwrap().status.code(),
        Some(101)
    );
    let output = scene.command("check --message-format json").output().unwrap();
    assert_eq!(output.status.code(), Some(101));
    let objects = objects(&output);
    let said = objects
        .iter()
        .find(|object| object["reason"] == "compiler-message");
    assert!(said.unwrap()["message"]["spans"][0]["file_name"].is_string());
    assert_eq!(objects.last().unwrap()["code"], "build-failed");
    scene.edit("src/lib.rs", "use nothing::at_all;\n", "");

    // And what no compiler sees.
    scene.edit("airs.toml", "storage = true", "storage = \"read\"");
    assert_eq!(scene.run("check").status.code(), Some(0));
    scene.edit("airs.toml", "storage = \"read\"", "storage = fales");
    assert_eq!(scene.run("check").status.code(), Some(2));
    scene.edit("airs.toml", "storage = fales", "storage = true");
    scene.edit("Cargo.toml", "kind = \"driver\"", "kind = \"drvier\"");
    assert_eq!(scene.run("check").status.code(), Some(2));
    scene.edit("Cargo.toml", "kind = \"drvier\"", "kind = \"driver\"");

    // Not what is only known when it is linked.
    scene.edit("Cargo.toml", "capabilities = { storage = true }\n", "");
    assert_eq!(scene.run("check").status.code(), Some(0));
    scene.check();
    assert!(!scene.path().join("target/airs").exists());
}
