//! The closed list of error codes stands in four places, for four readers, and is one list.

use crate::tree::read;

/// The codes in the WIT enum.
fn interface() -> Vec<String> {
    let text = read("wit/types.wit");
    let (_, body) = text.split_once("enum error-code {").unwrap();
    let (body, _) = body.split_once('}').unwrap();
    let lines = body
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty() && !line.starts_with("///"));
    lines.map(|line| line.trim_end_matches(',').to_owned()).collect()
}

/// The codes in a file's `codes!`, each with the variant's name.
pub(crate) fn listed(path: &str) -> Vec<(String, String)> {
    let text = read(path);
    let (_, body) = text.split_once("\ncodes! {").unwrap();
    let (body, _) = body.split_once("\n}").unwrap();
    let entries = body
        .lines()
        .filter(|line| !line.trim_start().starts_with("///"))
        .filter_map(|line| {
            let (variant, text) = line.trim().trim_end_matches(',').split_once(" = ")?;
            Some((variant.to_owned(), text.trim_matches('"').to_owned()))
        });
    entries.collect()
}

#[test]
fn every_code_is_the_same_for_all_readers() {
    let codes = interface();
    assert!(codes.len() > 30, "{codes:?}");
    for path in [
        "runtime/core/src/code.rs",
        "runtime/engine/src/abi.rs",
        "sdk/src/code.rs",
    ] {
        let (variants, texts): (Vec<String>, Vec<String>) = listed(path).into_iter().unzip();
        assert_eq!(texts, codes, "{path}");
        assert_eq!(
            variants.iter().map(|variant| kebab(variant)).collect::<Vec<_>>(),
            codes,
            "{path}"
        );
    }
}

fn kebab(variant: &str) -> String {
    let mut text = String::new();
    for c in variant.chars() {
        if c.is_uppercase() && !text.is_empty() {
            text.push('-');
        }
        text.push(c.to_ascii_lowercase());
    }
    text
}
