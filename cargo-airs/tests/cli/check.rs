//! `cargo airs check`.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::project::{DOLLARS, ledger};
use crate::scene::Scene;

/// Nothing that a driver has to export.
const NO_DRIVER: &str = "[package]\nname = \"no-driver\"\nedition = \"2024\"\n[lib]\ncrate-type = [\"cdylib\"]\n\
                         [package.metadata.airs]\nkind = \"driver\"\n";

/// What JSON objects on stdout say, by reason.
fn objects(output: &std::process::Output) -> Vec<Value> {
    let text = String::from_utf8(output.stdout.clone()).unwrap();
    text.lines().map(crate::schema::message).collect()
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

/// The same mistake, whether something would be written or not: what `check` says last, and what `build` does.
fn is_refused_as_by_build(scene: &Scene, code: &str) -> Value {
    let last = |line: &str| {
        let output = scene.command(line).output().unwrap();
        assert_eq!(output.status.code(), Some(101), "{line}");
        objects(&output).pop().unwrap()
    };
    let refused = last("check --message-format json");
    assert_eq!(refused, last("build --message-format json"));
    assert_eq!(refused["code"], code);
    refused
}

#[test]
fn what_is_good_is_checked_and_nothing_is_written() {
    let mut scene = Scene::new("check");
    scene.run("new driver checked-driver --vcs none");
    scene.enter("checked-driver");
    // It is not in version control, and `build` would make it.
    fs::remove_file(scene.path().join(".airs/airs.schema.json")).unwrap();
    let before = files(&scene.path());
    assert_eq!(scene.run("check --locked").status.code(), Some(0));
    scene.run("check -q --message-format json");
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

    // And what is known of a component only when it is linked.
    scene.edit("Cargo.toml", "capabilities = { storage = true }\n", "");
    assert_eq!(scene.run("check").status.code(), Some(101));
    is_refused_as_by_build(&scene, "undeclared-capability");
    scene.edit(
        "Cargo.toml",
        "kind = \"driver\"",
        "kind = \"driver\"\ncapabilities = { storage = true }",
    );
    scene.edit("src/lib.rs", "#[airs::driver]\n", "");
    is_refused_as_by_build(&scene, "wrong-world");
    scene.edit(
        "src/lib.rs",
        "impl airs::Driver for",
        "#[airs::driver]\nimpl airs::Driver for",
    );
    // Each is checked when those before it are good.
    scene
        .write("member/Cargo.toml", NO_DRIVER)
        .write("member/src/lib.rs", "");
    scene.edit(
        "Cargo.toml",
        "[workspace]\n",
        "[workspace]\nmembers = [\"member\"]\n",
    );
    scene.edit(
        "airs.toml",
        "[grants.",
        "[components.no-driver]\npath = \"member\"\n\n[grants.",
    );
    assert_eq!(scene.run("check").status.code(), Some(101));
    assert_eq!(
        scene.run("check -q --message-format json").status.code(),
        Some(101)
    );
    scene.run("check -p checked-driver");
    scene.check();
    // Nor was anything written by what `build` has refused.
    assert!(!scene.path().join("target/airs").exists());
}

#[test]
fn advice_on_grants_is_such_that_it_can_be_followed() {
    let mut scene = ledger("check_grants");
    let line = "check -p ledger";
    // There is a line of that kind already, and another one could not be read beside it.
    for line_of_it in ["storage = false", "storage = \"read\""] {
        scene.edit("airs.toml", "storage = true", line_of_it);
        assert_eq!(scene.run(line).status.code(), Some(0));
        scene.run("view /accounts/alice/usd");
        scene.run(&format!("bind /a --driver ledger --account {DOLLARS}"));
        scene.edit("airs.toml", line_of_it, "storage = true");
    }
    // No grant would help.
    let declared = "storage = true, files = { rates = \"read-write\" }";
    scene.edit("Cargo.toml", "storage = true", declared);
    for line in [line, "check -p ledger --message-format json", "build -p ledger"] {
        assert_eq!(scene.run(line).status.code(), Some(0), "{line}");
    }
    scene.edit(
        "airs.toml",
        "storage = true",
        "storage = true\nfiles = { rates = \"read-write\" }",
    );
    scene.run(line);
    let doctor = scene.command("doctor").output().unwrap();
    let found = String::from_utf8(doctor.stdout).unwrap();
    let why = "ledger is not put into service: it declares to write to the files of rates";
    assert!(found.contains(why), "{found}");
    scene.run(&format!("bind /a --driver ledger --account {DOLLARS}"));
    // What was advised.
    scene.edit("Cargo.toml", "\"read-write\"", "\"read\"");
    scene.run(line);
    scene.run("build -p ledger -q");
    scene.run(&format!("bind /a --driver ledger --account {DOLLARS}"));
    scene.check();
}
