//! The files of the checkout.

use std::fs;
use std::path::{Path, PathBuf};

/// A text file of the checkout.
#[derive(Debug)]
pub(crate) struct Source {
    /// Its path from the root, with `/` between the parts.
    pub(crate) path: String,
    pub(crate) text: String,
}

impl Source {
    pub(crate) fn name(&self) -> &str {
        self.path.rsplit('/').next().unwrap_or(&self.path)
    }

    pub(crate) fn is_rust(&self) -> bool {
        self.path.ends_with(".rs")
    }

    /// Written by a generator, and compared with what it writes by a test of the crate it belongs to.
    pub(crate) fn is_generated(&self) -> bool {
        self.path.starts_with("sdk/src/bindings/")
    }

    pub(crate) fn is_lock_file(&self) -> bool {
        self.name().starts_with("Cargo.lock")
    }

    /// The lines with their numbers, from 1.
    pub(crate) fn lines(&self) -> impl Iterator<Item = (usize, &str)> {
        (1..).zip(self.text.lines())
    }
}

pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// Every text file but what Cargo built and what tools keep for themselves, in the order of the paths.
pub(crate) fn sources() -> Vec<Source> {
    let mut found = Vec::new();
    walk(&root(), "", &mut found);
    found.sort_by(|one, other| one.path.cmp(&other.path));
    assert!(
        found.len() > 200,
        "the tree is not where it should be: {} files",
        found.len()
    );
    found
}

/// The text of one file.
pub(crate) fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

fn walk(folder: &Path, prefix: &str, found: &mut Vec<Source>) {
    const TOOLS: [&str; 3] = [".git", ".airs", "target"];
    if folder.join("CACHEDIR.TAG").exists() {
        return;
    }
    for entry in fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        let name = entry.file_name().into_string().unwrap();
        let path = format!("{prefix}{name}");
        let kind = entry.file_type().unwrap();
        // In a worktree `.git` is a file.
        if TOOLS.contains(&name.as_str()) {
            continue;
        }
        if kind.is_dir() {
            walk(&entry.path(), &format!("{path}/"), found);
        }
        if kind.is_file()
            && !TOOLS.contains(&name.as_str())
            && let Ok(text) = fs::read_to_string(entry.path())
        {
            found.push(Source { path, text });
        }
    }
}

/// Fails with all offences at once.
#[track_caller]
pub(crate) fn expect_none(rule: &str, offences: &[String]) {
    assert!(offences.is_empty(), "{rule}:\n  {}", offences.join("\n  "));
}
