//! What a person's own template may be, and what it may not.

mod texts;

use std::fs;
use std::path::Path;

use airs_runtime::Kind;
use serde_json::json;
use tempfile::TempDir;

use super::{FILES_MAX, Template, has_partials};

const MANIFEST: &str = "[package]\nname = \"{{name}}\"\n[package.metadata.airs]\nkind = \"{{kind}}\"\n";

fn folder(files: &[(&str, &str)]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (path, text) in files {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    folder
}

/// What becomes of a template: the files, or why there are none.
fn made(folder: &Path) -> Result<Vec<(String, String)>, String> {
    let context =
        json!({ "name": "tickets", "kind": "driver", "sdk": "\"1\"", "alone": true, "profiles": "" });
    let template = Template::read(folder.to_str().unwrap()).map_err(|failure| format!("{failure:?}"))?;
    let name = "tickets".parse().unwrap();
    let files = template.render(Kind::Driver, &name, &context);
    let checked = files.and_then(|files| template.check_project(&name, &files).map(|()| files));
    let files = checked.map_err(|failure| format!("{failure:?}"))?;
    Ok(files
        .into_iter()
        .map(|(path, bytes)| {
            (
                path.to_str().unwrap().to_owned(),
                String::from_utf8(bytes).unwrap(),
            )
        })
        .collect())
}

fn refused(files: &[(&str, &str)]) -> String {
    made(folder(files).path()).unwrap_err()
}

#[test]
fn places_are_filled_in_files_with_places_and_nothing_else_is_touched() {
    let folder = folder(&[
        ("Cargo.toml.hbs", MANIFEST),
        ("src/lib.rs", "// {{name}}\n"),
        ("gitignore", "/target\n"),
        ("target/debug/old", "built"),
        (".git/config", "[core]"),
        ("deep/.git", "gitdir: elsewhere"),
    ]);
    let made = made(folder.path()).unwrap();
    let expected = [
        (
            "Cargo.toml",
            MANIFEST
                .replace("{{name}}", "tickets")
                .replace("{{kind}}", "driver"),
        ),
        (".gitignore", "/target\n".to_owned()),
        ("src/lib.rs", "// {{name}}\n".to_owned()),
    ];
    let mut names: Vec<&str> = made.iter().map(|(path, _)| path.as_str()).collect();
    names.sort_unstable();
    assert_eq!(names, [".gitignore", "Cargo.toml", "src/lib.rs"]);
    for (path, text) in expected {
        assert!(made.contains(&(path.to_owned(), text)), "{path}: {made:?}");
    }
}

#[test]
fn it_makes_the_component_that_was_asked_for() {
    let other_name = MANIFEST.replace("{{name}}", "ledger");
    assert!(refused(&[("Cargo.toml.hbs", &other_name)]).contains("not tickets"));
    let other_kind = MANIFEST.replace("{{kind}}", "program");
    assert!(refused(&[("Cargo.toml.hbs", &other_kind)]).contains("makes program, not a driver"));
    let no_kind = "[package]\nname = \"tickets\"\n";
    assert!(refused(&[("Cargo.toml", no_kind)]).contains("makes no component, not a driver"));
    assert!(refused(&[("Cargo.toml", "[package")]).contains("malformed"));
    assert!(refused(&[("README.md", "")]).contains("no Cargo.toml"));
}

#[test]
fn a_project_of_its_own_is_good_and_grants_nothing() {
    let with = |settings: &str| {
        let files = folder(&[("Cargo.toml.hbs", MANIFEST), ("airs.toml.hbs", settings)]);
        made(files.path()).map(|_| ())
    };
    let good = "version = 1\n[components.{{name}}]\npath = \".\"\n";
    assert_eq!(with(good), Ok(()));
    assert_eq!(
        with(&format!("{good}[runtime.limits]\ndeadline_ms = 10\n")),
        Ok(())
    );
    for (settings, why) in [
        ("garbage[", "malformed"),
        ("version = 1\n", "does not make a project of tickets alone"),
        (
            "version = 1\n[components.other]\npath = \".\"\n",
            "does not make a project of tickets alone",
        ),
        (
            &good.replace("\".\"", "\"src\""),
            "does not make a project of tickets alone",
        ),
        (
            &format!("{good}[grants.{{{{name}}}}]\nenvironment = [\"AWS_SECRET_ACCESS_KEY\"]\n"),
            "grants something",
        ),
        (
            &format!("{good}[contexts.guests.grants.tickets]\nstorage = true\n"),
            "grants something",
        ),
    ] {
        let refused = with(settings).unwrap_err();
        assert!(refused.contains(why), "{settings}: {refused}");
    }
}

#[test]
fn what_cannot_be_rendered_is_said_with_its_file() {
    let with = |text: &str| refused(&[("Cargo.toml.hbs", MANIFEST), ("README.md.hbs", text)]);
    for text in ["{{author}}", "{{#if}}", "{{name"] {
        assert!(with(text).contains("README.md.hbs"), "{text}: {}", with(text));
    }
    assert!(with("{{#*inline \"a\"}}{{> b}}{{/inline}}{{> a}}").contains("another template"));
    assert!(
        refused(&[("Cargo.toml.hbs", MANIFEST), ("cargo.toml", "")]).contains("two of its files"),
        "letter case does not count everywhere"
    );
}

#[test]
fn a_reference_to_a_template_is_found_in_every_form() {
    for text in [
        "{{> a}}",
        "{{>a}}",
        "a{{~ > a}}",
        "{{#> a}}{{/a}}",
        "{{#*inline \"a\"}}",
        "{{* a}}",
        "{{ \n> a}}",
    ] {
        assert!(has_partials(text), "{text}");
    }
    for text in ["", "{{name}} > b", "{{#if alone}}>{{/if}}", "a { > b"] {
        assert!(!has_partials(text), "{text}");
    }
}

#[test]
fn what_was_not_meant_to_be_a_template_is_not_read_to_its_end() {
    let folder = folder(&[("Cargo.toml.hbs", MANIFEST)]);
    for number in 0..FILES_MAX {
        fs::write(folder.path().join(number.to_string()), "").unwrap();
    }
    assert!(made(folder.path()).unwrap_err().contains("more than 1000 files"));

    let deep = "a/".repeat(17);
    assert!(
        refused(&[("Cargo.toml.hbs", MANIFEST), (&format!("{deep}b"), "")]).contains("within each other")
    );

    let large = tempfile::tempdir().unwrap();
    fs::write(large.path().join("Cargo.toml.hbs"), MANIFEST).unwrap();
    fs::File::create(large.path().join("film"))
        .unwrap()
        .set_len(17 << 20)
        .unwrap();
    assert!(made(large.path()).unwrap_err().contains("16 MiB"));
}

#[test]
fn the_state_of_a_project_is_not_brought_into_another() {
    for path in [
        ".airs/state/local.sqlite",
        "deep/.Airs/dev.json",
        "src/.AIRS",
        ".airs.hbs",
        "deep/.git.hbs",
    ] {
        let refused = refused(&[("Cargo.toml.hbs", MANIFEST), (path, "")]);
        let named = path.split('/').position(|name| name.starts_with('.')).unwrap();
        let named = path.split('/').take(named + 1).collect::<Vec<_>>().join("/");
        assert!(refused.contains(&format!("{named} is ")), "{path}: {refused}");
        assert!(refused.contains("Usage"), "{refused}");
    }
    let folder = folder(&[
        ("Cargo.toml.hbs", MANIFEST),
        (".GIT/config", "[core]"),
        (".airsrc", ""),
        ("src/airs", ""),
    ]);
    assert_eq!(made(folder.path()).unwrap().len(), 3);
}

#[cfg(unix)]
#[test]
fn links_are_not_followed() {
    use std::os::unix::fs::symlink;
    let secret = folder(&[("key", "secret")]);
    for (link, target) in [("key", "key"), ("folder", ".")] {
        let folder = folder(&[("Cargo.toml.hbs", MANIFEST)]);
        symlink(secret.path().join(target), folder.path().join(link)).unwrap();
        let refused = made(folder.path()).unwrap_err();
        assert!(
            refused.contains(&format!("{link} is neither a file nor a folder")),
            "{refused}"
        );
    }
}
