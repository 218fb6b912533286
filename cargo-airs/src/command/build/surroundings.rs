//! What a component was built with besides its sources: as digests, for Cargo itself rewrites these files.

use std::path::Path;

use airs_runtime::Digest;
use serde::{Deserialize, Serialize};
use toml_edit::{DocumentMut, Item};

use crate::error::Result;
use crate::files;

/// What the files of Cargo say that concerns a component.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Eq, Serialize)]
pub(crate) struct Surroundings {
    cargo_toml: String,
    cargo_lock: String,
}

impl Surroundings {
    /// Of the crate with this `Cargo.toml`, in the workspace with this `Cargo.lock`.
    pub(crate) fn of(cargo_toml: &Path, cargo_lock: &Path) -> Result<Self> {
        let digest = |text: String| Digest::of(text.as_bytes()).to_string();
        Ok(Self {
            cargo_toml: digest(manifest(&files::text(cargo_toml)?.unwrap_or_default())),
            cargo_lock: digest(locked(&files::text(cargo_lock)?.unwrap_or_default())),
        })
    }

    /// The name of the file in which `now` is different.
    pub(crate) fn changed(&self, now: &Self) -> Option<&'static str> {
        if self.cargo_toml != now.cargo_toml {
            return Some("Cargo.toml");
        }
        (self.cargo_lock != now.cargo_lock).then_some("Cargo.lock")
    }
}

/// A manifest without the list of who else is in the workspace.
fn manifest(text: &str) -> String {
    let Ok(mut document) = text.parse::<DocumentMut>() else {
        return text.to_owned();
    };
    if let Some(workspace) = document.get_mut("workspace").and_then(Item::as_table_like_mut) {
        workspace.remove("members");
    }
    document.to_string()
}

/// The packages from elsewhere: those of the workspace are known by their sources.
fn locked(text: &str) -> String {
    let packages = text.split("[[package]]").map(str::trim);
    let foreign = packages.filter(|package| package.lines().any(|line| line.starts_with("source = ")));
    foreign.collect::<Vec<_>>().join("\n\n")
}

#[cfg(test)]
mod tests {
    use super::{locked, manifest};

    #[test]
    fn what_joins_the_workspace_changes_nothing() {
        let alone = "[package]\nname = \"a\"\n\n[workspace]\nmembers = []\n";
        let joined = alone.replace("[]", "[\"b\"]");
        assert_eq!(manifest(alone), manifest(&joined));
        assert_ne!(manifest(alone), manifest(&alone.replace("\"a\"", "\"c\"")));
        let lock = "version = 4\n\n[[package]]\nname = \"s\"\nsource = \"r\"\n";
        let more = format!("{lock}\n[[package]]\nname = \"own\"\n");
        assert_eq!(locked(lock), locked(&more));
        assert_ne!(locked(lock), locked(&lock.replace("\"s\"", "\"t\"")));
    }
}
