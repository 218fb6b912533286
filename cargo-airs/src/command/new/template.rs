//! A person's own template: a folder, or a git repository, whose files are copied or rendered. Nothing of it is run.

mod fetch;
#[cfg(test)]
mod tests;
mod text;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use airs_runtime::{Grants, Kind, Name, Project};
use serde_json::Value;
use toml_edit::DocumentMut;

use super::scaffold::{Files, render};
use crate::error::{Failure, Result};
use crate::files;

/// Files of one template. A component has some ten; a folder with more was not meant to be a template.
const FILES_MAX: usize = 1_000;
/// Bytes of all of them, before they are rendered: they are held in memory.
const BYTES_MAX: usize = 16 << 20;
/// Folders within folders.
const DEPTH_MAX: usize = 16;
/// Where a project has its state: what is bound, who owns what, settings of `dev`.
const STATE_FOLDER: &str = ".airs";
/// What git knows a repository by. Its settings name commands.
const REPOSITORY: &str = ".git";
/// The ending of files with places, which they lose.
const ENDING: &str = ".hbs";

/// What may be done about a text that is refused.
const BRACES: &str = "what stands in {{ }} is one of name, kind, sdk, testing, alone, profiles; \\{{ writes the braces themselves";

/// The same about one that is not even tried, for what it holds or how much of it.
const COPIED: &str =
    "a file whose name does not end in .hbs is copied as it is; \\{{ writes the braces themselves";

/// The files of a template, as they are there.
#[derive(Debug)]
pub(crate) struct Template {
    /// Where it is from, as the person wrote it.
    source: String,
    files: BTreeMap<PathBuf, Vec<u8>>,
}

impl Template {
    /// Reads the template in a folder, or in a repository that is fetched for it.
    pub(crate) fn read(source: &str) -> Result<Self> {
        let folder = Path::new(source);
        let files = if folder.is_dir() {
            read_folder(folder, source)?
        } else {
            let fetched = fetch::repository(source)?;
            read_folder(fetched.path(), source)?
        };
        Ok(Self {
            source: source.to_owned(),
            files,
        })
    }

    /// The files of a component of this name and kind, made of `context`.
    pub(crate) fn render(&self, kind: Kind, name: &Name, context: &Value) -> Result<Files> {
        let (mut rendered, mut texts) = (Files::new(), 0);
        for (path, bytes) in &self.files {
            texts += if has_places(path) { bytes.len() } else { 0 };
            let (path, bytes) = self.render_file(path, bytes, context)?;
            if texts > text::TEXTS_BYTES_MAX {
                let mib = text::TEXTS_BYTES_MAX >> 20;
                return Err(self.failure(format!("its files that end in {ENDING} have more than {mib} MiB")));
            }
            if rendered.iter().any(|(other, _)| same(other, &path)) {
                return Err(self.failure(format!("two of its files would become {}", path.display())));
            }
            rendered.push((path, bytes));
        }
        self.check(kind, name, &rendered)?;
        Ok(rendered)
    }

    fn render_file(&self, path: &Path, bytes: &[u8], context: &Value) -> Result<(PathBuf, Vec<u8>)> {
        if path == Path::new("gitignore") {
            return Ok((".gitignore".into(), bytes.to_vec()));
        }
        if !has_places(path) {
            return Ok((path.to_owned(), bytes.to_vec()));
        }
        let failed = |why: String| self.failure(format!("{}: {why}", path.display()));
        let text = std::str::from_utf8(bytes).map_err(|_| failed("it is no UTF-8".to_owned()))?;
        text::check(text).map_err(|why| failed(why).hint(COPIED))?;
        if has_partials(text) {
            return Err(failed("it refers to another template; there are none".to_owned()));
        }
        let text = render(text, context).map_err(|cause| {
            failed("it cannot be rendered".to_owned())
                .caused_by(text::reason(&cause))
                .hint(BRACES)
        })?;
        Ok((path.with_extension(""), text.into_bytes()))
    }

    /// The component that was asked for, and not another.
    fn check(&self, kind: Kind, name: &Name, rendered: &Files) -> Result<()> {
        let manifest = rendered.iter().find(|(path, _)| path == Path::new("Cargo.toml"));
        let Some((_, manifest)) = manifest else {
            return Err(self
                .failure("it has no Cargo.toml, nor a Cargo.toml.hbs".to_owned())
                .hint("a template is the folder of a component"));
        };
        let document: DocumentMut = String::from_utf8_lossy(manifest).parse().map_err(|cause| {
            self.failure("its Cargo.toml is malformed".to_owned())
                .caused_by(cause)
        })?;
        let text = |path: &[&str]| {
            let item = path
                .iter()
                .try_fold(document.as_item(), |item, key| item.get(key));
            item.and_then(|item| item.as_str()).unwrap_or_default()
        };
        let named = text(&["package", "name"]);
        if named != name.as_str() {
            return Err(self
                .failure(format!("its Cargo.toml makes {named:?}, not {name}"))
                .hint("call it Cargo.toml.hbs, and write `name = \"{{name}}\"`"));
        }
        let made = text(&["package", "metadata", "airs", "kind"]);
        if made != kind.as_str() {
            let made = if made.is_empty() { "no component" } else { made };
            return Err(self
                .failure(format!("its Cargo.toml makes {made}, not a {kind}"))
                .hint("[package.metadata.airs] says in `kind` what it is; {{kind}} stands for what was asked for"));
        }
        Ok(())
    }

