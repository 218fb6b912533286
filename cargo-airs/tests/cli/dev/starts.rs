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

#[cfg(unix)]
#[test]
fn a_build_ends_with_its_loop_however_that_ends_and_with_a_change() {
    use std::io::Read as _;

    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let mut scene = Scene::new("endless");
    let manifest = "[package]\nname = \"endless-dev\"\nedition = \"2024\"\n[lib]\ncrate-type = [\"cdylib\"]\n\
                    [package.metadata.airs]\nkind = \"program\"\n[workspace]\n";
    scene
        .write("Cargo.toml", manifest)
        .write(
            "airs.toml",
            "version = 1\n[components.endless-dev]\npath = \".\"\n",
        )
        .write("src/lib.rs", "")
        .write("build.rs", crate::interrupt::ENDLESS)
        .set("PORT", port.local_addr().unwrap().to_string());
    let mut dev = Dev::start(&scene, "");
    let (mut first, _) = port.accept().unwrap();
    scene.write("src/lib.rs", "// A change.");
    dev.until("dev-cancelled");
    let (mut second, _) = port.accept().unwrap();
    // The build script, which Cargo had started, is gone: its end of the connection is closed.
    assert_eq!(first.read(&mut [0]).unwrap_or(0), 0);
    dev.kill();
    assert_eq!(second.read(&mut [0]).unwrap_or(0), 0);
}
