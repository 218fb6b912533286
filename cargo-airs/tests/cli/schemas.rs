//! The schemas of files, which say what is read: the reader and the schema judge the same texts.

use std::fs;
use std::path::Path;

use airs_runtime::{Limits, Manifest, Project};
use serde_json::{Value, json};

use crate::project::succeed;
use crate::scene::Scene;
use crate::schema::Schema;

/// Whether the reader and the schema agree on a text, which has to be well-formed.
fn agree(text: &str, read: bool, schema: &Schema) -> bool {
    let value: toml_edit::DocumentMut = text.parse().unwrap_or_else(|error| panic!("{error}: {text}"));
    let refusal = schema.refusal(&as_json(value.as_item()));
    assert_eq!(
        refusal.is_none(),
        read,
        "{text}\nread: {read}, the schema: {refusal:?}"
    );
    read
}

fn as_json(item: &toml_edit::Item) -> Value {
    if let Some(table) = item.as_table_like() {
        return table
            .iter()
            .map(|(key, item)| (key.to_owned(), as_json(item)))
            .collect();
    }
    match item.as_value().unwrap() {
        toml_edit::Value::String(text) => json!(text.value()),
        toml_edit::Value::Integer(number) => json!(number.value()),
        toml_edit::Value::Boolean(is) => json!(is.value()),
        toml_edit::Value::Float(number) => json!(number.value()),
        toml_edit::Value::Array(items) => {
            let items = items
                .iter()
                .map(|item| as_json(&toml_edit::Item::Value(item.clone())));
            items.collect()
        }
        other => panic!("not in these files: {other}"),
    }
}

fn project(text: &str) -> bool {
    let read = Project::parse(Path::new("airs.toml"), text).is_ok();
    agree(text, read, &Schema::new(Project::SCHEMA))
}

fn manifest(airs: &str) -> bool {
    let text = format!("[package]\nname = \"pay\"\nversion = \"0.1.0\"\n[package.metadata.airs]\n{airs}\n");
    let read = Manifest::from_cargo_toml(Path::new("Cargo.toml"), &text).is_ok();
    agree(&text, read, &Schema::new(Manifest::SCHEMA))
}

/// A value of every kind that a capability may have, good and bad.
const CAPABILITIES: [(&str, bool); 40] = [
    ("storage = true", true),
    ("storage = false", true),
    ("storage = \"read\"", true),
    ("storage = \"read-write\"", true),
    ("storage = { access = \"read\", quota_bytes = 1 }", true),
    ("storage = {}", true),
    ("storage = { quota_bytes = 0 }", false),
    ("storage = { quota_bytes = 1099511627777 }", false),
    ("storage = { quota = 1 }", false),
    ("storage = \"write\"", false),
    ("storage = 1", false),
    ("storage = []", false),
    ("http = [\"api.example.com\"]", true),
    ("http = []", true),
    ("http = false", true),
    ("http = true", false),
    ("http = \"api.example.com\"", false),
    ("http = [1]", false),
    ("http = [\"\"]", false),
    ("clock = true", true),
    ("clock = \"true\"", false),
    ("random = false", true),
    ("random = 0", false),
    ("log = true", true),
    ("log = {}", false),
    ("environment = [\"RATES_KEY\", \"_x1\"]", true),
    ("environment = [\"1X\"]", false),
    ("environment = [\"A-B\"]", false),
    ("environment = true", false),
    ("files = { rates = \"read\" }", true),
    ("files = { rates = \"read-write\" }", true),
    ("files = {}", true),
    ("files = { Rates = \"read\" }", false),
    ("files = { rates = true }", false),
    ("files = [\"rates\"]", false),
    ("interfaces = [\"example:database\"]", true),
    ("interfaces = [\"example\"]", false),
    ("interfaces = [\"Example:database\"]", false),
    ("interfaces = true", false),
    ("nothing = true", false),
];

#[test]
fn the_schema_of_airs_toml_says_what_is_read() {
    let entry = |path: &str| format!("version = 1\n[components.a]\npath = {path}\n");
    for (path, good) in [
        ("\".\"", true),
        ("\"a\"", true),
        ("\"a/b-1\"", true),
        ("\"..a/b..\"", true),
        ("\"\"", false),
        ("\"..\"", false),
        ("\"a/../b\"", false),
        ("\"/a\"", false),
        ("'a\\b'", false),
        ("1", false),
        ("[]", false),
    ] {
        assert_eq!(project(&entry(path)), good, "{path}");
    }
    for name in ["a", "a-1", "abc-d2"] {
        assert!(
            project(&format!("version = 1\n[components.{name}]\npath = \".\"\n")),
            "{name}"
        );
        assert!(project(&format!("version = 1\n[contexts.{name}]\n")), "{name}");
    }
    for name in ["A", "a--b", "a-", "1a", "a_b", "\"\"", "\"a b\"", &"a".repeat(65)] {
        assert!(
            !project(&format!("version = 1\n[components.{name}]\npath = \".\"\n")),
            "{name}"
        );
        assert!(!project(&format!("version = 1\n[contexts.{name}]\n")), "{name}");
    }
    for (capability, good) in CAPABILITIES {
        for table in ["grants.a", "contexts.guests.grants.a"] {
            let text = format!("{}[{table}]\n{capability}\n", entry("\".\""));
            assert_eq!(project(&text), good, "{text}");
        }
    }
    for (name, limit) in Limits::ALL {
        let of = |value: &str| project(&format!("version = 1\n[runtime.limits]\n{name} = {value}\n"));
        assert!(of("1") && of(&limit.max.to_string()), "{name}");
        assert!(
            !of("0") && !of(&(limit.max + 1).to_string()) && !of("\"1\"") && !of("1.5"),
            "{name}"
        );
    }
    for bad in [
        "",
        "version = 2\n",
        "version = \"1\"\n",
        "version = 1\n[componets]\n",
        "version = 1\ncomponents = 1\n",
        "version = 1\n[components.a]\n",
        "version = 1\n[components.a]\npath = \".\"\nkind = \"driver\"\n",
        "version = 1\n[server]\n",
        "version = 1\n[bindings]\n",
        "version = 1\n[runtime]\nthreads = 1\n",
        "version = 1\n[runtime.limits]\nmemory = 1\n",
        "version = 1\n[contexts.guests]\nlimits = {}\n",
        "version = 1\nruntime = []\n",
    ] {
        assert!(!project(bad), "{bad}");
    }
}

