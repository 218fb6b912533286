//! Text of a message, before people look at it.

/// Characters of a text that are shown: names are shorter, and what a parser quotes may be as long as the message.
const CHARACTERS_MAX: usize = 300;

/// A text on one line that a terminal shows as it is. Characters that a terminal acts on, that begin a line or that turn
/// the direction of what follows are escaped: a message must not look like the answer to it.
pub(crate) fn shown(text: &str) -> String {
    let mut shown = String::new();
    for (number, character) in text.chars().enumerate() {
        if number == CHARACTERS_MAX {
            shown.push('…');
            break;
        }
        if is_harmful(character) {
            shown.extend(character.escape_default());
        } else {
            shown.push(character);
        }
    }
    shown
}

fn is_harmful(character: char) -> bool {
    let turns = matches!(
        character,
        '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}'
    );
    let breaks = matches!(character, '\u{2028}' | '\u{2029}');
    turns || breaks || character.is_control()
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
