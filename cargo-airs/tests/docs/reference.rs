//! Tables of the reference, compared with what they are about.

use airs_core::{Capability, Code, LimitScope, Limits};

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
            None => "nothing",
        };
        assert_eq!(row[4], counted_for, "{name}");
    }
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
