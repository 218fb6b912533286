//! What is done before a build has ended.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use super::loops::Dev;
use super::project::{bound, unbound};
use crate::scene::Scene;

/// Links. While there is a file `held` it then waits until more is kept of compiled code than there was.
const LINKER: &str = r#"#!/bin/sh
wasm-component-ld "$@" || exit 1
here=$(dirname "$0")
kept() { ls "$here/cache/code" | grep -c cwasm; }
before=$(cat "$here/held") || exit 0
until [ "$(kept)" -gt "$before" ]; do sleep 0.01; done
"#;

fn kept(scene: &Scene) -> usize {
    let files = fs::read_dir(scene.path().join("cache/code")).unwrap();
    let names = files.map(|file| file.unwrap().file_name().into_string().unwrap());
    names.filter(|name| name.ends_with(".cwasm")).count()
}

#[test]
fn what_is_linked_is_compiled_before_the_build_has_ended() {
    let mut scene = unbound("early");
    let (linker, cache) = (scene.path().join("link.sh"), scene.path().join("cache"));
    scene
        .write("link.sh", LINKER)
        .set("AIRS_CACHE_DIR", cache.to_string_lossy())
        .set("CARGO_TARGET_WASM32_WASIP2_LINKER", linker.to_string_lossy());
    fs::set_permissions(&linker, fs::Permissions::from_mode(0o755)).unwrap();
    let mut dev = Dev::start(&scene, "--state memory --run early-bump");
    assert_eq!(dev.turn().outcome(), "served");
    bound(&scene, "early");

    scene.write("held", kept(&scene).to_string());
    scene.write("tally/src/word.rs", "pub(crate) const WORD: &str = \"two\";\n");
    let (turn, answer) = dev.answer();
    assert_eq!(turn.components(), ["early-tally"]);
    assert_eq!(answer, "41 two note 7 words");
}