/// Texts that are put together at random, the same ones each time; how many of their parts are bad is known.
#[test]
fn the_schema_of_airs_toml_says_what_is_read_of_all_its_parts_together() {
    let mut state: u64 = 7;
    let mut chance = |below: usize| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(state >> 33).unwrap() % below
    };
    let kinds = [
        "storage",
        "http",
        "clock",
        "random",
        "log",
        "environment",
        "files",
        "interfaces",
    ];
    let (mut good, mut bad) = (0, 0);
    for _ in 0..400 {
        let mut text = "version = 1\n[components.a]\npath = \".\"\n".to_owned();
        let mut is_good = true;
        for table in ["grants.a", "contexts.guests.grants.a"] {
            text.push_str(&format!("[{table}]\n"));
            for kind in kinds {
                let all: Vec<_> = CAPABILITIES
                    .iter()
                    .filter(|(line, _)| line.starts_with(&format!("{kind} ")))
                    .collect();
                // Mostly nothing, and rarely something bad, so that some are good.
                let (line, fits) = all[chance(all.len())];
                if chance(3) == 0 && (*fits || chance(3) == 0) {
                    text.push_str(&format!("{line}\n"));
                    is_good &= fits;
                }
            }
        }
        let (name, limit) = Limits::ALL[chance(Limits::ALL.len())];
        let value = [1, limit.max, 0, limit.max + 1][chance(4)];
        is_good &= (1..=limit.max).contains(&value);
        text.push_str(&format!("[runtime.limits]\n{name} = {value}\n"));
        assert_eq!(project(&text), is_good, "{text}");
        *(if is_good { &mut good } else { &mut bad }) += 1;
    }
    assert!(good > 50 && bad > 50, "{good} good, {bad} bad");
}

#[test]
fn the_schema_of_a_manifest_says_what_is_read() {
    for (capability, good) in CAPABILITIES {
        assert_eq!(
            manifest(&format!(
                "kind = \"driver\"\n[package.metadata.airs.capabilities]\n{capability}"
            )),
            good
        );
        let name = capability.split(' ').next().unwrap();
        let (of_programs, none) = (
            ["clock", "random", "log"].contains(&name),
            capability.ends_with("false"),
        );
        let program = manifest(&format!(
            "kind = \"program\"\n[package.metadata.airs.capabilities]\n{capability}"
        ));
        // A list of nothing is none, too.
        if good && (of_programs || none) {
            assert!(program, "{capability}");
        }
    }
    for (name, limit) in Limits::ALL {
        let of = |value: u64| manifest(&format!("kind = \"driver\"\nlimits = {{ {name} = {value} }}"));
        let stated = Limits::scope(name).unwrap().is_for_manifests();
        assert_eq!(of(1), stated, "{name}");
        assert!(!of(0) && !of(limit.max + 1), "{name}");
    }
    for bad in [
        "",
        "kind = \"drvier\"",
        "kind = 1",
        "kinds = \"driver\"",
        "kind = \"driver\"\nname = \"x\"",
        "kind = \"driver\"\nlimits = 1",
    ] {
        assert!(!manifest(bad), "{bad}");
    }
    // What both files have in common is the same in both.
    let (one, other) = (Schema::new(Manifest::SCHEMA), Schema::new(Project::SCHEMA));
    for name in ["capabilities", "access", "name"] {
        assert_eq!(one.definition(name), other.definition(name));
    }
}

#[test]
fn a_new_project_names_its_schema() {
    let mut scene = Scene::new("schema_named");
    succeed(&scene, "new driver ledger --vcs none");
    scene.enter("ledger");
    let text = scene.read("airs.toml");
    let named = text.lines().next().unwrap().strip_prefix("#:schema ").unwrap();
    assert_eq!(scene.read(named), Project::SCHEMA);
    assert_eq!(succeed(&scene, "schema project"), Project::SCHEMA);
    fs::remove_file(scene.path().join(named)).unwrap();
    // Another checkout of it has none until something is built there, well or not.
    let failed = scene.command("build --profile nowhere").output().unwrap();
    assert!(!failed.status.success());
    assert_eq!(scene.read(named), Project::SCHEMA);
}
