//! The components that are measured, built once by the tool itself.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;

/// The target folder of this benchmark's own build.
pub(crate) fn target_folder() -> PathBuf {
    let binary = std::env::current_exe().expect("a running program has a path");
    binary
        .ancestors()
        .nth(3)
        .expect("target/<profile>/deps/<binary>")
        .to_owned()
}

pub(crate) fn checkout() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("the benches lie in the checkout")
}

/// Runs a command to its end, silently.
pub(crate) fn must(command: &mut Command) {
    let output = command.stdin(Stdio::null()).output().expect("the command starts");
    let text = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?} failed: {text}");
}

/// The tool, built as it is installed.
pub(crate) fn tool() -> &'static Path {
    static TOOL: OnceLock<PathBuf> = OnceLock::new();
    TOOL.get_or_init(|| {
        must(Command::new(env!("CARGO")).current_dir(checkout()).args([
            "build",
            "--release",
            "--locked",
            "-p",
            "cargo-airs",
        ]));
        let tool = format!("cargo-airs{}", std::env::consts::EXE_SUFFIX);
        target_folder().join("release").join(tool)
    })
}

/// The bytes of a guest of `tests/guests`, in its release profile, as `cargo airs build` leaves it.
pub(crate) fn bytes(name: &str) -> Vec<u8> {
    static FOLDER: OnceLock<PathBuf> = OnceLock::new();
    let folder = FOLDER.get_or_init(|| {
        let target = target_folder().join("bench-guests");
        let manifest = checkout().join("tests/guests/Cargo.toml");
        let mut build = Command::new(tool());
        build.args([
            "airs",
            "build",
            "--release",
            "--locked",
            "-p",
            "ledger",
            "-p",
            "payment",
            "-p",
            "looker",
            "-p",
            "echo",
            "-p",
            "talker",
        ]);
        must(
            build
                .arg("--manifest-path")
                .arg(manifest)
                .env("CARGO_TARGET_DIR", &target),
        );
        target.join("airs/release")
    });
    std::fs::read(folder.join(format!("{name}.wasm"))).expect("the guest was built")
}
