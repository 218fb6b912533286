//! Whether what was built is what would be built now.

use std::path::{Path, PathBuf};
use std::time::SystemTime;

use crate::command::build::record::Record;
use crate::command::build::surroundings::Surroundings;
use crate::error::Result;
use crate::files;
use crate::workspace::{Crate, Workspace};

/// How a component stands to its sources.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Freshness {
    /// It was built of the sources as they are.
    UpToDate,
    /// This file was changed after it was built.
    OutOfDate(PathBuf),
    NotBuilt,
}

impl Freshness {
    pub(crate) const fn as_str(&self) -> &'static str {
        match self {
            Self::UpToDate => "up-to-date",
            Self::OutOfDate(_) => "out-of-date",
            Self::NotBuilt => "not-built",
        }
    }

    pub(crate) fn changed(&self) -> Option<&Path> {
        match self {
            Self::OutOfDate(path) => Some(path),
            Self::UpToDate | Self::NotBuilt => None,
        }
    }
}

/// Compares the compiler's output with the files that the compiler says it was made of, and what Cargo read
/// on the way with what it read then.
pub(crate) fn of(one: &Crate, workspace: &Workspace, profile: &str) -> Result<Freshness> {
    let artifact = workspace.artifact(one, profile);
    let component = workspace.component_file(one, profile);
    let (Some(compiled), true) = (modified(&artifact), component.is_file()) else {
        return Ok(Freshness::NotBuilt);
    };
    let inputs = files::text(&artifact.with_extension("d"))?.unwrap_or_default();
    // One that is gone counts as changed.
    let newer = dependencies(&inputs)
        .into_iter()
        .find(|input| modified(input).is_none_or(|time| time > compiled));
    if let Some(newer) = newer {
        return Ok(Freshness::OutOfDate(newer));
    }
    let now = Surroundings::of(&one.manifest_path, &workspace.lock_file())?;
    let record = Record::open(&workspace.output(profile))?;
    let then = record.surroundings(one.manifest.name.as_str());
    Ok(match then.and_then(|then| then.changed(&now)) {
        Some("Cargo.toml") => Freshness::OutOfDate(one.manifest_path.clone()),
        Some(_) => Freshness::OutOfDate(workspace.lock_file()),
        None => Freshness::UpToDate,
    })
}

fn modified(path: &Path) -> Option<SystemTime> {
    path.metadata().and_then(|metadata| metadata.modified()).ok()
}

/// The files that a Makefile's rule names behind its target; a space within a name has a backslash before it.
pub(crate) fn dependencies(rule: &str) -> Vec<PathBuf> {
    let line = rule.lines().next().unwrap_or_default();
    let Some((_, names)) = line.split_once(": ") else {
        return Vec::new();
    };
    let mut all = vec![String::new()];
    let mut characters = names.chars().peekable();
    while let Some(character) = characters.next() {
        match (character, characters.peek()) {
            ('\\', Some(' ')) => all
                .last_mut()
                .into_iter()
                .for_each(|name| name.extend(characters.next())),
            (' ', _) => all.push(String::new()),
            _ => all.last_mut().into_iter().for_each(|name| name.push(character)),
        }
    }
    all.into_iter()
        .filter(|name| !name.is_empty())
        .map(PathBuf::from)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::dependencies;

    #[test]
    fn a_rule_names_files_with_spaces_too() {
        let rule = "/t/x.wasm: /a/lib.rs /a\\ b/c.rs C:\\d\\e.rs\n\n/a/lib.rs:\n";
        let names: Vec<_> = dependencies(rule)
            .iter()
            .map(|path| path.display().to_string())
            .collect();
        assert_eq!(names, ["/a/lib.rs", "/a b/c.rs", "C:\\d\\e.rs"]);
    }
}
