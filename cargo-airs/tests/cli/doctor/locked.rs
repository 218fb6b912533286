//! The same of lock files, and of versions in them.

use std::fs;

use super::{check, examined, is_found, made};

#[test]
fn a_lock_file_that_is_missing_or_out_of_date_is_found_and_written() {
    let mut scene = made("doctor_lock");
    let lock = scene.path().join("Cargo.lock");
    let before = fs::read_to_string(&lock).unwrap();
    fs::remove_file(&lock).unwrap();
    is_found(&scene, "lock-file", "warning", true);
    scene.write("Cargo.lock", &before);
    scene.edit(
        "Cargo.toml",
        "serde = { version = \"1\", features = [\"derive\"] }\n",
        "",
    );
    is_found(&scene, "lock-file", "warning", true);
}

#[test]
fn a_lock_file_with_both_sides_of_a_merge_is_found() {
    let mut scene = made("doctor_merge");
    let text = scene.read("Cargo.lock");
    scene.write(
        "Cargo.lock",
        format!("<<<<<<< ours\n{text}=======\n>>>>>>> theirs\n"),
    );
    is_found(&scene, "lock-file", "fault", false);
}

#[test]
fn a_version_that_is_known_to_be_bad_is_found() {
    let mut scene = made("doctor_floors");
    let text = scene.read("Cargo.lock");
    let bad = "\n[[package]]\nname = \"ring\"\nversion = \"0.17.5\"\n";
    scene.write("Cargo.lock", text.clone() + bad);
    let (checks, exit) = examined(&scene, "");
    assert_eq!(exit, Some(1));
    let found = check(&checks, "dependency-floors");
    assert_eq!(found["verdict"], "fault");
    assert!(
        found["found"].as_str().unwrap().contains("RUSTSEC-2025-0009"),
        "{found}"
    );
}

#[test]
fn an_sdk_of_another_version_is_found() {
    let mut scene = made("doctor_sdk");
    scene.edit(
        "Cargo.lock",
        "name = \"airs-sdk\"\nversion = \"0.1.0\"",
        "name = \"airs-sdk\"\nversion = \"0.9.0\"",
    );
    let (checks, _) = examined(&scene, "");
    assert_eq!(check(&checks, "sdk-version")["verdict"], "warning");
}
