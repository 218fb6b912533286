//! Words that have no place in what is published.

use crate::tree::{Source, expect_none, sources};

/// In two pieces each, so that this file does not offend.
const MARKS: [&str; 3] = [concat!("FIX", "ME"), concat!("TO", "DO"), concat!("XX", "X")];
const MACHINES: [&str; 5] = [
    concat!("/ho", "me/"),
    concat!("/ro", "ot/"),
    concat!("/Us", "ers/"),
    concat!("/wo", "rk/"),
    concat!("C:\\", "Users"),
];
const REGISTRIES: [&str; 7] = [
    concat!("index.crates", ".io"),
    concat!("static.crates", ".io"),
    concat!("registry.npmjs", ".org"),
    concat!("pypi", ".org"),
    concat!("ghcr", ".io"),
    concat!("docker", ".io"),
    concat!("artifact", "ory"),
];

fn expect_no_words(rule: &str, words: &[&str]) {
    let mut offences = Vec::new();
    for source in sources().iter().filter(|source| !source.is_lock_file()) {
        for (number, line) in source.lines() {
            let found = words.iter().filter(|word| line.contains(**word));
            offences.extend(found.map(|word| format!("{}:{number}: {word}", source.path)));
        }
    }
    expect_none(rule, &offences);
}

#[test]
fn nothing_is_left_for_later_in_a_comment() {
    expect_no_words("work is kept in tickets, not in files", &MARKS);
}

#[test]
fn no_file_names_a_folder_of_one_machine() {
    expect_no_words("paths that exist on one machine only", &MACHINES);
}

#[test]
fn no_file_but_a_lock_file_names_the_host_of_a_package_registry() {
    expect_no_words("hosts of package registries", &REGISTRIES);
}

#[test]
fn no_comment_and_no_page_refers_to_a_ticket() {
    let mut offences = Vec::new();
    for source in sources() {
        for (number, line) in source.lines() {
            if prose(&source, line).is_some_and(names_a_ticket) {
                offences.push(format!("{}:{number}: {}", source.path, line.trim()));
            }
        }
    }
    expect_none("tickets come and go, what is written here stays", &offences);
}

/// The part of a line that is for people.
fn prose<'a>(source: &Source, line: &'a str) -> Option<&'a str> {
    match source.name().rsplit('.').next()? {
        "md" | "hbs" => Some(line),
        "rs" | "wit" => line.split_once("//").map(|(_, comment)| comment),
        "toml" => line.split_once("# ").map(|(_, comment)| comment),
        _ => None,
    }
}

/// Whether a text has something like a number sign and digits, as a word of its own.
fn names_a_ticket(text: &str) -> bool {
    text.match_indices('#').any(|(at, _)| {
        let (before, after) = (&text[..at], &text[at + 1..]);
        let digits = after.chars().take_while(char::is_ascii_digit).count();
        let ends = !after[digits..].starts_with(|c: char| c.is_alphanumeric());
        let begins = !before.ends_with(|c: char| c.is_alphanumeric() || c == '&' || c == '`');
        digits > 0 && begins && ends
    })
}

#[test]
fn a_ticket_is_told_from_a_colour() {
    for ticket in ["see #12", "(#7)", "#1234:"] {
        assert!(names_a_ticket(ticket), "{ticket}");
    }
    for other in ["probe#1: line", "&#39;", "# heading", "#12ab34", "C# 12"] {
        assert!(!names_a_ticket(other), "{other}");
    }
}
