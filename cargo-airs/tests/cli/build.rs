//! `cargo airs build`.

use std::fs;

use crate::scene::Scene;

/// A crate without dependencies that says of itself that it is a driver.
fn plain(scene: &mut Scene) {
    scene.build_alone();
    let manifest = "[package]\nname = \"plain\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n[lib]\n\
                    crate-type = [\"cdylib\"]\n\n[package.metadata.airs]\nkind = \"driver\"\n\n[workspace]\n";
    scene
        .write("Cargo.toml", manifest)
        .write("src/lib.rs", "#[unsafe(no_mangle)]\npub extern \"C\" fn f() {}\n");
}

#[test]
fn what_is_no_component_is_named() {
    let mut scene = Scene::new("build_no_component");
    scene.run("build");
    plain(&mut scene);
    scene.run("build");
    scene.run("build -p plian");
    scene
        .edit("Cargo.toml", "[\"cdylib\"]", "[\"rlib\"]")
        .run("build");
    scene
        .edit("Cargo.toml", "kind = \"driver\"", "kind = \"drvier\"")
        .run("build");
    scene
        .edit("Cargo.toml", "kind = \"drvier\"", "kinds = \"driver\"")
        .run("build");
    scene
        .edit("Cargo.toml", "[package.metadata.airs]\nkinds = \"driver\"\n", "")
        .run("build");
    scene.run("build -p plain");
    scene.run("build -p plain --message-format json");
    scene.check();
    assert!(!scene.path().join("target/airs").exists());
}

#[test]
fn a_limit_that_only_a_program_sets_is_named_in_a_driver() {
    let mut scene = Scene::new("build_limits");
    plain(&mut scene);
    scene.edit(
        "Cargo.toml",
        "kind = \"driver\"\n",
        "kind = \"driver\"\nlimits = { deadline_ms = 100, descriptors = 8, memory_bytes = 1048576 }\n",
    );
    scene.run("build");
    scene.run("build --message-format json");
    scene
        .edit("Cargo.toml", "kind = \"driver\"", "kind = \"program\"")
        .run("build");
    scene.check();
}

#[test]
fn a_malformed_project_is_named() {
    let mut scene = Scene::new("build_bad_project");
    plain(&mut scene);
    for text in [
        "version = 1\n[componets.plain]\npath = \".\"\n",
        "version = 1\n[components.plain]\npath = \"gone\"\n",
        "version = 1\n[components.other]\npath = \".\"\n",
        "version = 1\n",
        "version = \n",
    ] {
        assert_eq!(
            scene.write("airs.toml", text).run("build").status.code(),
            Some(2),
            "{text}"
        );
    }
    scene.write("airs.toml", "version = 1\n").run("build -p plain");
    scene.check();
}

#[test]
fn an_error_of_the_compiler_is_the_compilers_own() {
    let mut scene = Scene::new("build_compile_error");
    plain(&mut scene);
    scene.write("src/lib.rs", "pub fn f() -> u8 {\n    nothing\n}\n");
    assert_eq!(scene.run("build").status.code(), Some(101));
    assert_eq!(
        scene.run("build --locked --message-format json").status.code(),
        Some(101)
    );
    scene.check();
    assert!(!scene.path().join("target/airs").exists());
}

#[cfg(unix)]
#[test]
fn a_missing_target_is_installed_when_a_person_agrees() {
    use std::os::unix::fs::PermissionsExt as _;
    let mut scene = Scene::new("build_no_target");
    plain(&mut scene);
    // Until rustup has been asked, the compiler has no standard library for the target.
    scene.write(
        "bin/rustc",
        "#!/bin/sh\n[ -e $HOME/asked ] || { echo /nowhere; exit; }\nPATH=$REAL exec rustc \"$@\"\n",
    );
    scene.write("bin/rustup", "#!/bin/sh\necho \"$@\" > $HOME/asked\n");
    for tool in ["bin/rustc", "bin/rustup"] {
        fs::set_permissions(scene.path().join(tool), fs::Permissions::from_mode(0o755)).unwrap();
    }
    let (bin, path) = (scene.path().join("bin"), std::env::var("PATH").unwrap());
    let home = std::env::var("RUSTUP_HOME")
        .unwrap_or_else(|_| format!("{}/.rustup", std::env::var("HOME").unwrap()));
    let cargo_home =
        std::env::var("CARGO_HOME").unwrap_or_else(|_| format!("{}/.cargo", std::env::var("HOME").unwrap()));
    scene
        .set("REAL", path.clone())
        .set("PATH", format!("{}:{path}", bin.display()));
    scene.set("RUSTUP_HOME", home).set("CARGO_HOME", cargo_home);
    scene.set("HOME", scene.path().display().to_string());
    assert_eq!(scene.run("build").status.code(), Some(101));
    assert!(!scene.path().join("target/airs").exists());
    scene.run("build --yes");
    scene.show("asked");
    fs::remove_file(scene.path().join("asked")).unwrap();
    // What was compiled for the target would show that it is there.
    fs::remove_dir_all(scene.path().join("target")).unwrap();
    scene.run("build --yes --message-format json");
    scene.check();
}

/// The whole way, in an order: what is built first makes what comes later quick.
#[test]
fn a_driver_is_built_checked_and_inspected() {
    let mut scene = Scene::new("build_driver");
    scene.run("new driver built-driver --vcs none");
    scene.enter("built-driver");
    let file = scene.path().join("target/airs/debug/built-driver.wasm");
    assert_eq!(scene.run("build --locked").status.code(), Some(0));
    let written = fs::metadata(&file).unwrap().modified().unwrap();
    assert_eq!(scene.run("build").status.code(), Some(0));
    assert_eq!(fs::metadata(&file).unwrap().modified().unwrap(), written);
    scene.run("build -p built-driver --message-format json -q");
    scene.run("inspect built-driver");

    scene.edit("Cargo.toml", "capabilities = { storage = true }\n", "");
    assert_eq!(scene.run("build").status.code(), Some(101));
    scene.edit("Cargo.toml", "kind = \"driver\"", "kind = \"program\"");
    assert_eq!(scene.run("build").status.code(), Some(101));
    assert_eq!(fs::metadata(&file).unwrap().modified().unwrap(), written);

    // The linker leaves a core module, and a component is made of it.
    scene.edit(
        "Cargo.toml",
        "kind = \"program\"",
        "kind = \"driver\"\ncapabilities = { storage = true }",
    );
    scene.write(
        "build.rs",
        "fn main() { println!(\"cargo::rustc-link-arg=--skip-wit-component\"); }\n",
    );
    assert_eq!(scene.run("build").status.code(), Some(0));
    assert_eq!(
        scene
            .command("inspect built-driver")
            .output()
            .unwrap()
            .status
            .code(),
        Some(0)
    );
    scene.check();
}
