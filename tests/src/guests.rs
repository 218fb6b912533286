//! The guests of `tests/guests`, built once.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use airs_package::{Manifest, stamp};
use airs_runtime::Component;

/// Tells a process that a test starts where the guests are, so that it does not build them again.
pub const BUILT_GUESTS: &str = "AIRS_TESTS_GUESTS";

/// Builds the guests, once for each test binary, and says where they are.
pub fn built_guests() -> &'static Path {
    static FOLDER: OnceLock<PathBuf> = OnceLock::new();
    FOLDER.get_or_init(|| match std::env::var_os(BUILT_GUESTS) {
        Some(folder) => folder.into(),
        None => build_guests(&sources().join("Cargo.toml"), &[]),
    })
}

/// Builds packages of a workspace of guests, all unless some are named, and says where they are.
pub fn build_guests(manifest: &Path, packages: &[&str]) -> PathBuf {
    let target = target_folder().join("guests");
    let status = Command::new(env!("CARGO"))
        .args([
            "build",
            "--quiet",
            "--locked",
            "--target",
            "wasm32-wasip2",
            "--manifest-path",
        ])
        .arg(manifest)
        .args(packages.iter().flat_map(|package| ["--package", package]))
        .env("CARGO_TARGET_DIR", &target)
        // Not those of the build that this test was made by.
        .env_remove("CARGO_ENCODED_RUSTFLAGS")
        .status()
        .expect("cargo starts");
    assert!(status.success(), "the guests do not build");
    target.join("wasm32-wasip2/debug")
}

fn sources() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("guests")
}

/// The target folder of this test's own build.
pub fn target_folder() -> PathBuf {
    let binary = std::env::current_exe().expect("a running program has a path");
    let folder = binary.ancestors().nth(3).expect("target/<profile>/deps/<binary>");
    folder.to_owned()
}

/// The bytes of a guest as the compiler leaves them: without a manifest.
pub fn raw(name: &str) -> Vec<u8> {
    bytes(built_guests(), name)
}

fn bytes(built: &Path, name: &str) -> Vec<u8> {
    std::fs::read(built.join(format!("{}.wasm", name.replace('-', "_")))).expect("the guest was built")
}

/// A guest with the manifest of its `Cargo.toml`.
pub fn component(name: &str) -> Component {
    component_with(name, |_| ())
}

/// A guest with its manifest changed, for example to give it another name.
pub fn component_with(name: &str, change: impl FnOnce(&mut Manifest)) -> Component {
    let mut manifest = manifest(&sources(), name);
    change(&mut manifest);
    stamped(&raw(name), &manifest)
}

/// A guest of an example, with the manifest of its `Cargo.toml`.
pub fn of_example(example: &str, name: &str) -> Component {
    let workspace = sources().join("../../examples").join(example).join("guests");
    // No other of that workspace: one may be called as one of the tests is, and would take its place.
    let built = build_guests(&workspace.join("Cargo.toml"), &[name]);
    stamped(&bytes(&built, name), &manifest(&workspace, name))
}

fn manifest(workspace: &Path, name: &str) -> Manifest {
    let path = workspace.join(name).join("Cargo.toml");
    let text = std::fs::read_to_string(&path).expect("the guest has a Cargo.toml");
    let version = "0.1.0".parse().expect("a version");
    let manifest = Manifest::from_cargo_toml_inheriting(&path, &text, &version).expect("it is well-formed");
    manifest.expect("the guest is a component of airs")
}

/// A component of these bytes and this manifest.
pub fn stamped(bytes: &[u8], manifest: &Manifest) -> Component {
    let stamped = stamp(bytes, manifest).expect("it is a component");
    Component::read(stamped).expect("a stamped component is one")
}
