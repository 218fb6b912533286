//! What the templates make is good: built, tested, linted and formatted, from the lock file they bring.

use std::fs;

use crate::scene::{Scene, blesses, checkout};

fn succeeds(scene: &Scene, line: &str) {
    let output = scene.cargo(line);
    let (stdout, stderr) = (
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr),
    );
    assert!(output.status.success(), "cargo {line}\n{stdout}\n{stderr}");
}

#[test]
fn both_templates_build_pass_their_tests_and_have_no_warnings() {
    let mut scene = Scene::new("templates");
    scene.run("new driver template-driver --vcs none");
    scene.enter("template-driver").run("new program template-program");
    lock_file_is_current(&scene);
    let built = scene.run("build --locked");
    assert_eq!(
        built.status.code(),
        Some(0),
        "{}",
        String::from_utf8_lossy(&built.stderr)
    );
    // Nobody's own, and not none: components are put into service for each test.
    let cache = scene.path().join("cache");
    scene.set("AIRS_CACHE_DIR", cache.to_string_lossy().into_owned());
    let tested = scene.command("test --locked").output().unwrap();
    let (stdout, stderr) = (
        String::from_utf8_lossy(&tested.stdout),
        String::from_utf8_lossy(&tested.stderr),
    );
    assert_eq!(tested.status.code(), Some(0), "{stdout}\n{stderr}");
    succeeds(
        &scene,
        "clippy --locked --workspace --all-targets --quiet -- -D warnings",
    );
    succeeds(&scene, "fmt --check -p template-driver -p template-program");
    let inspected = String::from_utf8(scene.run("inspect template-program").stdout).unwrap();
    assert!(
        inspected.contains("  export run: func(input: string) -> result<string, error>;"),
        "{inspected}"
    );
    let objects = scene
        .command("inspect template-program --message-format json")
        .output()
        .unwrap()
        .stdout;
    let object: serde_json::Value = serde_json::from_slice(&objects).unwrap();
    assert_eq!(object["reason"], "component-inspected");
    assert_eq!(
        object["program"]["input"]["required"],
        serde_json::json!(["from", "to", "amount"])
    );
    assert_eq!(object["exports"], serde_json::json!(["run"]));
    let sections = object["sections"].as_array().unwrap().iter();
    let bytes: u64 = sections
        .map(|section| section["size_bytes"].as_u64().unwrap())
        .sum();
    assert_eq!(object["size_bytes"], bytes);
    scene.check();
}

/// A lock file that Cargo would change would make `--locked` fail.
fn lock_file_is_current(scene: &Scene) {
    let before = scene.read("Cargo.lock");
    succeeds(scene, "metadata --quiet --format-version 1");
    let after = scene.read("Cargo.lock");
    if before != after && blesses() {
        let one = after
            .split("\n[[package]]\n")
            .filter(|package| !package.contains("name = \"template-program\""));
        let text = one
            .collect::<Vec<_>>()
            .join("\n[[package]]\n")
            .replace("template-driver", "{{name}}");
        fs::write(checkout().join("templates/project/Cargo.lock.hbs"), text).unwrap();
    }
    assert_eq!(
        before, after,
        "the templates' lock file is out of date; AIRS_BLESS=1 writes it"
    );
}
