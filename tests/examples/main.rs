//! The examples, built and run as a reader would.

#![expect(
    clippy::expect_used,
    clippy::unwrap_used,
    reason = "what is not as it should be ends the test"
)]

mod database;
mod embed;

use std::path::{Path, PathBuf};

/// The checkout that is tested.
fn checkout() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("the tests are in a folder of the checkout")
}

/// A program of the workspace, built. Naming a test, this one, lets Cargo choose the features that tests have: with
/// others it would compile wasmtime once more.
fn program(package: &str) -> PathBuf {
    let status = std::process::Command::new(env!("CARGO"))
        .args(["build", "--quiet", "--offline", "--workspace", "--bin", package])
        .args(["--test", "examples"])
        .current_dir(checkout())
        .env("CARGO_TARGET_DIR", airs_tests::target_folder())
        .status()
        .unwrap();
    assert!(status.success(), "{package} does not build");
    let file = format!("{package}{}", std::env::consts::EXE_SUFFIX);
    airs_tests::target_folder().join("debug").join(file)
}
