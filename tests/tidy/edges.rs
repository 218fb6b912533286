//! Which crate may use which: the architecture, as Cargo sees it.

use std::collections::{BTreeMap, BTreeSet};

use cargo_metadata::{Metadata, MetadataCommand, Package};

use crate::tree;

/// Which of our crates each may use: the table of the architecture. Process → driver → platform: a program reaches a
/// platform service through a driver only.
fn edges() -> BTreeMap<String, BTreeSet<String>> {
    const ROW: &str = "| `";
    let page = tree::read("docs/architecture.md");
    let (_, table) = page.split_once("| crate | folder | may import |").unwrap();
    let rows = table.lines().skip(2).take_while(|line| line.starts_with(ROW));
    let row = |line: &str| {
        let cells: Vec<&str> = line.split('|').map(str::trim).collect();
        let may = cells[3].split(", ").filter(|name| *name != "nothing");
        (
            cells[1].trim_matches('`').to_owned(),
            may.map(|name| format!("airs-{name}")).collect(),
        )
    };
    let edges: BTreeMap<_, _> = rows.map(row).collect();
    assert!(edges.len() > 15, "the table has {} rows", edges.len());
    edges
}

/// They look at everything.
const WATCHERS: [&str; 2] = ["airs-tests", "airs-benches"];

/// Libraries that few crates may name, so that changing one stays small.
const NAMED_IN: [(&str, &[&str]); 5] = [
    ("wasmtime", &["airs-engine", "airs-benches"]),
    ("clap", &["cargo-airs"]),
    (
        "rusqlite",
        &["airs-platform", "airs-benches", "airs-tests", "example-database"],
    ),
    ("hyper", &["airs-platform"]),
    ("rustls", &["airs-platform"]),
];

fn metadata() -> Metadata {
    MetadataCommand::new()
        .manifest_path(tree::root().join("Cargo.toml"))
        .no_deps()
        .other_options(["--offline".to_owned()])
        .exec()
        .unwrap()
}

fn dependencies(package: &Package) -> BTreeSet<&str> {
    package
        .dependencies
        .iter()
        .map(|dependency| dependency.name.as_str())
        .collect()
}

#[test]
fn each_crate_uses_only_what_its_layer_may() {
    let allowed = edges();
    let metadata = metadata();
    let ours: BTreeSet<&str> = metadata
        .packages
        .iter()
        .map(|package| package.name.as_str())
        .collect();
    let mut offences = Vec::new();
    for package in &metadata.packages {
        let name = package.name.as_str();
        if WATCHERS.contains(&name) {
            continue;
        }
        let Some(may) = allowed.get(name) else {
            offences.push(format!("{name} has no place in the layers"));
            continue;
        };
        let used = dependencies(package)
            .into_iter()
            .filter(|used| ours.contains(used));
        offences.extend(
            used.filter(|used| !may.contains(*used))
                .map(|used| format!("{name} uses {used}")),
        );
    }
    for name in allowed.keys().filter(|name| !ours.contains(name.as_str())) {
        offences.push(format!("{name} is gone"));
    }
    tree::expect_none("edges that the layers do not allow", &offences);
}

#[test]
fn a_library_that_few_may_name_is_named_there_only() {
    let mut offences = Vec::new();
    for package in &metadata().packages {
        let used = dependencies(package);
        let name = package.name.as_str();
        let strays = NAMED_IN
            .into_iter()
            .filter(|(library, by)| used.contains(library) && !by.contains(&name));
        offences
            .extend(strays.map(|(library, by)| format!("{name} uses {library}; {} may", by.join(" and "))));
    }
    tree::expect_none("libraries named outside of their place", &offences);
}

/// What the command line has of the crates below the runtime, as an embedder has no use for it: what makes its output harmless, and what
/// builds components. All else it takes from where an embedder would, so that what is missing there is noticed.
const BELOW_THE_RUNTIME: [&str; 4] = [
    "airs_core::harmless",
    "airs_core::harmless_json",
    "airs_package::componentize",
    "airs_package::stamp",
];

#[test]
fn the_command_line_names_of_the_crates_below_the_runtime_what_embedders_do_not_need() {
    let of_the_tool = |source: &tree::Source| source.path.starts_with("cargo-airs/") && source.is_rust();
    let mut named = BTreeSet::new();
    for source in tree::sources().into_iter().filter(of_the_tool) {
        for name in ["airs_core", "airs_package"] {
            let crate_ = format!("{name}::");
            let uses = source.text.split(&crate_).skip(1);
            for items in uses.map(first_segments) {
                named.extend(items.into_iter().map(|item| format!("{name}::{item}")));
            }
            let alone = format!("use {name};");
            let all = format!("{name}::*");
            for vague in [alone, all] {
                assert!(!source.text.contains(&vague), "{}: {vague}", source.path);
            }
        }
    }
    assert!(named.iter().eq(BELOW_THE_RUNTIME.iter()), "{named:?}");
}

/// The names right after a crate's, of which there are several in braces.
fn first_segments(rest: &str) -> Vec<&str> {
    let end = |text: &str| {
        let end = text.find(|c: char| !c.is_alphanumeric() && c != '_');
        end.unwrap_or(text.len())
    };
    let items = match rest.strip_prefix('{').and_then(|rest| rest.split_once('}')) {
        Some((items, _)) => items.split(',').map(str::trim).collect(),
        None => vec![rest],
    };
    let names = items.into_iter().map(|item| &item[..end(item)]);
    names.filter(|name| !name.is_empty()).collect()
}

#[test]
fn names_after_a_crates_are_found() {
    let found = |text| first_segments(text).join(" ");
    assert_eq!(found("harmless(text)"), "harmless");
    assert_eq!(found("{harmless, harmless_json};"), "harmless harmless_json");
    assert_eq!(found("{\n    Code,\n    Kind as Sort,\n};"), "Code Kind");
    assert_eq!(found("*;"), "");
}
