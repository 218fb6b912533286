//! `airs.toml`.

use std::collections::BTreeSet;
use std::path::{Component, Path};

use airs_core::{Limits, Name};
use airs_package::Project;

use crate::{refusal, written};

pub(crate) fn body(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    let file = Path::new("place/airs.toml");
    match Project::parse(file, text) {
        Ok(project) => good(&project, text),
        Err(error) => refusal::expect_a_place(&error, file, text),
    }
}

fn good(project: &Project, text: &str) {
    let inside = |part| matches!(part, Component::Normal(_) | Component::CurDir);
    for (name, entry) in &project.components {
        assert!(entry.path.components().all(inside), "{name}: {:?}", entry.path);
    }
    let paths: BTreeSet<_> = project.components.values().map(|entry| &entry.path).collect();
    assert_eq!(paths.len(), project.components.len());
    for name in project.grants.keys() {
        assert!(project.components.contains_key(name), "{name}");
    }
    for ((name, value), (_, limit)) in project.limits.iter().zip(Limits::ALL) {
        assert!((1..=limit.max).contains(&value), "{name}");
    }
    let contexts = contexts(text);
    // A name as long as one may be, that is none of them.
    let elsewhere = (0..=contexts.len()).map(|number| format!("{:a<60}-{number}", "x").parse().unwrap());
    let elsewhere: Name = elsewhere
        .into_iter()
        .find(|name| !contexts.contains(name))
        .unwrap();
    let written = written::airs_toml(project, &contexts, &elsewhere);
    let again = Project::parse(&project.path, &written);
    assert_eq!(
        again
            .as_ref()
            .unwrap_or_else(|error| panic!("{error}\n{written}")),
        project
    );
}

/// The contexts that the file speaks of.
fn contexts(text: &str) -> Vec<Name> {
    let table: toml::Table = text.parse().unwrap();
    let contexts = table.get("contexts").and_then(toml::Value::as_table);
    let names = contexts.into_iter().flat_map(|contexts| contexts.keys());
    names.map(|name| name.parse().unwrap()).collect()
}
