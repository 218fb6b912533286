//! Tables of the reference, compared with what they are about.

use std::path::Path;

use airs_runtime::{Capability, Code, LimitScope, Limits, Manifest, Project};

use crate::page::{Page, checkout};

/// The rows of a page's tables, each with its cells; code marks are taken off.
fn rows(page: &str) -> Vec<Vec<String>> {
    let text = Page::read(page).text;
    let rows = text.lines().filter(|line| line.starts_with("| `"));
    let cells = |line: &str| {
        let cells = line.trim_matches('|').split('|');
        cells.map(|cell| cell.trim().replace('`', "")).collect()
    };
    rows.map(cells).collect()
}

#[test]
fn every_limit_has_its_default_and_its_maximum() {
    let written: Vec<Vec<String>> = rows("docs/reference/limits.md");
    for (name, limit) in Limits::ALL {
        let row = written.iter().find(|row| row[0] == *name);
        let row = row.unwrap_or_else(|| panic!("{name} is missing"));
        let number = |text: &str| text.replace(' ', "");
        assert_eq!(number(&row[1]), limit.default.to_string(), "{name}");
        assert_eq!(number(&row[2]), limit.max.to_string(), "{name}");
        let counted_for = match Limits::scope(name) {
            Some(LimitScope::Run) => "the run",
            Some(LimitScope::Component) => "each component",
            Some(LimitScope::Context) => "the context",
            Some(LimitScope::Node) => "the node",
            None => "nothing",
        };
        assert_eq!(row[4], counted_for, "{name}");
        let of = |path: &str, text: String| (Path::new(path).to_owned(), text);
        let (path, text) = of("Cargo.toml", manifest(&format!("limits = {{ {name} = 1 }}")));
        let in_manifest = Manifest::from_cargo_toml(&path, &text).is_ok();
        let (path, text) = of(
            "airs.toml",
            format!("version = 1\n[runtime.limits]\n{name} = 1\n"),
        );
        let in_project = Project::parse(&path, &text).is_ok();
        let yes = |is: bool| if is { "yes" } else { "no" };
        assert_eq!(row[5..], [yes(in_manifest), yes(in_project)], "{name}");
    }
}

fn manifest(line: &str) -> String {
    let package = "[package]\nname = \"pay\"\nversion = \"0.1.0\"\n";
    format!("{package}[package.metadata.airs]\nkind = \"program\"\n{line}\n")
}

#[test]
fn every_limit_has_a_test_that_meets_its_error() {
    let codes: Vec<(&str, String)> = Code::ALL
        .iter()
        .map(|code| (code.as_str(), format!("Code::{code:?}")))
        .collect();
    let mut met = Vec::new();
    for row in rows("docs/reference/limits.md") {
        let code = codes.iter().find(|(name, _)| *name == row[0]);
        // What is no error says what it is: a warning in the log.
        let (expected, limits) = match (code, row[0].as_str()) {
            (Some((_, code)), _) => (code.as_str(), row[1].as_str()),
            (None, "none") => ("over the limit were dropped", row[1].split(':').next().unwrap()),
            (None, _) => continue,
        };
        let (file, test) = row[2].split_once(": ").unwrap();
        let source = std::fs::read_to_string(checkout().join(file)).unwrap();
        let (_, after) = source
            .split_once(&format!("#[test]\nfn {test}()"))
            .unwrap_or_else(|| panic!("{file} has no test {test}"));
        let (body, _) = after.split_once("\n}\n").unwrap();
        assert!(body.contains(expected), "{test} does not expect {expected}");
        for limit in limits.split(", ") {
            assert!(body.contains(limit), "{test} says nothing of {limit}");
            met.push(limit.to_owned());
        }
    }
    met.sort();
    let mut all: Vec<&str> = Limits::ALL.iter().map(|(name, _)| *name).collect();
    all.sort_unstable();
    assert_eq!(met, all);
}

