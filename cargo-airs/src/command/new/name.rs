//! Names of new components: what airs, Cargo and Rust all accept.

use airs_runtime::{Kind, Name, NameError};

use crate::error::{Failure, Reason, Result};

/// Words of Rust, now or reserved, which cannot name a crate.
const KEYWORDS: &[&str] = &[
    "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "crate", "do", "dyn",
    "else", "enum", "extern", "false", "final", "fn", "for", "gen", "if", "impl", "in", "let", "loop",
    "macro", "match", "mod", "move", "mut", "override", "priv", "pub", "ref", "return", "self", "static",
    "struct", "super", "trait", "true", "try", "type", "typeof", "unsafe", "unsized", "use", "virtual",
    "where", "while", "yield",
];

/// Crates that a component's own crate would hide: of Rust, and those that every component depends on.
const CRATES: &[&str] = &[
    "airs",
    "airs-macros",
    "airs-sdk",
    "alloc",
    "core",
    "proc-macro",
    "serde",
    "serde-json",
    "std",
    "test",
];

/// Folders that Cargo makes among what it builds.
const CARGO_FOLDERS: &[&str] = &[
    "build",
    "deps",
    "doc",
    "examples",
    "incremental",
    "package",
    "target",
    "tmp",
];

/// The name, if a new component can have it.
pub(crate) fn check(kind: Kind, text: &str) -> Result<Name> {
    let refused = |why: String| {
        let good = nearest(kind, text);
        Failure::new(
            Reason::Airs(airs_runtime::Code::InvalidName),
            format!("{text:?} is no name for a {kind}: {why}"),
        )
        .hint(format!("a good name is `{good}`: cargo airs new {kind} {good}"))
    };
    let name: Name = text.parse().map_err(|why: NameError| refused(why.to_string()))?;
    match taken(text) {
        Some(why) => Err(refused(why.to_owned())),
        None => Ok(name),
    }
}

/// Why something else has the name.
fn taken(name: &str) -> Option<&'static str> {
    let reasons = [
        (KEYWORDS, "it is a word of Rust"),
        (CRATES, "a crate that every component uses has it"),
        (CARGO_FOLDERS, "Cargo has a folder of that name"),
    ];
    reasons
        .into_iter()
        .find(|(names, _)| names.contains(&name))
        .map(|(_, why)| why)
}

/// The good name that is nearest to `text`.
fn nearest(kind: Kind, text: &str) -> String {
    let mut name = String::new();
    let mut previous = ' ';
    for character in text.chars() {
        let starts_word = character.is_ascii_uppercase() && previous.is_ascii_lowercase();
        if (starts_word || !character.is_ascii_alphanumeric()) && !name.ends_with('-') {
            name.push('-');
        }
        if character.is_ascii_alphanumeric() {
            name.push(character.to_ascii_lowercase());
        }
        previous = character;
    }
    let name = name.trim_matches('-');
    let name = if name.is_empty() {
        format!("my-{kind}")
    } else if name.starts_with(|first: char| first.is_ascii_digit()) {
        format!("{kind}-{name}")
    } else if taken(name).is_some() || name.parse::<Name>() == Err(NameError::Device) {
        format!("{name}-{kind}")
    } else {
        name.to_owned()
    };
    let short: String = name.chars().take(Name::BYTES_MAX).collect();
    short.trim_end_matches('-').to_owned()
}

#[cfg(test)]
mod tests {
    use airs_runtime::{Kind, Name};

    use super::{CARGO_FOLDERS, CRATES, KEYWORDS, check, nearest};

    #[test]
    fn the_nearest_name_is_a_good_one() {
        let long = "x".repeat(100);
        let texts = [
            "My Driver",
            "..",
            "fn",
            "",
            "1st",
            "Ünïcode",
            "a--b",
            "-x-",
            "../../etc",
            "日本",
            "CON",
            &long,
        ];
        let reserved = [KEYWORDS, CRATES, CARGO_FOLDERS].concat();
        for text in texts.iter().chain(&reserved) {
            for kind in [Kind::Driver, Kind::Program] {
                let near = nearest(kind, text);
                assert!(check(kind, &near).is_ok(), "{text:?} → {near:?}");
                assert!(near.len() <= Name::BYTES_MAX);
            }
        }
    }

    #[test]
    fn the_nearest_name_keeps_what_it_can() {
        for (text, near) in [
            ("My Driver", "my-driver"),
            ("MyDriver", "my-driver"),
            ("my_driver", "my-driver"),
            ("fn", "fn-driver"),
            ("serde", "serde-driver"),
            ("aux", "aux-driver"),
            ("../ledger", "ledger"),
            ("2fa", "driver-2fa"),
            ("..", "my-driver"),
        ] {
            assert_eq!(nearest(Kind::Driver, text), near);
        }
    }
}
