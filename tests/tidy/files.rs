//! Files: how long, and called what.

use crate::tree::{Source, expect_none, sources};

const LINES_MAX: usize = 500;
/// Longer files than this are rare.
const LONG_LINES: usize = 300;
const LONG_FILES_PERCENT_MAX: usize = 3;

/// Names that say nothing about what is inside.
const BANNED_FILES: [&str; 9] = [
    "mod.rs",
    "common.rs",
    "helpers.rs",
    "misc.rs",
    "types.rs",
    "traits.rs",
    "prelude.rs",
    "manager.rs",
    "handler.rs",
];
const BANNED_ENDINGS: [&str; 3] = ["Manager", "Helper", "Handler"];

fn written() -> impl Iterator<Item = Source> {
    sources()
        .into_iter()
        .filter(|source| source.is_rust() && !source.is_generated())
}

#[test]
fn no_file_is_too_long_and_hardly_any_is_long() {
    let lengths: Vec<(String, usize)> = written()
        .map(|source| (source.path.clone(), source.lines().count()))
        .collect();
    let over = |limit: usize| -> Vec<String> {
        let over = lengths.iter().filter(|(_, lines)| *lines > limit);
        over.map(|(path, lines)| format!("{path}: {lines} lines"))
            .collect()
    };
    expect_none("files that hold more than one thing", &over(LINES_MAX));
    let long = over(LONG_LINES);
    assert!(
        long.len() * 100 <= lengths.len() * LONG_FILES_PERCENT_MAX,
        "{} of {} files have more than {LONG_LINES} lines:\n  {}",
        long.len(),
        lengths.len(),
        long.join("\n  ")
    );
}

#[test]
fn a_file_is_called_what_a_reader_would_search_for() {
    let named_badly =
        |source: &Source| BANNED_FILES.contains(&source.name()) || source.name().starts_with("util");
    let offences: Vec<String> = written().filter(named_badly).map(|source| source.path).collect();
    expect_none("files whose name says nothing", &offences);
}

#[test]
fn a_type_is_called_what_it_is() {
    let mut offences = Vec::new();
    for source in written() {
        for (number, line) in source.lines() {
            if let Some(name) = defined(line)
                && BANNED_ENDINGS.iter().any(|ending| name.ends_with(ending))
            {
                offences.push(format!("{}:{number}: {name}", source.path));
            }
        }
    }
    expect_none("types whose name says nothing", &offences);
}

/// The name of the type that a line begins to define.
fn defined(line: &str) -> Option<&str> {
    let mut words = line.split_whitespace().skip_while(|word| word.starts_with("pub"));
    let keyword = words.next()?;
    let name = words.next()?;
    let name = name.split(|c: char| !c.is_alphanumeric()).next()?;
    ["struct", "enum", "trait", "type", "union"]
        .contains(&keyword)
        .then_some(name)
}

#[test]
fn every_file_says_first_what_it_is_about() {
    // What does not compile on purpose is about the one mistake in its name.
    let is_a_mistake = |source: &Source| source.path.starts_with("sdk/tests/compile_fail/");
    let silent = written().filter(|source| !source.text.starts_with("//! ") && !is_a_mistake(source));
    let offences: Vec<String> = silent.map(|source| source.path).collect();
    expect_none("files that do not begin with //!", &offences);
}
