//! Broken edits between good ones: the last good version answers all along.

use serde_json::json;

use super::super::loops::Dev;
use super::super::project::bound_in_memory;
use super::super::verdict::{Verdict, ensure, holds, size};
use super::traffic::{Traffic, versioned};
use crate::scene::Scene;

const MIGRATE: &str = "    type Asset";

/// A file, what is replaced in it, by what, and the code of what comes of it.
const KINDS: [(&str, &str, &str, &str); 10] = [
    ("airs.toml", "[grants", "[grant", "invalid-config"),
    (
        "airs.toml",
        "storage = true",
        "storage = false",
        "ungranted-capability",
    ),
    (
        "tally/src/lib.rs",
        "struct Tally;",
        "struct Tally",
        "build-failed",
    ),
    ("tally/src/lib.rs", "u32 = 1;", "u32 = \"1\";", "build-failed"),
    (
        "tally/src/lib.rs",
        "mod word;",
        "mod word; mod missing;",
        "build-failed",
    ),
    (
        "bump/src/lib.rs",
        "../../version.txt",
        "../../no.txt",
        "build-failed",
    ),
    (
        "tally/src/lib.rs",
        MIGRATE,
        "    fn migrate(_from: u32) -> Result<u32> { Err(Error::rejected(\"not today\")) }\n    type Asset",
        "rejected",
    ),
    (
        "tally/src/lib.rs",
        MIGRATE,
        "    fn migrate(_from: u32) -> Result<u32> { panic!(\"at once\") }\n    type Asset",
        "trap",
    ),
    (
        "tally/Cargo.toml",
        "storage = true",
        "storage = false",
        "undeclared-capability",
    ),
    (
        "bump/Cargo.toml",
        "kind = \"program\"",
        "kind = \"driver\"",
        "wrong-world",
    ),
];

fn between_good_ones(edits: usize) -> Verdict {
    let mut scene = versioned("mistakes");
    let mut dev = Dev::start(&scene, "--state memory");
    bound_in_memory(&scene, &mut dev, "mistakes");
    let seen = Scene::of(scene.path());
    let traffic = Traffic::default();
    traffic.during(&seen, "mistakes-bump", || {
        traffic.await_calls(8)?;
        for edit in 0..edits {
            let (file, from, to, code) = KINDS[edit % KINDS.len()];
            let good = scene.read(file);
            scene.edit(file, from, to);
            let told = dev.failure();
            ensure!(told == code, "{file}, {to:?}: {told}");
            let versions = traffic.versions().len();
            traffic.await_calls(8)?;
            ensure!(
                traffic.versions().len() == versions,
                "{file}, {to:?}: another version has answered"
            );
            dev.while_stopped(|| {
                scene
                    .write(file, good)
                    .write("version.txt", format!("v{}", edit + 1));
            });
            let turn = dev.turn();
            ensure!(turn.outcome() == "served", "after {file}, {to:?}: {turn:?}");
            traffic.await_calls(8)?;
        }
        Ok(())
    })?;
    let expected: Vec<String> = (0..=edits).map(|edit| format!("v{edit}")).collect();
    ensure!(traffic.versions() == expected, "{:?}", traffic.versions());
    let mut found = traffic.found()?;
    found["kinds"] = json!(KINDS.len());
    Ok(found)
}

#[test]
fn the_last_good_version_serves_through_broken_edits() {
    holds(
        "broken edits between good ones",
        size(KINDS.len(), 200),
        between_good_ones,
    );
}
