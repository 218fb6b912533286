//! The file `airs.toml`.

use std::path::Path;

use airs_core::{Access, Capability, Code, Grants, Limits, StorageAccess};
use airs_package::{PackageError, Project};

fn parse(text: &str) -> Result<Project, PackageError> {
    Project::parse(Path::new("shop/airs.toml"), text)
}

const WHOLE: &str = r#"
version = 1

[components.ledger]
path = "components/ledger"

[components.pay]
path = "./pay/"

[grants.ledger]
storage = true
http = false

[runtime.limits]
deadline_ms = 10_000
"#;

#[test]
fn a_project_names_its_components_grants_and_limits() {
    let project = parse(WHOLE).unwrap();
    let components: Vec<_> = project
        .components
        .iter()
        .map(|(name, entry)| (name.as_str(), entry.path.as_path()))
        .collect();
    assert_eq!(
        components,
        [
            ("ledger", Path::new("components/ledger")),
            ("pay", Path::new("pay"))
        ]
    );
    let granted = &project.grants["ledger"];
    assert_eq!(*granted, Grants::from([Capability::Storage]));
    let stated = |kind: &Capability| granted.states(None, *kind);
    let stated: Vec<_> = Capability::ALL.into_iter().filter(stated).collect();
    assert_eq!(stated, [Capability::Storage, Capability::Http]);
    assert!(!project.grants.contains_key("pay"));
    assert_eq!(
        project.limits,
        Limits {
            deadline_ms: 10_000,
            ..Limits::default()
        }
    );
    assert_eq!(project.root(), Path::new("shop"));
}

#[test]
fn a_context_may_have_grants_of_its_own() {
    let project = parse(
        "version = 1\n[components]\na.path = \"a\"\nb.path = \"b\"\n[grants.a]\nstorage = true\n\
         [contexts.guests.grants]\na.storage = { access = \"read\", quota_bytes = 5 }\nb.http = [\"a.example\"]",
    );
    let grants = project.unwrap().grants;
    let (local, guests) = ("local".parse().unwrap(), "guests".parse().unwrap());
    assert_eq!(grants["a"].of(&local).storage, Some(StorageAccess::DEFAULT));
    assert_eq!(
        grants["a"].of(&guests).storage,
        Some(StorageAccess {
            access: Access::Read,
            quota_bytes: 5
        })
    );
    assert!(!grants["b"].of(&local).contains(Capability::Http));
    assert!(grants["b"].of(&guests).contains(Capability::Http));
    // The table of a context counts alone, also for what is written in it.
    assert!(grants["a"].states(Some(&guests), Capability::Storage));
    assert!(!grants["a"].states(Some(&guests), Capability::Log));
    assert!(!grants["b"].states(Some(&local), Capability::Http));
    let a = "a".parse().unwrap();
    assert_eq!(grants["a"].table(&local, &a), "[grants.a]");
    assert_eq!(grants["a"].table(&guests, &a), "[contexts.guests.grants.a]");
}

#[test]
fn a_project_may_be_empty_or_one_component_in_its_own_folder() {
    let empty = parse("version = 1").unwrap();
    assert!(empty.components.is_empty() && empty.grants.is_empty());
    let alone = parse("version = 1\n[components.ledger]\npath = \".\"").unwrap();
    assert_eq!(alone.components["ledger"].path, Path::new("."));
}

