//! Everything that a crate of the host exports is shown by an example that compiles.

use crate::tree::{Source, expect_none, sources};

const CRATES: [&str; 7] = [
    "runtime/core/",
    "runtime/package/",
    "runtime/platform/",
    "runtime/engine/",
    "runtime/driver/",
    "runtime/process/",
    "runtime/",
];

/// Constants and other names of types show by themselves what they are.
const SHOWN: [&str; 4] = ["pub struct ", "pub enum ", "pub trait ", "pub fn "];
const SELF_EVIDENT: [&str; 2] = ["pub const ", "pub type "];

/// How an item points to the example that it is a part of: `[the crate](crate)`, or another item's name.
const POINTER: &str = "xample is at [";

#[test]
fn whatever_a_crate_of_the_host_exports_is_shown_by_an_example() {
    let sources = sources();
    let mut offences = Vec::new();
    for folder in CRATES {
        let folder = format!("{folder}src/");
        let own: Vec<&Source> = sources
            .iter()
            .filter(|source| source.is_rust() && source.path.starts_with(&folder))
            .collect();
        let lib = own.iter().find(|source| source.name() == "lib.rs").unwrap();
        let names = exported(&lib.text);
        assert!(!names.is_empty(), "{folder} exports nothing");
        for name in names {
            if let Some(fault) = fault(&own, &lib.text, name) {
                offences.push(format!("{folder}: {name} {fault}"));
            }
        }
    }
    expect_none(
        "exported and not shown in a code block, its own or one that its docs point to",
        &offences,
    );
}

fn fault(own: &[&Source], lib: &str, name: &str) -> Option<&'static str> {
    if definition(own, name, &SELF_EVIDENT).is_some() {
        return None;
    }
    let Some(docs) = definition(own, name, &SHOWN) else {
        return Some("is exported in a way that this test cannot read");
    };
    if !examples(&docs).is_empty() {
        return None;
    }
    let Some(place) = pointed_to(&docs) else {
        return Some("has no example");
    };
    let there = match place {
        "the crate" => Some(docs_of(lib, "//!")),
        item => definition(own, item, &SHOWN),
    };
    let shown = there.is_some_and(|docs| has_word(&examples(&docs), name));
    (!shown).then_some("points to an example that does not show it")
}

/// The names that a `lib.rs` exports out of its own modules.
fn exported(lib: &str) -> Vec<&str> {
    let uses = lib.split("\npub use ").skip(1);
    let paths = uses.filter_map(|rest| rest.split(';').next()?.split_once("::"));
    paths
        .filter(|(module, _)| !module.starts_with("airs_"))
        .flat_map(|(_, names)| names.trim_matches(['{', '}']).split(','))
        .map(str::trim)
        .filter(|name| !name.is_empty())
        .collect()
}

/// The docs before the line that defines `name` with one of these keywords.
fn definition(own: &[&Source], name: &str, keywords: &[&str]) -> Option<String> {
    let defines = |line: &str| {
        let rest = keywords
            .iter()
            .find_map(|keyword| line.trim().strip_prefix(keyword));
        rest.and_then(|rest| rest.strip_prefix(name))
            .is_some_and(|rest| !rest.starts_with(|c: char| c.is_alphanumeric() || c == '_'))
    };
    own.iter().find_map(|source| {
        let lines: Vec<&str> = source.text.lines().collect();
        let at = lines.iter().position(|line| defines(line))?;
        let above = lines[..at].iter().rposition(|line| line.trim().is_empty());
        Some(docs_of(
            &lines[above.map_or(0, |blank| blank + 1)..at].join("\n"),
            "///",
        ))
    })
}

fn docs_of(text: &str, mark: &str) -> String {
    let docs = text.lines().filter_map(|line| line.trim().strip_prefix(mark));
    docs.map(|line| line.strip_prefix(' ').unwrap_or(line))
        .collect::<Vec<_>>()
        .join("\n")
}

/// The code blocks that rustdoc compiles.
fn examples(docs: &str) -> String {
    let parts = docs.split("```").skip(1).step_by(2);
    let compiled = parts.filter_map(|block| block.split_once('\n'));
    compiled
        .filter(|(language, _)| ["", "no_run"].contains(language))
        .map(|(_, code)| code)
        .collect()
}

fn pointed_to(docs: &str) -> Option<&str> {
    let (_, rest) = docs.split_once(POINTER)?;
    rest.split_once(']').map(|(place, _)| place.trim_matches('`'))
}

fn has_word(text: &str, word: &str) -> bool {
    text.split(|c: char| !c.is_alphanumeric() && c != '_')
        .any(|part| part == word)
}

#[test]
fn an_example_is_code_that_is_compiled() {
    let docs = "```text\nOne\n```\nTwo\n```\nThree\n```\nAn example is at [`Four`].\n```no_run\nFive\n```";
    assert_eq!(examples(docs), "Three\nFive\n");
    assert_eq!(pointed_to(docs), Some("Four"));
    assert!(has_word("let it: Five;", "Five") && !has_word("Fivefold", "Five"));
    assert_eq!(
        exported("\npub use airs_core::X;\npub use a::{B, C};\npub use d::E;\n"),
        ["B", "C", "E"]
    );
}
