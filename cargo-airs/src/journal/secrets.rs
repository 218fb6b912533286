//! What must not be kept.

use std::collections::BTreeMap;

/// Shorter values are in every other line by chance, and are no secrets.
const BYTES_MIN: usize = 6;

/// Values of variables that components may read: a component may log what it was trusted with.
#[derive(Debug, Default)]
pub(super) struct Secrets(BTreeMap<String, String>);

impl Secrets {
    pub(super) fn add(&mut self, name: &str, value: &str) {
        if value.len() >= BYTES_MIN {
            self.0.insert(name.to_owned(), value.to_owned());
        }
    }

    /// Puts a variable's name in place of its value.
    pub(super) fn remove_from(&self, text: &mut String) {
        for (name, value) in &self.0 {
            if text.contains(value.as_str()) {
                *text = text.replace(value.as_str(), &format!("[{name}]"));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Secrets;

    #[test]
    fn a_value_gives_way_to_its_name() {
        let mut secrets = Secrets::default();
        secrets.add("KEY", "s3cret-key");
        secrets.add("SHORT", "a");
        let mut text = "a key: s3cret-key, s3cret-key".to_owned();
        secrets.remove_from(&mut text);
        assert_eq!(text, "a key: [KEY], [KEY]");
    }
}
