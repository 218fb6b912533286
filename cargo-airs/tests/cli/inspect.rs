//! `cargo airs inspect` of what is no component.

use crate::scene::Scene;

#[test]
fn a_file_that_is_no_component_is_refused() {
    let mut scene = Scene::new("inspect_bad_files");
    scene.write("empty.wasm", "").write("text.wasm", "(module)");
    scene
        .write("core.wasm", b"\0asm\x01\0\0\0")
        .write("cut.wasm", b"\0asm\x0d\0\x01\0\x01\x7f");
    let large = std::fs::File::create(scene.path().join("large.wasm")).unwrap();
    large.set_len(100 << 20).unwrap();
    for file in ["empty", "text", "core", "cut", "large", "missing"] {
        let output = scene.run(&format!("inspect {file}.wasm"));
        assert_eq!(output.status.code(), Some(2), "{file}");
    }
    scene.run("inspect core.wasm --message-format json");
    scene.check();
}

#[test]
fn a_component_that_is_not_there_is_not_found() {
    let mut scene = Scene::new("inspect_not_found");
    scene.run("inspect ledger");
    scene.run("new driver my-ledger --vcs none");
    scene.enter("my-ledger").run("inspect ledger");
    scene.run("inspect my-ledger");
    scene.run("inspect my-ledger --release");
    scene.check();
}