    /// A project of that component, which grants nothing: that is for who has it, and not for who wrote the template.
    pub(crate) fn check_project(&self, name: &Name, rendered: &Files) -> Result<()> {
        let file = Path::new(Project::FILE_NAME);
        let Some((_, text)) = rendered.iter().find(|(path, _)| path == file) else {
            return Ok(());
        };
        let project = Project::parse(file, &String::from_utf8_lossy(text)).map_err(|cause| {
            self.failure("its airs.toml is malformed".to_owned())
                .caused_by(cause)
        })?;
        let here = project.components.get(name).map(|entry| entry.path.as_path());
        if project.components.len() != 1 || here != Some(Path::new(".")) {
            return Err(self
                .failure(format!("its airs.toml does not make a project of {name} alone"))
                .hint("it has [components.{{name}}] with path = \".\", or the template has none at all"));
        }
        let grants = project.grants.values().flat_map(Grants::all);
        if grants.into_iter().any(|granted| !granted.is_empty()) {
            return Err(self
                .failure("its airs.toml grants something".to_owned())
                .hint("take its [grants] away: who makes a component of it grants what it needs"));
        }
        Ok(())
    }

    fn failure(&self, what: String) -> Failure {
        Failure::usage(format!("{} is no template: {what}", self.source))
    }
}

/// Every file below a folder, but for version control and what was built.
fn read_folder(folder: &Path, source: &str) -> Result<BTreeMap<PathBuf, Vec<u8>>> {
    let refused = |what: String| Failure::usage(format!("{source} is no template: {what}"));
    let (mut found, mut total) = (BTreeMap::new(), 0);
    let mut folders = vec![PathBuf::new()];
    while let Some(within) = folders.pop() {
        let path = folder.join(&within);
        let failed = |cause| Failure::unavailable(format!("cannot read {}", path.display())).caused_by(cause);
        for entry in fs::read_dir(&path).map_err(failed)? {
            let entry = entry.map_err(failed)?;
            let within = within.join(entry.file_name());
            let kind = entry.file_type().map_err(failed)?;
            let is_built = within == Path::new("target");
            if entry.file_name().eq_ignore_ascii_case(REPOSITORY) || is_built {
                continue;
            }
            if let Some(what) = not_for_others(&entry.file_name().to_string_lossy()) {
                return Err(refused(format!("{} is {what}", within.display()))
                    .hint("take it away: a template is what a new component begins with, and no more"));
            }
            if within.to_str().is_none() {
                return Err(refused(format!("the name of {} is no UTF-8", within.display())));
            }
            if kind.is_dir() {
                if within.components().count() > DEPTH_MAX {
                    return Err(refused(format!(
                        "it has more than {DEPTH_MAX} folders within each other"
                    )));
                }
                folders.push(within);
            } else if kind.is_file() {
                total += usize::try_from(entry.metadata().map_err(failed)?.len()).unwrap_or(usize::MAX);
                if found.len() == FILES_MAX || total > BYTES_MAX {
                    let mib = BYTES_MAX >> 20;
                    return Err(refused(format!(
                        "it has more than {FILES_MAX} files, or {mib} MiB"
                    )));
                }
                found.insert(within, files::bytes(&entry.path())?);
            } else {
                return Err(
                    refused(format!("{} is neither a file nor a folder", within.display()))
                        .hint("links are not followed: put a copy there"),
                );
            }
        }
    }
    Ok(found)
}

/// What a file or a folder of this name would be in a new project, if that is nothing to be brought from elsewhere.
/// Letter case does not count everywhere, and the ending of files with places will not be there.
fn not_for_others(name: &str) -> Option<&'static str> {
    let bare = name.strip_suffix(ENDING).unwrap_or(name);
    if bare.eq_ignore_ascii_case(STATE_FOLDER) {
        return Some("the state of a project");
    }
    bare.eq_ignore_ascii_case(REPOSITORY)
        .then_some("a git repository")
}

/// Whether a file is rendered, and not copied as it is.
fn has_places(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "hbs")
}

/// Whether two paths are one where letter case does not count.
fn same(one: &Path, other: &Path) -> bool {
    one.to_string_lossy().to_lowercase() == other.to_string_lossy().to_lowercase()
}

/// Whether a text refers to other templates, or defines some: they could refer to each other without end.
fn has_partials(text: &str) -> bool {
    text.split("{{").skip(1).any(|rest| {
        let rest = rest.trim_start_matches(['{', '~', '#', ' ', '\t', '\r', '\n']);
        rest.starts_with(['>', '*'])
    })
}
