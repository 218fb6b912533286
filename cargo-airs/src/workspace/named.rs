//! Files that other files name, as far as those can be read.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use toml_edit::{DocumentMut, Item, TableLike, Value};

/// So many files of configuration may include each other.
const INCLUDED_MAX: usize = 100;

/// The manifest of the workspace that a crate is in, unless that is its own.
pub(super) fn workspace_of(manifest: &Path) -> Option<PathBuf> {
    let folders = manifest.parent()?.ancestors();
    let mut manifests = folders.map(|folder| folder.join("Cargo.toml"));
    let is_root = |manifest: &PathBuf| read(manifest).is_some_and(|text| text.contains_key("workspace"));
    manifests.find(is_root).filter(|root| root != manifest)
}

/// The files that a file of Cargo's configuration includes, and those that they include.
pub(super) fn included(config: &Path) -> Vec<PathBuf> {
    let mut included = Vec::new();
    let mut unseen = vec![config.to_owned()];
    while let Some(config) = unseen.pop() {
        let Some(document) = read(&config) else { continue };
        let mut names = Vec::new();
        match document.get("include").and_then(Item::as_value) {
            Some(Value::Array(all)) => names.extend(all.iter().filter_map(path)),
            Some(one) => names.extend(path(one)),
            None => {}
        }
        for name in names {
            let file = config.with_file_name(name);
            if included.len() < INCLUDED_MAX && !included.contains(&file) {
                included.push(file.clone());
                unseen.push(file);
            }
        }
    }
    included
}

/// A file to include, by its path alone or in a table.
fn path(value: &Value) -> Option<&str> {
    let table = value.as_inline_table();
    let path = table.map_or(Some(value), |table| table.get("path"));
    path?.as_str()
}

/// The manifests and sources of the crates that manifests name, there or not.
pub(super) fn crates(first: Vec<PathBuf>) -> BTreeSet<PathBuf> {
    let mut files = BTreeSet::new();
    let mut unseen = first;
    while let Some(file) = unseen.pop() {
        if !files.insert(file.clone()) {
            continue;
        }
        let (Some(folder), Some(document)) = (file.parent(), read(&file)) else {
            continue;
        };
        let mut names = Vec::new();
        named(document.as_table(), &mut names);
        for name in names.iter().filter(|name| !name.contains('*')) {
            let place = folder.join(name);
            unseen.push(place.join("Cargo.toml"));
            files.extend(["src/lib.rs", "src/main.rs"].map(|source| place.join(source)));
            files.insert(place);
        }
    }
    files
}

/// What is under `path` and `members`, however deep.
fn named(table: &dyn TableLike, names: &mut Vec<String>) {
    for (key, item) in table.iter() {
        match (key, item.as_value()) {
            ("path", Some(Value::String(path))) => names.push(path.value().clone()),
            ("members", Some(Value::Array(all))) => {
                names.extend(all.iter().filter_map(|one| Some(one.as_str()?.to_owned())));
            }
            _ => {}
        }
        if let Some(inner) = item.as_table_like() {
            named(inner, names);
        }
        let tables = item.as_array_of_tables();
        tables.into_iter().flatten().for_each(|inner| named(inner, names));
    }
}

fn read(file: &Path) -> Option<DocumentMut> {
    fs::read_to_string(file).ok()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use super::{crates, included, workspace_of};

    fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for (file, text) in files {
            let file = folder.path().join(file);
            fs::create_dir_all(file.parent().unwrap()).unwrap();
            fs::write(file, text).unwrap();
        }
        folder
    }

    #[test]
    fn crates_are_named_in_many_ways() {
        let folder = folder(&[
            ("Cargo.toml", "[workspace]\nmembers = [\"a\", \"more/*\"]\n"),
            ("airs.toml", "[components.b]\npath = \"b\"\n"),
            (
                "a/Cargo.toml",
                "[dependencies]\nc = { path = \"../c\" }\n[target.x.dependencies.d]\npath = \"d\"\n",
            ),
            ("c/Cargo.toml", "[dependencies"),
        ]);
        let root = folder.path();
        let files = crates(vec![root.join("Cargo.toml"), root.join("airs.toml")]);
        for named in [
            "a/Cargo.toml",
            "b/Cargo.toml",
            "b/src/lib.rs",
            "a/../c/Cargo.toml",
            "a/d/Cargo.toml",
        ] {
            assert!(files.contains(&root.join(named)), "{named}: {files:?}");
        }
        assert!(!files.iter().any(|file| file.to_string_lossy().contains('*')));
    }

    #[test]
    fn configuration_includes_more_of_it() {
        let folder = folder(&[
            (
                "config.toml",
                "include = [\"a.toml\", { path = \"b.toml\", optional = true }]\n",
            ),
            ("a.toml", "include = \"config.toml\"\n"),
        ]);
        let mut files = included(&folder.path().join("config.toml"));
        files.sort();
        assert_eq!(
            files,
            ["a.toml", "b.toml", "config.toml"].map(|name| folder.path().join(name))
        );
        assert!(included(Path::new("/nowhere/config.toml")).is_empty());
    }

    #[test]
    fn a_crate_inherits_from_the_next_workspace_above() {
        let folder = folder(&[
            ("Cargo.toml", "[workspace]\n"),
            ("a/b/Cargo.toml", "[package]\nname = \"b\"\n"),
            ("own/Cargo.toml", "[package]\n[workspace]\n"),
        ]);
        let of = |name: &str| workspace_of(&folder.path().join(name));
        assert_eq!(of("a/b/Cargo.toml"), Some(folder.path().join("Cargo.toml")));
        assert_eq!(of("own/Cargo.toml"), None);
    }
}
