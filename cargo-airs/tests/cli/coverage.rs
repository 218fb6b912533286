//! `cargo airs test --coverage` with the toolchain's own tools, where they are installed.

use std::path::Path;
use std::process::Command;

use crate::project::ledger;
use crate::scene::Scene;
use crate::untested::untested;

/// Whether the tools lie where the toolchain has them.
fn has_tools(scene: &Scene) -> bool {
    let mut rustc = Command::new("rustc");
    let asked = rustc
        .args(["--print", "target-libdir"])
        .current_dir(scene.path())
        .output();
    asked.is_ok_and(|output| {
        let library = String::from_utf8_lossy(&output.stdout).trim().to_owned();
        let tool = format!("llvm-cov{}", std::env::consts::EXE_SUFFIX);
        Path::new(&library).with_file_name("bin").join(tool).is_file()
    })
}

/// What is said of a file, and of all.
fn measured(scene: &Scene, filter: &str, file: &str) -> [serde_json::Value; 2] {
    let line = format!("test --coverage --offline -p ledger -q --message-format json {filter}");
    let output = scene.command(&line).output().unwrap();
    let (stdout, stderr) = (
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr),
    );
    assert_eq!(output.status.code(), Some(0), "{stdout}\n{stderr}");
    let mut objects = stdout.lines().map(crate::schema::message);
    let all = objects
        .find(|object| object["reason"] == "coverage-measured")
        .unwrap();
    let mut files = all["files"].as_array().unwrap().iter();
    let of = files
        .find(|one| one["file"] == file)
        .unwrap_or_else(|| panic!("{all}"));
    [of.clone(), all.clone()]
}

#[test]
fn what_tests_have_covered_is_counted() {
    let mut scene = ledger("counted");
    if !has_tools(&scene) {
        return untested("the toolchain's llvm tools are not installed (rustup component add llvm-tools)");
    }
    let lib = scene.read("src/lib.rs");
    scene.write(
        "src/lib.rs",
        format!("{lib}\n/// Nobody's.\npub fn never(number: u32) -> u32 {{\n    number + 1\n}}\n"),
    );
    let number = |object: &serde_json::Value, field: &str| object[field].as_u64().unwrap();
    // Where no test is made, nothing is covered, and everything is there to be.
    let [none, _] = measured(&scene, "nothing_of_that_name", "src/lib.rs");
    assert_eq!(number(&none, "lines_covered"), 0, "{none}");
    assert!(number(&none, "lines") > 50, "{none}");
    // What was counted then does not count any more, nor does anything but this workspace.
    let [own, all] = measured(&scene, "", "src/lib.rs");
    assert_eq!(number(&own, "lines"), number(&none, "lines"));
    assert_eq!(number(&own, "lines") - number(&own, "lines_covered"), 3, "{own}");
    for file in all["files"].as_array().unwrap() {
        let file = file["file"].as_str().unwrap();
        assert!(scene.path().join(file).is_file(), "{file}");
    }
}
