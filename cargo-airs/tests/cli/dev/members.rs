//! Components that come and go while a loop serves, and a project that goes.

use std::fs;

use super::loops::Dev;
use super::project::{bound_in_memory, settings, unbound};
use crate::project::succeed;
use crate::scene::Scene;

/// A program that is no trouble to build.
const SPARE: &str =
    "#[airs::program]\nfn spare(_: ()) -> airs::Result<String> {\n    Ok(\"here\".to_owned())\n}\n";

#[test]
fn components_come_and_go_while_others_serve() {
    let mut scene = unbound("members");
    let mut dev = Dev::start(&scene, "--state memory");
    bound_in_memory(&scene, &mut dev, "members");
    let quiet = scene.path().join("tally/src/lib.rs");
    // As the tool makes it: one build, and the others serve on.
    succeed(&scene, "new program members-extra --vcs none");
    let turn = dev.turn();
    assert_eq!(
        (turn.outcome(), turn.components()),
        ("served", vec!["members-extra"])
    );
    dev.is_quiet(&quiet);
    assert_eq!(succeed(&scene, "run members-bump"), "\"41 one note 7 words\"\n");
    // Out of service, its files as they are.
    let (manifest, with) = (scene.read("Cargo.toml"), scene.read("airs.toml"));
    scene.write("airs.toml", settings("members"));
    let turn = dev.turn();
    assert_eq!(turn.removed(), ["members-extra"]);
    assert!(turn.components().is_empty(), "{turn:?}");
    dev.is_quiet(&quiet);
    let gone = scene.command("run members-extra").output().unwrap();
    assert_eq!(gone.status.code(), Some(2));
    // And back, without a change of its code.
    scene.write("airs.toml", with);
    assert_eq!(dev.turn().components(), ["members-extra"]);
    // All of it goes at once.
    let members = manifest.replace(", \"members-extra\"", "");
    assert_ne!(members, manifest);
    dev.while_stopped(|| {
        scene
            .write("Cargo.toml", &members)
            .write("airs.toml", settings("members"));
        fs::remove_dir_all(scene.path().join("members-extra")).unwrap();
    });
    assert_eq!(dev.turn().removed(), ["members-extra"]);
    dev.is_quiet(&quiet);
    by_hand(&mut scene, &mut dev, &members);
    assert_eq!(succeed(&scene, "run members-bump"), "\"82 one note 7 words\"\n");
    renamed(&mut scene, &mut dev);
}

/// File by file, each of which is missed until it is there.
fn by_hand(scene: &mut Scene, dev: &mut Dev, members: &str) {
    let entry = "\n[components.members-spare]\npath = \"more/spare\"\n";
    scene.write("airs.toml", format!("{}{entry}", settings("members")));
    assert_eq!(dev.failure(), "invalid-config");
    scene.write(
        "Cargo.toml",
        members.replace("\"bump\"", "\"bump\", \"more/spare\""),
    );
    assert_eq!(dev.failure(), "invalid-config");
    let manifest = scene
        .read("bump/Cargo.toml")
        .replace("members-bump", "members-spare");
    scene.write("more/spare/Cargo.toml", manifest);
    assert_eq!(dev.failure(), "invalid-config");
    scene.write("more/spare/src/lib.rs", SPARE);
    assert_eq!(dev.turn().components(), ["members-spare"]);
    // What it includes from another folder is missed there.
    scene.write(
        "more/spare/src/lib.rs",
        SPARE.replace("\"here\"", "include_str!(\"../../said.txt\")"),
    );
    assert_eq!(dev.failure(), "build-failed");
    scene.write("more/said.txt", "there");
    assert_eq!(dev.turn().components(), ["members-spare"]);
    assert_eq!(succeed(scene, "run members-spare"), "\"there\"\n");
    dev.is_quiet(&scene.path().join("tally/src/lib.rs"));
}

/// What serves would serve on from a folder that nobody finds.
fn renamed(scene: &mut Scene, dev: &mut Dev) {
    let (here, there) = (scene.path(), scene.path().with_file_name("renamed"));
    fs::rename(&here, &there).unwrap();
    let error = dev.until("error");
    assert_eq!(error["code"], "unavailable");
    let message = error["message"].as_str().unwrap();
    assert!(
        message.contains("project/.airs was moved or removed"),
        "{message}"
    );
    assert_eq!(dev.ends(), Some(3));
    scene.enter("renamed");
    let mut dev = Dev::start(scene, "");
    assert_eq!(dev.turn().components().len(), 3);
}
