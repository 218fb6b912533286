//! Texts with places, those of strangers among them: what they may cost.

use super::super::text::{
    BACKSLASHES_MAX, BLOCKS_MAX, PARENTHESES_MAX, PLACES_MAX, REASON_CHARACTERS_MAX, TEXT_BYTES_MAX, check,
};
use super::{MANIFEST, folder, made, refused};

/// A text that has so much of something.
type Long<'a> = &'a dyn Fn(usize) -> String;

/// Texts as large as they may be, each with one that is larger by one, and what is said of that.
fn at_the_limits() -> Vec<(String, String, &'static str)> {
    let nested = |depth: usize| format!("{}{}", "{{#if alone}}".repeat(depth), "{{/if}}".repeat(depth));
    let chained = |depth: usize| {
        format!(
            "{{{{#if alone}}}}{}{{{{/if}}}}",
            "{{else if alone}}".repeat(depth - 1)
        )
    };
    let called = |depth: usize| {
        let (calls, ends) = ("(not ".repeat(depth), ")".repeat(depth));
        format!("{{{{#if {calls}alone{ends}}}}}{{{{/if}}}}")
    };
    let placed = |places: usize| "{{sdk}}".repeat(places);
    let long = |bytes: usize| "a".repeat(bytes);
    let slashed = |slashes: usize| "\\".repeat(slashes);
    let limits: [(Long<'_>, usize, &'static str); 6] = [
        (&nested, BLOCKS_MAX, "nested more than 16 deep"),
        (&chained, BLOCKS_MAX, "nested more than 16 deep"),
        (&called, PARENTHESES_MAX, "more than 16 parentheses"),
        (&placed, PLACES_MAX, "more than 1000 {{"),
        (&long, TEXT_BYTES_MAX, "longer than 64 KiB"),
        (&slashed, BACKSLASHES_MAX, "more than 64 backslashes"),
    ];
    let texts = limits.map(|(text, max, why)| (text(max), text(max + 1), why));
    texts.into()
}

#[test]
fn a_text_is_rendered_up_to_its_limits_and_not_beyond() {
    for (good, bad, why) in at_the_limits() {
        let files = [("Cargo.toml.hbs", MANIFEST), ("a.hbs", good.as_str())];
        let made = made(folder(&files).path());
        assert!(made.is_ok(), "{why}: {made:?}");
        let refused = refused(&[("Cargo.toml.hbs", MANIFEST), ("a.hbs", &bad)]);
        assert!(refused.contains("a.hbs") && refused.contains(why), "{refused}");
        assert!(refused.contains("Usage"), "{refused}");
    }
    let many: Vec<_> = (0..17).map(|number| format!("{number}.hbs")).collect();
    let text = "a".repeat(TEXT_BYTES_MAX);
    let files: Vec<_> = many.iter().map(|path| (path.as_str(), text.as_str())).collect();
    assert!(refused(&files).contains("more than 1 MiB"));
}

#[test]
fn a_hostile_text_is_refused_before_it_is_parsed() {
    for (text, why) in [
        ("{{#if alone}}".repeat(1_500), "nested more than 16"),
        // What looks like the end of a block, and is none.
        ("{{#if alone}}{{!{{/if}}".repeat(20), "nested more than 16"),
        (
            "{{#if alone}}{{!-- }}{{/if}} --}}".repeat(20),
            "nested more than 16",
        ),
        ("{{#if alone}}\\{{/if}}".repeat(20), "nested more than 16"),
        (
            "{{#if alone}}{{eq \"}}{{/if}}\"}}".repeat(20),
            "a text without an end",
        ),
        (
            "{{{{raw}}}}{{/if}}{{{{/raw}}}}".to_owned(),
            "more than three braces",
        ),
        ("{".repeat(60_000), "more than three braces"),
        ("{".repeat(3_000_000), "longer than"),
        ("(a ".repeat(20_000).replacen('(', "{{(", 1) + "}}", "parentheses"),
        ("{{#if [[[[1]]]]}}{{/if}}".to_owned(), "a brace or a bracket"),
        (
            "{{lookup {\"a\":{\"a\":1}} \"a\"}}".to_owned(),
            "a brace or a bracket",
        ),
        ("{{!-- {{name}}".to_owned(), "a comment of it has no end"),
        ("{{#if ".repeat(1_000), "a place of it"),
    ] {
        let shown: String = text.chars().take(40).collect();
        let refused = check(&text).unwrap_err();
        assert!(refused.contains(why), "{shown}: {refused}");
    }
    for text in [
        "\\{{{{raw}}}} \\{{name}} \\\\{{name}}",
        "{{!-- {{name}} }} --}}{{! a }}{{{name}}}{{ {name} }}{{~name~}}{{&name}}",
        "{{#if (eq kind \"driver\")}}it's{{else}}'{{/if}}",
        "fn main() { let [a, b] = [[(((((((((((((((((((1)))))))))))))))))))], [2]]; }",
    ] {
        assert_eq!(check(text), Ok(()), "{text}");
    }
}

#[test]
fn what_is_said_of_a_text_is_short() {
    let long = "a".repeat(20_000);
    for text in [
        format!("{{{{{long}}}}}"),
        format!("{{{{#{long}}}}}{{{{/{long}}}}}"),
        format!("{{{{#if alone}}}}{long}{{{{/{long}}}}}"),
        format!("{long}{{{{=}}}}{long}"),
        "{{#each this}}{{/each}}".to_owned(),
    ] {
        let refused = refused(&[("Cargo.toml.hbs", MANIFEST), ("a.hbs", &text)]);
        assert!(refused.contains("a.hbs: it cannot be rendered"), "{refused}");
        assert!(refused.len() < REASON_CHARACTERS_MAX + 600, "{refused}");
    }
}
