//! The profile of the development loop, which its benchmark builds with plain Cargo.

use std::collections::BTreeSet;

use crate::tree;

/// The settings that stand between these two, a line each, whichever way they are quoted.
fn settings(file: &str, begin: &str, end: &str) -> BTreeSet<String> {
    let text = tree::read(file);
    let (_, after) = text.split_once(begin).unwrap();
    let (within, _) = after.split_once(end).unwrap();
    let plain = |line: &str| line.replace(['\\', '"', ',', ' '], "");
    within
        .lines()
        .map(plain)
        .filter(|line| !line.is_empty())
        .collect()
}

#[test]
fn the_benchmark_builds_in_the_profile_of_the_loop() {
    let tool = settings(
        "cargo-airs/src/cargo/profile.rs",
        "DEV_SETTINGS: &[&str] = &[",
        "];",
    );
    let benchmark = settings("benches/table/dev/project.rs", "[profile.airs-dev]", "\n\";");
    assert!(tool.contains("inherits=dev") && tool.len() > 3, "{tool:?}");
    assert_eq!(benchmark, tool);
}
