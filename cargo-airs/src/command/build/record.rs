//! What was built of what: kept beside the components, so that nothing is done twice.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use airs_runtime::{Digest, Manifest};
use serde::{Deserialize, Serialize};

use super::surroundings::Surroundings;
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
    tool: Seen,
    components: BTreeMap<String, Entry>,
}

/// A component that was built.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub(crate) struct Entry {
    /// The digest of what the component was made of.
    input: String,
    /// The component's own.
    pub(crate) digest: String,
    pub(crate) size_bytes: u64,
    /// The manifest in it.
    manifest: String,
    /// What the compiler made.
    compiled: Seen,
    /// The component.
    written: Seen,
    #[serde(default)]
    surroundings: Option<Surroundings>,
}

/// A file as it was seen; Cargo tells by the same whether it has changed.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
struct Seen {
    bytes: u64,
    modified_ns: u128,
}

/// A component to be, and the files that it is made of and written to.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Job<'a> {
    pub(crate) manifest: &'a Manifest,
    pub(crate) compiled: &'a Path,
    pub(crate) component: &'a Path,
    pub(crate) surroundings: &'a Surroundings,
}

impl Record {
    pub(crate) fn open(folder: &Path) -> Result<Self> {
        let path = folder.join(".built.json");
        let text = files::text(&path)?.unwrap_or_default();
        let mut content: Content = serde_json::from_str(&text).unwrap_or_default();
        let tool = std::env::current_exe()
            .map(|file| Seen::of(&file))
            .unwrap_or_default();
        if content.tool != tool {
            // Their sizes stay good for comparison.
            content.components.values_mut().for_each(Entry::expire);
            content.tool = tool;
        }
        Ok(Self { path, content })
    }

    /// What is known of a component, whether or not it still holds.
    pub(crate) fn entry(&self, job: &Job<'_>) -> Option<&Entry> {
        self.content.components.get(job.manifest.name.as_str())
    }

    /// The entry, if what would be built now is there already. Files that look as they did are not read.
    pub(crate) fn fresh(&self, job: &Job<'_>) -> Option<&Entry> {
        let entry = self.entry(job)?;
        let same = entry.manifest == format!("{:?}", job.manifest)
            && (entry.compiled == Seen::of(job.compiled) || entry.input == digest(job.compiled)?)
            && (entry.written == Seen::of(job.component) || entry.digest == digest(job.component)?);
        same.then_some(entry)
    }

    /// Keeps what was made of `compiled`.
    pub(crate) fn keep(
        &mut self,
        job: &Job<'_>,
        compiled: &[u8],
        made: &Digest,
        size_bytes: u64,
    ) -> Result<Entry> {
        let entry = Entry {
            input: Digest::of(compiled).to_string(),
            digest: made.to_string(),
            size_bytes,
            manifest: format!("{:?}", job.manifest),
            compiled: Seen::of(job.compiled),
            written: Seen::of(job.component),
            surroundings: Some(job.surroundings.clone()),
        };
        self.write(job, entry.clone())?;
        Ok(entry)
    }

    /// Keeps that what was made is also what would be made in these surroundings.
    pub(crate) fn confirm(&mut self, job: &Job<'_>, entry: &Entry) -> Result<()> {
        if entry.surroundings.as_ref() == Some(job.surroundings) {
            return Ok(());
        }
        let surroundings = Some(job.surroundings.clone());
        self.write(
            job,
            Entry {
                surroundings,
                ..entry.clone()
            },
        )
    }

    fn write(&mut self, job: &Job<'_>, entry: Entry) -> Result<()> {
        self.content
            .components
            .insert(job.manifest.name.to_string(), entry);
        files::write(&self.path, &serde_json::to_vec(&self.content).unwrap_or_default())
    }

    /// What a component was built with, if that is known.
    pub(crate) fn surroundings(&self, component: &str) -> Option<&Surroundings> {
        self.content.components.get(component)?.surroundings.as_ref()
    }
}

impl Entry {
    fn expire(&mut self) {
        self.manifest.clear();
    }
}

impl Seen {
    /// A file that is not there looks like none that is.
    fn of(file: &Path) -> Self {
        let Ok(metadata) = file.metadata() else {
            return Self::default();
        };
        let modified = metadata
            .modified()
            .ok()
            .and_then(|time| time.duration_since(UNIX_EPOCH).ok());
        Self {
            bytes: metadata.len(),
            modified_ns: modified.unwrap_or_default().as_nanos(),
        }
    }
}

fn digest(file: &Path) -> Option<String> {
    std::fs::read(file)
        .ok()
        .map(|bytes| Digest::of(&bytes).to_string())
}
