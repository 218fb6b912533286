//! What a library says of what a stranger wrote.

/// The longest quotation: a name within a component may have megabytes.
const CHARACTERS_MAX: usize = 400;

/// The message on one line, and no longer than a person reads.
pub(crate) fn in_short(message: &str) -> String {
    let mut short = String::new();
    for word in message.split_whitespace() {
        if !short.is_empty() {
            short.push(' ');
        }
        // Of a word that is longer than all may be, so much is enough for it to be cut.
        short.extend(word.chars().take(CHARACTERS_MAX + 1));
        if let Some((end, _)) = short.char_indices().nth(CHARACTERS_MAX) {
            short.truncate(end);
            short.push('…');
            return short;
        }
    }
    short
}

#[cfg(test)]
mod tests {
    use super::in_short;

    #[test]
    fn a_message_is_one_line_that_can_be_read() {
        assert_eq!(in_short("bad magic:\n    0x0,\n\t0x1"), "bad magic: 0x0, 0x1");
        let long = in_short(&"ü".repeat(1_000_000));
        assert_eq!(long.chars().count(), 401);
        assert!(long.ends_with("ü…"));
        assert_eq!(in_short(&"a ".repeat(1_000_000)).chars().count(), 401);
    }
}
