//! What a Rust name is called in WIT.

use syn::{Attribute, Error, Ident, LitStr, Result};

/// A field's or a case's name in WIT: as its `#[wit(name = "…")]` says, or the Rust name in kebab case. The
/// attribute is taken away.
pub(crate) fn of(ident: &Ident, attributes: &mut Vec<Attribute>) -> Result<String> {
    let mut name = None;
    for attribute in attributes.extract_if(.., |attribute| attribute.path().is_ident("wit")) {
        attribute.parse_nested_meta(|meta| {
            if !meta.path.is_ident("name") || name.is_some() {
                return Err(meta.error("only name = \"…\" is known here, once"));
            }
            let text: LitStr = meta.value()?.parse()?;
            if !is_wit_name(&text.value()) {
                return Err(Error::new(
                    text.span(),
                    "a WIT name is words of letters and digits with hyphens between",
                ));
            }
            name = Some(text.value());
            Ok(())
        })?;
    }
    Ok(name.unwrap_or_else(|| kebab(&ident.to_string())))
}

/// `column_names` and `ColumnNames` are `column-names`, `HTTPError` is `http-error`.
fn kebab(rust: &str) -> String {
    let letters: Vec<char> = rust.strip_prefix("r#").unwrap_or(rust).chars().collect();
    let mut kebab = String::new();
    for (at, letter) in letters.iter().enumerate() {
        let lower_before = at > 0 && letters.get(at - 1).is_some_and(|before| !before.is_uppercase());
        let lower_after = letters.get(at + 1).is_some_and(|after| after.is_lowercase());
        if letter.is_uppercase() && (lower_before || (at > 0 && lower_after)) && !kebab.ends_with('-') {
            kebab.push('-');
        }
        match letter {
            '_' => kebab.push('-'),
            letter => kebab.extend(letter.to_lowercase()),
        }
    }
    kebab
}

/// The name of a constant: `READ_ONLY`.
pub(crate) fn constant(ident: &Ident) -> Ident {
    let name = kebab(&ident.to_string()).replace('-', "_").to_uppercase();
    Ident::new(&name, ident.span())
}

fn is_wit_name(name: &str) -> bool {
    name.split('-').all(|word| {
        word.starts_with(|c: char| c.is_ascii_alphabetic()) && word.chars().all(|c| c.is_ascii_alphanumeric())
    })
}

#[cfg(test)]
mod tests {
    use super::kebab;

    #[test]
    fn rust_names_become_kebab_case() {
        for (rust, wit) in [
            ("name", "name"),
            ("column_names", "column-names"),
            ("r#type", "type"),
            ("ColumnNames", "column-names"),
            ("HTTPError", "http-error"),
            ("Utf8", "utf8"),
            ("SCREAMING_CASE", "screaming-case"),
        ] {
            assert_eq!(kebab(rust), wit);
        }
    }
}