/// What is written, where it is wrong and how, and what the hint says.
const MISTAKES: &[(&str, &str, &str)] = &[
    ("", "1:1: the file has no version", "write version = 1"),
    (
        "version = 2",
        "1:11: the file has version 2, and this version of airs reads 1",
        "update airs",
    ),
    (
        "version = \"1\"",
        "1:11: version is an integer, not a value of type string",
        "",
    ),
    (
        "version = 1\n[component.a]\n",
        "2:2: component is not known in the file",
        "write components",
    ),
    (
        "version = 1\n[server]\n",
        "2:2: [server] is reserved and not used yet",
        "remove it",
    ),
    (
        "version = 1\n[platform.storage]\n",
        "2:2: [platform] is reserved and not used yet",
        "remove it",
    ),
    (
        "version = 1\n[[bindings]]\n",
        "2:3: bindings are not made in this file",
        "cargo airs bind",
    ),
    (
        "version = 1\n[components.Ledger]\npath = \"a\"",
        "2:13: \"Ledger\" is no name of a component",
        "",
    ),
    (
        "version = 1\n[components.a]\n",
        "2:1: [components.a] has no path",
        "write path =",
    ),
    (
        "version = 1\n[components.a]\npath = \"a\"\nkind = 1",
        "4:1: kind is not known in [components.a]",
        "known are path",
    ),
    (
        "version = 1\n[components.a]\npaht = \"a\"",
        "3:1: paht is not known in [components.a]",
        "write path",
    ),
    (
        "version = 1\n[components]\na.path = \"x\"\nb.path = \"./x\"",
        "4:10: the components a and b have the same path",
        "",
    ),
    (
        "version = 1\n[components.ledger]\npath = \"a\"\n[grants.ledgr]\nstorage = true",
        "4:9: the project has no component ledgr",
        "write [grants.ledger]",
    ),
    (
        "version = 1\n[grants.far]",
        "2:9: the project has no component far",
        "add [components.far]",
    ),
    (
        "version = 1\n[components.a]\npath = \"a\"\n[grants.a]\nstorge = true",
        "5:1: storge is not known as a capability",
        "write storage",
    ),
    (
        "version = 1\n[components.ledger]\npath = \"a\"\n[contexts.guests.grants.ledgr]\n",
        "4:25: the project has no component ledgr",
        "write [contexts.guests.grants.ledger]",
    ),
    (
        "version = 1\n[contexts.Guests.grants]",
        "2:11: \"Guests\" is no name of a context",
        "",
    ),
    (
        "version = 1\n[contexts.guests.grant]",
        "2:18: grant is not known in [contexts.guests]",
        "write grants",
    ),
    (
        "version = 1\n[components.a]\npath = \"a\"\n[contexts.guests.grants.a]\nhttp = [\"*\"]",
        "5:9: \"*\" is no pattern of URLs",
        "",
    ),
    (
        "version = 1\n[runtime]\nlimit = 1",
        "3:1: limit is not known in [runtime]",
        "write limits",
    ),
    (
        "version = 1\n[runtime.limits]\ndeadline_s = 1",
        "3:1: deadline_s is not known as a limit",
        "write deadline_ms",
    ),
    (
        "version = 1\n[runtime.limits]\ndeadline_ms = 300001",
        "3:15: runtime.limits.deadline_ms is from 1 to 300000, not 300001",
        "",
    ),
    (
        "version = 1\ncomponents = 3",
        "2:14: components is a table, not a value of type integer",
        "",
    ),
    ("version = 1\nversion = 1", "2:1: duplicate key", ""),
];

#[test]
fn mistakes_are_told_with_their_place_and_what_to_write() {
    for (text, message, hint) in MISTAKES {
        let error = parse(text).unwrap_err();
        assert_eq!(error.code(), Code::InvalidConfig);
        let expected = format!("shop/airs.toml:{message}");
        assert!(
            error.to_string().starts_with(&expected),
            "{error}\ninstead of {expected}"
        );
        let shown = error.hint().unwrap_or_default();
        assert!(shown.contains(hint), "{shown}");
    }
}

#[test]
fn a_component_lives_inside_its_project() {
    for path in ["", "/etc", "..", "a/../..", "../sibling", "a\\\\b", "a\\u0000b"] {
        let error = parse(&format!("version = 1\n[components.a]\npath = \"{path}\"")).unwrap_err();
        assert!(
            error
                .to_string()
                .contains("components.a.path is no folder inside the project"),
            "{error}"
        );
    }
}

#[test]
fn the_nearest_project_above_is_found() {
    let folder = tempfile::tempdir().unwrap();
    let inner = folder.path().join("a/b");
    std::fs::create_dir_all(&inner).unwrap();
    let file = folder.path().join(Project::FILE_NAME);
    std::fs::write(&file, "version = 1").unwrap();
    for from in [folder.path(), &inner] {
        assert_eq!(Project::find(from).unwrap().unwrap().path, file);
    }
    let nearer = folder.path().join("a").join(Project::FILE_NAME);
    std::fs::write(&nearer, "version = 1").unwrap();
    assert_eq!(Project::find(&inner).unwrap().unwrap().path, nearer);
}

#[test]
fn a_project_file_that_cannot_be_read_is_not_passed_over() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join(Project::FILE_NAME);
    std::fs::write(&file, b"version = 1 # \xff").unwrap();
    let error = Project::find(folder.path()).unwrap_err();
    assert_eq!(error.code(), Code::InvalidConfig);
    assert!(
        matches!(&error, PackageError::Read { path, .. } if *path == file),
        "{error}"
    );
    std::fs::remove_file(&file).unwrap();
    std::fs::create_dir(&file).unwrap();
    assert!(Project::find(folder.path()).is_err());
}

#[test]
fn a_project_file_that_is_too_long_is_refused_and_not_cut() {
    let folder = tempfile::tempdir().unwrap();
    let mut text = "version = 1\n".to_owned();
    text.push_str(&"#".repeat((1 << 20) - text.len()));
    std::fs::write(folder.path().join("airs.toml"), &text).unwrap();
    assert!(Project::find(folder.path()).is_ok());

    text.push_str("\nthis is no toml");
    std::fs::write(folder.path().join("airs.toml"), &text).unwrap();
    let error = Project::find(folder.path()).unwrap_err();
    assert!(error.to_string().contains("more than 1048576 bytes"), "{error}");
}
