//! `Cargo.lock`, as Cargo writes it: what follows the header is one block of text for each package.

use std::fmt;

const MARK: &str = "\n[[package]]\n";

/// A lock file.
#[derive(Clone, Debug)]
pub(crate) struct Lock {
    header: String,
    /// Each without its mark, in the order of names and versions.
    packages: Vec<String>,
}

impl Lock {
    pub(crate) fn parse(text: &str) -> Self {
        let text = text.replace("\r\n", "\n");
        let mut parts = text.split(MARK).map(|part| part.trim_end().to_owned());
        let header = parts.next().unwrap_or_default();
        let mut lock = Self {
            header,
            packages: parts.collect(),
        };
        lock.sort();
        lock
    }

    /// This lock file with the packages of `other`, unless the two disagree about one: then Cargo has to
    /// resolve anew.
    pub(crate) fn with(&self, other: &Self) -> Option<Self> {
        let mut both = self.clone();
        if both.header != other.header {
            return None;
        }
        for package in &other.packages {
            match both
                .packages
                .iter()
                .find(|known| field(known, "name") == field(package, "name"))
            {
                Some(known) if known == package => {}
                Some(_) => return None,
                None => both.packages.push(package.clone()),
            }
        }
        both.sort();
        Some(both)
    }

    pub(crate) fn remove(&mut self, name: &str) {
        self.packages
            .retain(|package| field(package, "name") != Some(name));
    }

    fn sort(&mut self) {
        self.packages.sort_by(|a, b| {
            let key = |package| {
                (
                    field(package, "name").map(str::to_owned),
                    field(package, "version").map(str::to_owned),
                )
            };
            key(a).cmp(&key(b))
        });
    }
}

/// The value of a line `key = "value"`.
fn field<'a>(package: &'a str, key: &str) -> Option<&'a str> {
    package
        .lines()
        .find_map(|line| line.strip_prefix(key)?.strip_prefix(" = \"")?.strip_suffix('"'))
}

impl fmt::Display for Lock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.header)?;
        f.write_str("\n")?;
        for package in &self.packages {
            writeln!(f, "{MARK}{package}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::Lock;

    const HEAD: &str = "# It is generated.\nversion = 4\n";

    fn package(name: &str, version: &str) -> String {
        format!("\n[[package]]\nname = \"{name}\"\nversion = \"{version}\"\n")
    }

    #[test]
    fn a_lock_file_is_written_as_it_was_read() {
        let text = format!("{HEAD}{}{}", package("a", "1.0.0"), package("b", "2.0.0"));
        assert_eq!(Lock::parse(&text).to_string(), text);
    }

    #[test]
    fn packages_are_added_where_they_belong_unless_they_differ() {
        let (a, b, c) = (
            package("a", "1.0.0"),
            package("b", "1.0.0"),
            package("c", "1.0.0"),
        );
        let ours = Lock::parse(&format!("{HEAD}{a}{c}"));
        let both = ours.with(&Lock::parse(&format!("{HEAD}{a}{b}")));
        assert_eq!(both.unwrap().to_string(), format!("{HEAD}{a}{b}{c}"));
        let newer = Lock::parse(&format!("{HEAD}{}", package("a", "2.0.0")));
        assert!(ours.with(&newer).is_none());
    }
}
