//! What must not be kept.

use airs_core::harmless;
use airs_runtime::SECRET_BYTES_MIN;

/// Values of variables that components may read: a component may log what it was trusted with.
///
/// A log has lines, and its characters have become harmless: so a value is known by each of its lines, and in both forms;
/// a host that it is asked for is in lower case.
#[derive(Debug, Default)]
pub(super) struct Secrets {
    /// Texts with the names of their variables, the longest first: one may be a part of another.
    texts: Vec<(String, String)>,
}

impl Secrets {
    pub(super) fn add(&mut self, name: &str, value: &str) {
        for line in std::iter::once(value).chain(value.lines()) {
            for text in [
                line.to_owned(),
                harmless(line).into_owned(),
                line.to_ascii_lowercase(),
            ] {
                let is_known = self.texts.iter().any(|(known, _)| *known == text);
                if text.len() >= SECRET_BYTES_MIN && !is_known {
                    self.texts.push((text, name.to_owned()));
                }
            }
        }
        self.texts.sort_by_key(|(text, _)| std::cmp::Reverse(text.len()));
    }

    /// Puts variables' names in place of their values, and cuts the text to so many bytes. What a cut left of a value is
    /// no value any more, and gives way too: a text may have been cut before, as a line is where a log is full.
    pub(super) fn remove_from(&self, text: &mut String, bytes_max: usize) {
        for (secret, name) in &self.texts {
            if text.contains(secret.as_str()) {
                *text = text.replace(secret.as_str(), &format!("[{name}]"));
            }
        }
        text.truncate(text.floor_char_boundary(bytes_max));
        let begun = self.texts.iter();
        let begun = begun.filter_map(|(secret, name)| Some((beginning(text, secret)?, name)));
        if let Some((bytes, name)) = begun.max_by_key(|(bytes, _)| *bytes) {
            text.truncate(text.len() - bytes);
            text.push_str(&format!("[{name}]…"));
        }
    }
}

/// How many bytes at the end of a text begin a secret, if they are enough to be one.
fn beginning(text: &str, secret: &str) -> Option<usize> {
    let ends = secret
        .char_indices()
        .map(|(at, _)| at)
        .filter(|at| *at >= SECRET_BYTES_MIN);
    ends.rev()
        .find(|at| secret.get(..*at).is_some_and(|begun| text.ends_with(begun)))
}

#[cfg(test)]
mod tests {
    use super::Secrets;

    fn without(secrets: &[(&str, &str)], text: &str, bytes_max: usize) -> String {
        let mut all = Secrets::default();
        secrets.iter().for_each(|(name, value)| all.add(name, value));
        let mut text = text.to_owned();
        all.remove_from(&mut text, bytes_max);
        text
    }

    #[test]
    fn a_value_gives_way_to_its_name() {
        let secrets = [("KEY", "s3cret-key"), ("SHORT", "a")];
        assert_eq!(
            without(&secrets, "a key: s3cret-key, s3cret-key", 99),
            "a key: [KEY], [KEY]"
        );
    }

    #[test]
    fn one_that_is_a_part_of_another_leaves_nothing_of_it() {
        let secrets = [("A", "s3cret"), ("B", "s3cret-key-2")];
        assert_eq!(without(&secrets, "s3cret-key-2 s3cret", 99), "[B] [A]");
    }

    #[test]
    fn a_value_of_several_lines_is_known_by_each() {
        let key = "-----BEGIN KEY-----\nMIIEvQIBADANBg\n-----END KEY-----\n";
        assert_eq!(without(&[("KEY", key)], "MIIEvQIBADANBg", 99), "[KEY]");
    }

    #[test]
    fn a_value_is_known_after_its_characters_became_harmless() {
        let text = airs_core::harmless("tab\there\u{1b}").into_owned();
        assert_eq!(without(&[("KEY", "tab\there\u{1b}")], &text, 99), "[KEY]");
    }

    #[test]
    fn a_cut_leaves_no_beginning_of_a_value() {
        assert_eq!(
            without(&[("KEY", "s3cret-key")], "it is s3cret-key", 13),
            "it is [KEY]"
        );
        assert_eq!(
            without(&[("KEY", "s3cret-key")], "it is s3cret-", 13),
            "it is [KEY]…"
        );
        assert_eq!(
            without(&[("KEY", "s3cret-key")], "it is s3cret-", 99),
            "it is [KEY]…"
        );
        assert_eq!(
            without(&[("KEY", "s3cret-key")], "it is s3cre", 99),
            "it is s3cre"
        );
    }
}
