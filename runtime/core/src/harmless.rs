//! Text of strangers, before people look at it.

use std::borrow::Cow;
use std::fmt::Write as _;

/// A text in which nothing is left that a terminal acts on, or that turns the direction of what follows: such
/// characters are escaped. Tabs and ends of lines stay.
///
/// ```
/// use airs_core::harmless;
///
/// assert_eq!(harmless("paid\u{1b}[2J\u{202e}\n"), "paid\\u{1b}[2J\\u{202e}\n");
/// assert!(matches!(harmless("grüezi"), std::borrow::Cow::Borrowed(_)));
/// ```
pub fn harmless(text: &str) -> Cow<'_, str> {
    // Writing to a String cannot fail.
    escaped(text, |clean, character| {
        let _infallible = write!(clean, "{}", character.escape_default());
    })
}

/// The same for a JSON document, which it leaves what it was: only strings can have such characters, and there each has
/// another form of the same meaning.
///
/// ```
/// use airs_core::harmless_json;
///
/// assert_eq!(harmless_json("{\"memo\":\"paid\u{9b}2J\u{202e}\"}"), r#"{"memo":"paid\u009b2J\u202e"}"#);
/// ```
pub fn harmless_json(document: &str) -> Cow<'_, str> {
    escaped(document, |clean, character| {
        let _infallible = write!(clean, "\\u{:04x}", u32::from(character));
    })
}

fn escaped(text: &str, escape: impl Fn(&mut String, char)) -> Cow<'_, str> {
    if !text.contains(is_harmful) {
        return Cow::Borrowed(text);
    }
    let mut clean = String::with_capacity(text.len());
    for character in text.chars() {
        if is_harmful(character) {
            escape(&mut clean, character);
        } else {
            clean.push(character);
        }
    }
    Cow::Owned(clean)
}

/// Four hexadecimal digits are enough for all of them.
fn is_harmful(character: char) -> bool {
    let turns = matches!(
        character,
        '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}'
    );
    // Some viewers begin a line there, which then looks like ours.
    let breaks = matches!(character, '\u{2028}' | '\u{2029}');
    turns || breaks || (character.is_control() && !matches!(character, '\t' | '\n'))
}
