//! A project with a ledger and a payment in it, built once and copied for each test.

use std::fs;
use std::path::Path;
use std::sync::OnceLock;

use crate::scene::{Scene, as_published};

pub(crate) const DOLLARS: &str = "'{\"unit\":\"usd\",\"scale\":2}'";

/// As small as a release, so that each command compiles less than half as long.
const SMALL: &str = "[profile.dev]\nopt-level = \"s\"\nlto = true\ncodegen-units = 1\nstrip = true\n";

/// A scene in the folder of the project.
pub(crate) fn ledger(name: &'static str) -> Scene {
    static BUILT: OnceLock<Scene> = OnceLock::new();
    let built = BUILT.get_or_init(|| {
        let mut scene = Scene::new("project");
        scene.run("new driver ledger --vcs none");
        scene.enter("ledger").run("new program payment --vcs none");
        scene.edit(
            "Cargo.toml",
            "[profile.dev]\ndebug = \"line-tables-only\"\n",
            SMALL,
        );
        build(&scene);
        scene
    });
    let scene = Scene::new(name);
    copy(&built.path(), &scene.path());
    scene
}

/// Builds the components of the folder.
pub(crate) fn build(scene: &Scene) {
    let built = scene.command("build").output().unwrap();
    assert!(
        built.status.success(),
        "{}",
        String::from_utf8_lossy(&built.stderr)
    );
}

/// Two accounts, bound, and money in alice's; nothing of it is in the transcript.
pub(crate) fn accounts(name: &'static str) -> Scene {
    let scene = ledger(name);
    for owner in ["alice", "bob"] {
        succeed(
            &scene,
            &format!("bind /accounts/{owner}/usd --driver ledger --account {DOLLARS} --owner {owner}"),
        );
    }
    succeed(
        &scene,
        "control /accounts/alice/usd mint --input '{\"amount\":\"100.00\"}'",
    );
    scene
}

/// What a command that must succeed writes to stdout.
pub(crate) fn succeed(scene: &Scene, line: &str) -> String {
    let output = scene.command(line).output().unwrap();
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(0), "{line}: {stderr}");
    as_published(line, &output.stdout);
    String::from_utf8(output.stdout).unwrap()
}

fn copy(from: &Path, to: &Path) {
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap().path();
        let copied = to.join(entry.file_name().unwrap());
        // What the compiler made is not needed, only the components.
        if entry.is_dir() && !entry.ends_with("wasm32-wasip2") {
            fs::create_dir(&copied).unwrap();
            copy(&entry, &copied);
        } else if entry.is_file() {
            fs::copy(&entry, &copied).unwrap();
        }
    }
}
