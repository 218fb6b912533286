//! What joining makes of the files that are there, in the forms in which people write them.

use std::path::Path;

use airs_runtime::{Kind, Project};

use super::{add_member, covers, folder, list};

/// The text of `airs.toml` after a component has joined.
fn listed(kind: Kind, name: &str, text: &str) -> String {
    let root = tempfile::tempdir().unwrap();
    let path = root.path().join("airs.toml");
    std::fs::write(&path, text).unwrap();
    let project = Project::parse(&path, text).unwrap();
    let name = name.parse().unwrap();
    let folder = folder(&project, &name);
    list(&project, &name, &folder, kind == Kind::Driver).unwrap().text
}

/// The text of the workspace's `Cargo.toml` after `a/new` has joined, if it had to change.
fn with_member(text: &str) -> Option<String> {
    let root = tempfile::tempdir().unwrap();
    std::fs::write(root.path().join("Cargo.toml"), text).unwrap();
    let edit = add_member(root.path(), &root.path().join("a").join("new")).unwrap();
    edit.map(|edit| edit.text)
}

#[test]
fn comments_stay_and_the_new_entries_stand_beside_the_others() {
    let before =
        "# ours\nversion = 1\n\n[components.a] # first\npath = \"a\"\n\n# why\n[grants.a]\nstorage = true\n";
    let after = listed(Kind::Driver, "b", before);
    let expected = "# ours\nversion = 1\n\n[components.a] # first\npath = \"a\"\n\n[components.b]\npath = \"b\"\n\n\
                    # why\n[grants.a]\nstorage = true\n\n[grants.b]\nstorage = true\n";
    assert_eq!(after, expected);
}

#[test]
fn an_empty_project_gets_its_first_component() {
    let after = listed(Kind::Program, "pay", "version = 1\n");
    assert_eq!(after, "version = 1\n\n[components.pay]\npath = \"pay\"\n");
}

#[test]
fn tables_in_one_line_stay_in_one_line() {
    let after = listed(
        Kind::Program,
        "b",
        "version = 1\ncomponents = { a = { path = \"a\" } }\n",
    );
    assert_eq!(
        after,
        "version = 1\ncomponents = { a = { path = \"a\" } , b = { path = \"b\" } }\n"
    );
    let after = listed(Kind::Program, "b", "version = 1\ncomponents.a.path = \"a\"\n");
    assert_eq!(
        after,
        "version = 1\ncomponents.a.path = \"a\"\ncomponents.b = { path = \"b\" }\n"
    );
}

#[test]
fn the_folder_is_beside_the_others() {
    for (components, expected) in [
        ("", "new"),
        ("[components.a]\npath = \".\"", "new"),
        ("[components.a]\npath = \"a\"", "new"),
        (
            "[components.a]\npath = \"parts/a\"\n[components.b]\npath = \"parts/b\"",
            "parts/new",
        ),
        (
            "[components.a]\npath = \"parts/a\"\n[components.b]\npath = \"b\"",
            "new",
        ),
    ] {
        let project =
            Project::parse(Path::new("/p/airs.toml"), &format!("version = 1\n{components}")).unwrap();
        let folder = folder(&project, &"new".parse().unwrap());
        assert_eq!(folder, Path::new("/p").join(expected), "{components}");
    }
}

#[test]
fn members_are_added_as_the_list_is_written() {
    let package = "[package]\nname = \"a\" # mine\n";
    assert_eq!(
        with_member(package).unwrap(),
        format!("{package}\n[workspace]\nmembers = [\"a/new\"]\n")
    );
    let line = "[workspace]\nmembers = [\"b\"] # all\n";
    assert_eq!(
        with_member(line).unwrap(),
        "[workspace]\nmembers = [\"b\", \"a/new\"] # all\n"
    );
    let lines = "[workspace]\nmembers = [\n    # first\n    \"b\",\n    \"c\",\n]\n";
    let expected = "[workspace]\nmembers = [\n    # first\n    \"b\",\n    \"c\",\n    \"a/new\",\n]\n";
    assert_eq!(with_member(lines).unwrap(), expected);
    assert_eq!(with_member("[workspace]\nmembers = [\"a/*\"]\n"), None);
}

#[test]
fn a_pattern_covers_whole_parts_of_a_path() {
    assert!(covers("a/*", "a/b") && covers("a/b", "a/b") && covers("*", "a"));
    assert!(!covers("a/*", "a/b/c") && !covers("a", "a/b") && !covers("b/*", "a/b"));
}
