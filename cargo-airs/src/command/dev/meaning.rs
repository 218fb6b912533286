//! What a file says, without what says nothing: comments and blanks in a file of settings.

use std::path::Path;

use toml_edit::{DocumentMut, Item, TableLike, Value};

/// What counts of a file's contents.
pub(super) fn of(path: &Path, bytes: Vec<u8>) -> Vec<u8> {
    let is_toml = path.extension().is_some_and(|extension| extension == "toml");
    let settings = is_toml.then(|| settings(&bytes)).flatten();
    settings.unwrap_or(bytes)
}

/// The keys and values of a file in TOML; none when it is not.
fn settings(bytes: &[u8]) -> Option<Vec<u8>> {
    let document: DocumentMut = std::str::from_utf8(bytes).ok()?.parse().ok()?;
    let mut text = String::new();
    table(document.as_table(), &mut text);
    Some(text.into_bytes())
}

fn table(entries: &dyn TableLike, text: &mut String) {
    text.push('{');
    for (key, item) in entries.iter() {
        text.push_str(&format!("{key:?}="));
        match item {
            Item::None => {}
            Item::Value(one) => value(one, text),
            Item::Table(inner) => table(inner, text),
            Item::ArrayOfTables(all) => all.iter().for_each(|inner| table(inner, text)),
        }
        text.push('\n');
    }
    text.push('}');
}

fn value(one: &Value, text: &mut String) {
    match one {
        Value::InlineTable(inner) => table(inner, text),
        Value::Array(all) => {
            text.push('[');
            for one in all {
                value(one, text);
                text.push(',');
            }
            text.push(']');
        }
        Value::String(string) => text.push_str(&format!("{:?}", string.value())),
        other => text.push_str(other.clone().decorated("", "").to_string().trim()),
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    fn meaning(file: &str, text: &str) -> Vec<u8> {
        super::of(Path::new(file), text.into())
    }

    #[test]
    fn comments_and_blanks_in_settings_say_nothing() {
        let plain = "[a]\nb = [1, 2]\nc = { d = \"x # y\", e = 1.5 }\n[[f]]\ng = 1\n[[f]]\ng = 2\n";
        let same = "# why\n[a]  # so\n\nb = [ # one\n  1,\n  2, # two\n]\nc = {d='x # y',e = 1.5}\n[[f]]\ng=1\n[[f]]\ng=2\n";
        assert_eq!(meaning("Cargo.toml", plain), meaning("Cargo.toml", same));
        for other in [
            plain.replace("1.5", "1.25"),
            plain.replace("x # y", "x"),
            plain.replace("[1, 2]", "[1]"),
            plain.replace("[[f]]\ng = 2\n", ""),
            plain.replace("[a]", "[h]"),
        ] {
            assert_ne!(
                meaning("Cargo.toml", plain),
                meaning("Cargo.toml", &other),
                "{other}"
            );
        }
    }

    #[test]
    fn everything_counts_in_other_files_and_in_broken_ones() {
        assert_ne!(meaning("lib.rs", "a"), meaning("lib.rs", "a "));
        assert_ne!(meaning("Cargo.toml", "[a"), meaning("Cargo.toml", "[a # b"));
    }
}
