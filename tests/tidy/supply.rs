//! What comes from elsewhere: no version that is known to be bad, no licence and no crate that `deny.toml` refuses.
//!
//! It needs no network, as the test command may have none; what is known of a crate only today needs one.

use std::collections::BTreeSet;
use std::path::Path;

use cargo_metadata::semver::Version;
use cargo_metadata::{CargoOpt, MetadataCommand, Package};
use spdx::{Expression, ParseMode};
use toml::{Table, Value};

use crate::tree::{self, Source};

/// Lock files that there are at least: of the workspace, of the guests of tests and examples, of the templates.
const LOCK_FILES_MIN: usize = 5;

fn table(path: &str) -> Table {
    tree::read(path)
        .parse()
        .unwrap_or_else(|error| panic!("{path}: {error}"))
}

fn strings<'a>(value: &'a Value, key: &str) -> impl Iterator<Item = &'a str> {
    let list = value.get(key).and_then(Value::as_array);
    list.unwrap().iter().map(|entry| entry.as_str().unwrap())
}

/// Name and version of every `[[package]]`. One lock file is a template: its lines are read, not parsed.
fn locked(text: &str) -> Vec<(String, Version)> {
    let value = |line: &str, key: &str| {
        let rest = line.strip_prefix(key)?.strip_prefix(" = \"")?;
        rest.strip_suffix('"').map(ToOwned::to_owned)
    };
    let lines: Vec<&str> = text.lines().collect();
    let packages = lines.windows(2).filter_map(|pair| {
        let (name, version) = (value(pair[0], "name")?, value(pair[1], "version")?);
        Some((name, version.parse().ok()?))
    });
    packages.collect()
}

/// The lock files of the tree: of the workspace, of guests, and of the templates.
fn lock_files() -> Vec<Source> {
    let files = tree::sources().into_iter();
    let files: Vec<_> = files.filter(Source::is_lock_file).collect();
    assert!(files.len() >= LOCK_FILES_MIN, "{} lock files", files.len());
    files
}

#[test]
fn no_lock_file_has_a_version_that_is_known_to_be_bad() {
    let floors = table("floors.toml");
    let floors = floors["floor"].as_array().unwrap();
    let mut offences = Vec::new();
    for Source { path, text } in lock_files() {
        let packages = locked(&text);
        assert!(packages.len() > 10, "{path} has {} packages", packages.len());
        for (name, version) in packages {
            let floor = floors.iter().find(|floor| floor["crate"].as_str() == Some(&name));
            let Some(floor) = floor else { continue };
            let least: Version = floor["version"].as_str().unwrap().parse().unwrap();
            if version < least {
                offences.push(format!(
                    "{path}: {name} {version}, not {least}: {}",
                    floor["reason"]
                ));
            }
        }
    }
    tree::expect_none("dependencies that are known to be bad", &offences);
}

/// What Cargo says of a workspace, by the folder that it is in.
fn packages(folder: &Path, more: &[&str]) -> Vec<Package> {
    let options = ["--locked", "--offline"].iter().chain(more);
    let metadata = MetadataCommand::new()
        .manifest_path(folder.join("Cargo.toml"))
        .features(CargoOpt::AllFeatures)
        .other_options(options.map(|option| (*option).to_owned()).collect::<Vec<_>>())
        .exec()
        .unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    metadata.packages
}

/// The packages of the workspace, and what those of guests have from elsewhere: as much as is there without a network once they
/// are built.
fn packages_of_all_workspaces() -> Vec<Package> {
    let mut all = packages(&tree::root(), &[]);
    for Source { path, .. } in lock_files() {
        let Some(folder) = path.strip_suffix("/Cargo.lock") else {
            continue;
        };
        let guests = packages(
            &tree::root().join(folder),
            &["--filter-platform", "wasm32-wasip2"],
        );
        all.extend(guests.into_iter().filter(|package| package.source.is_some()));
    }
    all
}

#[test]
fn every_dependency_has_a_licence_that_is_allowed() {
    let rules = table("deny.toml");
    let allowed: Vec<&str> = strings(&rules["licenses"], "allow").collect();
    let fits = |package: &Package| {
        let licence = package.license.as_deref()?;
        let expression = Expression::parse_mode(licence, ParseMode::LAX).ok()?;
        expression
            .evaluate(|wanted| allowed.contains(&wanted.to_string().as_str()))
            .then_some(())
    };
    let packages = packages_of_all_workspaces();
    let offences: Vec<String> = packages
        .iter()
        .filter(|package| fits(package).is_none())
        .map(|package| format!("{}: {:?}", package.name, package.license))
        .collect();
    tree::expect_none("licences that deny.toml does not allow", &offences);
    // The lock file of the templates is no workspace's: what is in it has to be known from the others.
    let known: BTreeSet<_> = packages
        .iter()
        .map(|package| (package.name.to_string(), package.version.clone()))
        .collect();
    let unknown = lock_files().into_iter().flat_map(|Source { path, text }| {
        let from_elsewhere = with_a_source(&text).into_iter();
        let unknown = from_elsewhere.filter(|package| !known.contains(package));
        unknown
            .map(|(name, version)| format!("{path}: {name} {version}"))
            .collect::<Vec<_>>()
    });
    tree::expect_none(
        "crates of which no licence is known",
        &unknown.collect::<Vec<_>>(),
    );
}

/// The packages of a lock file that are not ours.
fn with_a_source(lock_file: &str) -> Vec<(String, Version)> {
    let packages = lock_file.split("\n[[package]]\n");
    let theirs = packages.filter(|package| package.contains("\nsource = "));
    let theirs: Vec<_> = theirs.flat_map(locked).collect();
    assert!(theirs.len() > 5, "{theirs:?}");
    theirs
}

#[test]
fn no_lock_file_has_a_crate_that_is_banned_or_from_a_place_that_can_change() {
    let rules = table("deny.toml");
    let banned = rules["bans"]["deny"].as_array().unwrap();
    let is_banned = |crate_: &str| banned.iter().any(|ban| ban["name"].as_str() == Some(crate_));
    let mut offences = Vec::new();
    // What is not ours is from one registry, whatever lock file it is in.
    let mut registry: Option<String> = None;
    for Source { path, text } in lock_files() {
        let names = locked(&text).into_iter().map(|(name, _)| name);
        offences.extend(
            names
                .filter(|name| is_banned(name))
                .map(|name| format!("{path}: {name} is banned")),
        );
        for source in text.lines().filter_map(|line| line.strip_prefix("source = \"")) {
            let first = registry.get_or_insert_with(|| source.to_owned());
            if source != first || !source.starts_with("registry+") {
                offences.push(format!("{path}: something is from {source}"));
            }
        }
    }
    assert!(registry.is_some(), "nothing is from anywhere");
    tree::expect_none("dependencies that deny.toml refuses", &offences);
}
