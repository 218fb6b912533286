//! What was built of what: kept beside the components, so that nothing is done twice.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use airs_package::{Digest, Manifest};
use serde::{Deserialize, Serialize};

use crate::error::Result;
use crate::files;

/// The record of one profile. One that is not there or of another form counts as empty.
#[derive(Debug)]
pub(crate) struct Record {
    path: PathBuf,
    content: Content,
}

#[derive(Debug, Default, Deserialize, PartialEq, Serialize)]
struct Content {
    /// The tool that checked the components: another one may see them differently.
    tool: String,
    components: BTreeMap<String, Entry>,
}

/// A component that was built.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub(crate) struct Entry {
    /// Of what the compiler made, and the manifest.
    pub(crate) input: String,
    /// Of the component.
    pub(crate) output: String,
    pub(crate) size_bytes: u64,
}

impl Record {
    pub(crate) fn open(folder: &Path) -> Result<Self> {
        let path = folder.join(".built.json");
        let text = files::text(&path)?.unwrap_or_default();
        let content: Content = serde_json::from_str(&text).unwrap_or_default();
        Ok(Self { path, content })
    }

    /// What is known of a component, whether or not it still holds.
    pub(crate) fn entry(&self, name: &str) -> Option<&Entry> {
        self.content.components.get(name)
    }

    /// The entry, if the component in `file` is what would be built of this input now.
    pub(crate) fn fresh(&self, name: &str, input: &str, file: &Path) -> Option<&Entry> {
        let entry = self.entry(name)?;
        let same = self.content.tool == tool() && entry.input == input;
        let there = same.then(|| std::fs::read(file).ok()).flatten()?;
        (Digest::of(&there).to_string() == entry.output).then_some(entry)
    }

    pub(crate) fn keep(&mut self, name: &str, entry: Entry) -> Result<()> {
        let tool = tool();
        if self.content.tool != tool {
            // What another tool has checked is no longer fresh; its sizes stay good for comparison.
            self.content
                .components
                .values_mut()
                .for_each(|entry| entry.input.clear());
            self.content.tool = tool;
        }
        self.content.components.insert(name.to_owned(), entry);
        let bytes = serde_json::to_vec(&self.content).unwrap_or_default();
        files::write(&self.path, &bytes)
    }
}

/// The digest of what a component is made of.
pub(crate) fn input(compiled: &[u8], manifest: &Manifest) -> String {
    Digest::of(format!("{} {manifest:?}", Digest::of(compiled)).as_bytes()).to_string()
}

/// This build of this tool.
fn tool() -> String {
    let file = std::env::current_exe().and_then(std::fs::metadata).ok();
    let length = file.as_ref().map_or(0, std::fs::Metadata::len);
    let changed = file.and_then(|file| file.modified().ok()?.duration_since(std::time::UNIX_EPOCH).ok());
    format!(
        "{} {length} {}",
        env!("CARGO_PKG_VERSION"),
        changed.unwrap_or_default().as_nanos()
    )
}