#[test]
fn every_error_code_is_listed_and_no_other() {
    let written: Vec<String> = rows("docs/reference/errors.md")
        .into_iter()
        .map(|row| row[0].clone())
        .collect();
    let codes: Vec<&str> = Code::ALL.iter().map(|code| code.as_str()).collect();
    assert_eq!(written, codes);
}

#[test]
fn every_interface_is_included() {
    let text = Page::read("docs/reference/wit.md").text;
    let files: Vec<_> = std::fs::read_dir(checkout().join("wit")).unwrap().collect();
    assert!(files.len() > 5, "{files:?}");
    for file in files {
        let name = file.unwrap().file_name().into_string().unwrap();
        let package = name.strip_suffix(".wit").unwrap();
        assert!(text.contains(&format!("| `airs:{package}` |")), "{name}");
        assert!(
            text.contains(&format!(
                "## airs:{package}\n\n```wit\n{{{{#include ../../wit/{name}}}}}\n```"
            )),
            "{name}"
        );
    }
}

/// The README has it, and the book shows the same.
#[test]
fn the_figures_and_the_command_that_makes_them_are_in_the_book() {
    let page = Page::read("docs/reference/figures.md").text;
    assert!(page.contains("{{#include ../../README.md:figures}}"), "{page}");
    let readme = Page::read("README.md").text;
    let (_, after) = readme.split_once("<!-- ANCHOR: figures -->\n").unwrap();
    let (figures, _) = after.split_once("<!-- ANCHOR_END: figures -->\n").unwrap();
    assert!(figures.contains("cargo bench -p airs-benches"), "{figures}");
    assert!(
        figures.contains("| what | floor | value | ratio | goal |"),
        "{figures}"
    );
    // From there it would lead elsewhere.
    assert!(!figures.contains("]("), "{figures}");
}

/// A name without a folder is in the folder of the one before it.
#[test]
fn what_the_threat_model_names_as_proof_is_there() {
    let text = Page::read("docs/concepts/threat-model.md").text;
    let table = text.lines().filter(|line| line.starts_with("| "));
    let mut named = 0;
    for row in table {
        let proof = row.trim_end_matches(['|', ' ']).rsplit(" | ").next().unwrap();
        let mut folder = checkout();
        for name in proof.split('`').skip(1).step_by(2) {
            let whole = checkout().join(name);
            let path = if whole.exists() { whole } else { folder.join(name) };
            assert!(path.exists(), "{name} is not there: {row}");
            folder = path.parent().unwrap().to_owned();
            named += 1;
        }
    }
    assert!(named > 40, "{named} are named");
}

#[test]
fn every_capability_is_listed() {
    let text = Page::read("docs/reference/files.md").text;
    for capability in Capability::ALL {
        assert!(text.contains(&format!("| `{capability}` |")), "{capability}");
    }
}

#[test]
fn every_reason_of_a_message_is_listed_and_no_other() {
    let source = std::fs::read_to_string(checkout().join("cargo-airs/src/message.rs")).unwrap();
    let (_, after) = source.split_once("enum Message<'a> {").unwrap();
    let (body, _) = after.split_once("\n}").unwrap();
    let variants = body.lines().filter_map(|line| line.strip_prefix("    "));
    let variants = variants.filter(|line| line.starts_with(|c: char| c.is_ascii_uppercase()));
    let mut reasons: Vec<String> = variants.map(kebab).collect();
    let page = "docs/reference/command-line.md";
    let rows = rows(page).into_iter().map(|row| row[0].clone());
    let mut written: Vec<String> = rows.filter(|cell| !cell.starts_with("--")).collect();
    reasons.sort();
    written.sort();
    assert_eq!(written, reasons);
}

/// The name at the beginning of a line, as it is in JSON.
fn kebab(line: &str) -> String {
    let name = line.chars().take_while(char::is_ascii_alphanumeric);
    let dashed = name.enumerate().flat_map(|(at, c)| {
        let dash = (at > 0 && c.is_ascii_uppercase()).then_some('-');
        dash.into_iter().chain([c.to_ascii_lowercase()])
    });
    dashed.collect()
}
