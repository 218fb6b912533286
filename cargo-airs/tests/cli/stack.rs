//! The linker is told of a small stack, and whatever flags a person has set stay in force.

use std::path::Path;

use crate::scene::Scene;

const SOURCE: &str = "\
#[cfg(not(mine))]
compile_error!(\"a flag was lost\");

#[unsafe(no_mangle)]
pub extern \"C\" fn exported() {}
";

/// Builds a crate that compiles only with `--cfg mine`, and answers with the stack that it was linked with.
fn stack_of(scene: &mut Scene) -> i32 {
    let manifest = "[package]\nname = \"plain\"\nedition = \"2024\"\n[lib]\ncrate-type = [\"cdylib\"]\n\
                    [package.metadata.airs]\nkind = \"program\"\n[workspace]\n";
    scene.build_alone();
    scene.write("Cargo.toml", manifest).write("src/lib.rs", SOURCE);
    let output = scene.command("build").output().unwrap();
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert!(
        stderr.contains("error[wrong-world]: plain: the component is no program"),
        "{stderr}"
    );
    assert_eq!(output.status.code(), Some(101));
    stack_pointer(&scene.path().join("target/wasm32-wasip2/debug/plain.wasm"))
}

/// The first global of a component's main module, which is where its stack begins.
fn stack_pointer(path: &Path) -> i32 {
    let bytes = std::fs::read(path).unwrap();
    for payload in wasmparser::Parser::new(0).parse_all(&bytes) {
        if let wasmparser::Payload::GlobalSection(globals) = payload.unwrap() {
            let global = globals.into_iter().next().unwrap().unwrap();
            if let wasmparser::Operator::I32Const { value } =
                global.init_expr.get_operators_reader().read().unwrap()
            {
                return value;
            }
        }
    }
    panic!("{} has no stack", path.display());
}

#[test]
fn flags_in_the_environment_are_kept() {
    for (name, flags) in [
        ("RUSTFLAGS", "--cfg mine"),
        ("CARGO_ENCODED_RUSTFLAGS", "--cfg\u{1f}mine"),
        ("CARGO_BUILD_RUSTFLAGS", "--cfg mine"),
    ] {
        let mut scene = Scene::new("stack");
        assert_eq!(stack_of(scene.set(name, flags)), 128 << 10, "{name}");
    }
}

#[test]
fn flags_in_the_configuration_are_kept() {
    for table in [
        "build",
        "target.wasm32-wasip2",
        "target.'cfg(target_family = \"wasm\")'",
    ] {
        let mut scene = Scene::new("stack");
        scene.write(
            ".cargo/config.toml",
            format!("[{table}]\nrustflags = [\"--cfg\", \"mine\"]\n"),
        );
        assert_eq!(stack_of(&mut scene), 128 << 10, "{table}");
    }
}

#[test]
fn without_other_flags_the_stack_is_small_too() {
    let mut scene = Scene::new("stack");
    scene.write("build.rs", "fn main() { println!(\"cargo::rustc-cfg=mine\"); }\n");
    assert_eq!(stack_of(&mut scene), 128 << 10);
}

#[test]
fn a_stack_size_that_a_person_has_set_stays() {
    let mut scene = Scene::new("stack");
    scene.set("RUSTFLAGS", "--cfg mine -C link-arg=-zstack-size=65536");
    assert_eq!(stack_of(&mut scene), 64 << 10);
}
