//! Text of a message, before people look at it.

/// Characters of a text that are shown: names are shorter, and what a parser quotes may be as long as the message.
const CHARACTERS_MAX: usize = 300;

/// A text on one line that a terminal shows as it is: what cannot be printed is escaped, ends of lines and what turns the
/// direction of text among it. A message must not look like the answer to it.
pub(crate) fn shown(text: &str) -> String {
    let mut shown = String::new();
    for (number, character) in text.chars().enumerate() {
        if number == CHARACTERS_MAX {
            shown.push('…');
            break;
        }
        match character {
            // They can be, and are escaped for programs only.
            '"' | '\'' | '\\' => shown.push(character),
            _ => shown.extend(character.escape_debug()),
        }
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::{CHARACTERS_MAX, shown};

    #[test]
    fn nothing_is_left_that_a_terminal_acts_on() {
        assert_eq!(shown("Müller & 王"), "Müller & 王");
        assert_eq!(
            shown("\u{1b}[2J\u{9b}2J\n\u{202e}\u{2028}"),
            "\\u{1b}[2J\\u{9b}2J\\n\\u{202e}\\u{2028}"
        );
    }

    #[test]
    fn a_long_text_is_cut() {
        let long = shown(&"ü".repeat(1_000_000));
        assert_eq!(long.chars().count(), CHARACTERS_MAX + 1);
        assert!(long.ends_with("ü…"));
    }
}
