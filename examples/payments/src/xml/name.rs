//! Names of elements and attributes.

/// Characters of a name. The longest that a message has are some thirty.
const NAME_CHARACTERS_MAX: usize = 128;

/// Whether XML has such a name, and a message a name as long. A prefix, with its colon, may be part of it.
pub(super) fn is_name(text: &str) -> bool {
    let mut characters = text.chars();
    characters.next().is_some_and(may_begin)
        && characters.all(may_follow)
        && text.chars().count() <= NAME_CHARACTERS_MAX
}

/// `NameStartChar` of XML 1.0.
fn may_begin(character: char) -> bool {
    matches!(
        character,
        ':' | '_'
            | 'A'..='Z'
            | 'a'..='z'
            | '\u{c0}'..='\u{d6}'
            | '\u{d8}'..='\u{f6}'
            | '\u{f8}'..='\u{2ff}'
            | '\u{370}'..='\u{37d}'
            | '\u{37f}'..='\u{1fff}'
            | '\u{200c}'..='\u{200d}'
            | '\u{2070}'..='\u{218f}'
            | '\u{2c00}'..='\u{2fef}'
            | '\u{3001}'..='\u{d7ff}'
            | '\u{f900}'..='\u{fdcf}'
            | '\u{fdf0}'..='\u{fffd}'
            | '\u{10000}'..='\u{effff}'
    )
}

/// `NameChar` of XML 1.0.
fn may_follow(character: char) -> bool {
    may_begin(character)
        || matches!(
            character,
            '-' | '.' | '0'..='9' | '\u{b7}' | '\u{300}'..='\u{36f}' | '\u{203f}'..='\u{2040}'
        )
}

#[cfg(test)]
mod tests {
    use super::{NAME_CHARACTERS_MAX, is_name};

    #[test]
    fn names_are_what_xml_has() {
        for name in ["a", "_a", "xmlns:xsi", "a-1.b", "größe", "名"] {
            assert!(is_name(name), "{name}");
        }
        for text in [
            "",
            "1",
            "-a",
            "a b",
            "\u{1b}[2J",
            "a\u{9b}",
            "a\u{202e}",
            "a&b",
            "a\"",
            "a<",
        ] {
            assert!(!is_name(text), "{text:?}");
        }
        assert!(is_name(&"a".repeat(NAME_CHARACTERS_MAX)));
        assert!(!is_name(&"a".repeat(NAME_CHARACTERS_MAX + 1)));
    }
}
