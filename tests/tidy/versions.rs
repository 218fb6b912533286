//! Versions of dependencies stand in one place.

use toml::{Table, Value};

use crate::tree;

const DEPENDENCIES: [&str; 3] = ["dependencies", "dev-dependencies", "build-dependencies"];

fn table(path: &str) -> Table {
    tree::read(path)
        .parse()
        .unwrap_or_else(|error| panic!("{path}: {error}"))
}

fn members() -> Vec<String> {
    let root = table("Cargo.toml");
    let members = root["workspace"]["members"].as_array().unwrap();
    members
        .iter()
        .map(|member| member.as_str().unwrap().to_owned())
        .collect()
}

/// The tables of dependencies of a manifest, those for some targets too.
fn sections(manifest: &Table) -> Vec<&Table> {
    let targets = manifest.get("target").and_then(Value::as_table);
    let targets = targets
        .into_iter()
        .flat_map(|all| all.values().filter_map(Value::as_table));
    std::iter::once(manifest)
        .chain(targets)
        .flat_map(|place| {
            DEPENDENCIES
                .iter()
                .filter_map(|name| place.get(*name)?.as_table())
        })
        .collect()
}

#[test]
fn a_member_takes_every_dependency_from_the_workspace() {
    let mut offences = Vec::new();
    for member in members() {
        let manifest = table(&format!("{member}/Cargo.toml"));
        for (name, dependency) in sections(&manifest).into_iter().flatten() {
            let inherited = dependency.get("workspace").and_then(Value::as_bool) == Some(true);
            if !inherited {
                offences.push(format!("{member} pins {name} itself"));
            }
        }
    }
    tree::expect_none("dependencies with a version of a member's own", &offences);
}

#[test]
fn a_member_takes_edition_lints_and_license_from_the_workspace() {
    let mut offences = Vec::new();
    for member in members() {
        let manifest = table(&format!("{member}/Cargo.toml"));
        let inherits = |value: Option<&Value>| {
            value
                .and_then(|value| value.get("workspace"))
                .and_then(Value::as_bool)
                == Some(true)
        };
        for key in ["version", "edition", "rust-version", "license", "repository"] {
            if !inherits(manifest["package"].get(key)) {
                offences.push(format!("{member} has a {key} of its own"));
            }
        }
        if !inherits(manifest.get("lints")) {
            offences.push(format!("{member} does not keep the lints of the workspace"));
        }
    }
    tree::expect_none("members that go their own way", &offences);
}

#[test]
fn the_workspace_says_which_version_it_wants_of_everything() {
    let root = table("Cargo.toml");
    let pinned = root["workspace"]["dependencies"].as_table().unwrap();
    let version = |value: &Value| value.is_str() || value.get("version").is_some_and(Value::is_str);
    let unversioned = pinned.iter().filter(|(_, value)| !version(value));
    let offences: Vec<String> = unversioned.map(|(name, _)| name.clone()).collect();
    tree::expect_none("dependencies of the workspace without a version", &offences);
}
