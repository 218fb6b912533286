//! Beginning and ending.

use std::process::Output;

use super::loops::Dev;
use super::project::tally;
use crate::scene::Scene;

fn second(scene: &Scene) -> Output {
    scene.command("dev").output().unwrap()
}

#[test]
fn there_is_one_loop_and_after_its_sudden_end_the_next_goes_on() {
    let scene = tally("starts");
    let mut dev = Dev::start(&scene, "--run starts-bump");
    assert_eq!(dev.answer().1, "41 one note 7 words");
    let refused = second(&scene);
    let said = String::from_utf8(refused.stderr).unwrap();
    assert_eq!(refused.status.code(), Some(2), "{said}");
    assert!(said.contains(&format!("as process {}", dev.id())), "{said}");
    dev.kill();
    // What was committed is there, and nothing is in the way.
    let mut dev = Dev::start(&scene, "--run starts-bump --poll");
    assert_eq!(dev.until("dev-started")["watching"], "poll");
    assert_eq!(dev.answer().1, "82 one note 7 words");
    let lib = scene.read("tally/src/lib.rs").replace("u32 = 41;", "u32 = 1;");
    std::fs::write(scene.path().join("tally/src/lib.rs"), lib).unwrap();
    assert_eq!(dev.answer().1, "83 one note 7 words");
    dev.kill();
    let mut dev = Dev::start(&scene, "-p starts-tally --fresh");
    assert_eq!(dev.turn().components(), ["starts-tally"]);
    assert!(scene.path().join(".airs/state/local.sqlite").exists());
    assert_eq!(crate::project::succeed(&scene, "bindings"), "nothing is bound\n");
}
