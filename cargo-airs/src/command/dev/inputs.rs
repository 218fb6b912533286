//! What components are made of, and whether it is other than it was when that was last looked at.
//!
//! The compiler names what it has read. Where it has not come that far, everything in the crate's folders counts.
//! Only contents count: a file that is written again as it was is no change, nor is a comment in a `Cargo.toml`.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use airs_core::Name;
use airs_package::Digest;

use super::meaning;
use super::turns::Due;

/// File systems round times down, by some milliseconds.
const CLOCK_SLACK: Duration = Duration::from_millis(20);

/// A crate with more files than this is not one that somebody edits by hand; what is beyond is not looked at.
const SEARCHED_MAX: usize = 20_000;

/// Everything that is looked at.
#[derive(Debug, Default)]
pub(super) struct Inputs {
    files: BTreeMap<PathBuf, File>,
    /// The folders of components that the compiler has not named the inputs of as they are now.
    searched: BTreeMap<Name, Vec<PathBuf>>,
    /// Where builds write: nothing there is an input.
    outputs: Vec<PathBuf>,
}

#[derive(Debug, Default)]
struct File {
    /// What it belongs to.
    components: BTreeSet<Name>,
    /// Whether it says something of the project as a whole.
    project: bool,
    seen: Seen,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Seen {
    /// It may have changed after it was read for a build.
    #[default]
    Uncertain,
    Absent,
    With(Digest),
}

impl Seen {
    fn of(path: &Path) -> Self {
        let Ok(bytes) = fs::read(path) else {
            return Self::Absent;
        };
        Self::With(Digest::of(&meaning::of(path, bytes)))
    }

    /// What is seen of a file that a build, begun at that time, may have read before it became what it is.
    fn read_since(begun: SystemTime, path: &Path) -> Self {
        let modified = path.metadata().and_then(|metadata| metadata.modified());
        match modified {
            Ok(modified) if modified + CLOCK_SLACK >= begun => Self::Uncertain,
            _ => Self::of(path),
        }
    }
}

impl Inputs {
    /// Where builds write.
    pub(super) fn set_outputs(&mut self, outputs: Vec<PathBuf>) {
        self.outputs = outputs;
    }

    /// These files, there or not, say something of the project, to a build that was begun at that time.
    pub(super) fn set_project(&mut self, paths: impl IntoIterator<Item = PathBuf>, begun: SystemTime) {
        for file in self.files.values_mut() {
            file.project = false;
        }
        for path in paths {
            self.file(path, begun).project = true;
        }
        self.forget_unused();
    }

    /// The compiler has made a component of these, in a build that was begun at that time.
    pub(super) fn set(
        &mut self,
        component: &Name,
        paths: impl IntoIterator<Item = PathBuf>,
        begun: SystemTime,
    ) {
        self.searched.remove(component);
        for file in self.files.values_mut() {
            file.components.remove(component);
        }
        for path in paths {
            if !self.is_output(&path) {
                self.add(component, path, begun);
            }
        }
        self.forget_unused();
    }

    /// Nobody knows what a component is made of: everything in these folders may be.
    pub(super) fn search(&mut self, component: &Name, folders: Vec<PathBuf>, begun: SystemTime) {
        for path in self.found(&folders) {
            self.add(component, path, begun);
        }
        self.searched.insert(component.clone(), folders);
    }

    /// A component is no longer one of the project.
    pub(super) fn keep_only(&mut self, components: &BTreeSet<Name>) {
        self.searched.retain(|name, _| components.contains(name));
        for file in self.files.values_mut() {
            file.components.retain(|name| components.contains(name));
        }
        self.forget_unused();
    }

    fn add(&mut self, component: &Name, path: PathBuf, begun: SystemTime) {
        self.file(place::plain(path), begun)
            .components
            .insert(component.clone());
    }

    fn file(&mut self, path: PathBuf, begun: SystemTime) -> &mut File {
        let seen = |path: &PathBuf| File {
            seen: Seen::read_since(begun, path),
            ..File::default()
        };
        self.files.entry(path).or_insert_with_key(seen)
    }

    /// The manifests of the crates that inputs are in, also of those outside of the workspace.
    pub(super) fn manifests(&self) -> BTreeSet<PathBuf> {
        let inputs = self.files.iter().filter(|(_, file)| !file.components.is_empty());
        let folders: BTreeSet<&Path> = inputs.filter_map(|(path, _)| path.parent()).collect();
        let manifest = |folder: &&Path| {
            let mut above = folder.ancestors().map(|folder| folder.join("Cargo.toml"));
            above.find(|manifest| manifest.is_file())
        };
        folders.iter().filter_map(manifest).collect()
    }

    fn forget_unused(&mut self) {
        self.files
            .retain(|_, file| file.project || !file.components.is_empty());
    }

    /// What is other than it was when it was last looked at. Each change is told once.
    pub(super) fn look(&mut self) -> Due {
        let mut new = Vec::new();
        for (component, folders) in &self.searched {
            let found = self.found(folders);
            new.extend(found.into_iter().map(|path| (component.clone(), path)));
        }
        for (component, path) in new {
            let file = self.files.entry(path).or_default();
            file.components.insert(component);
        }
        let mut due = Due::default();
        for (path, file) in &mut self.files {
            let seen = Seen::of(path);
            if std::mem::replace(&mut file.seen, seen) == seen {
                continue;
            }
            due.components.extend(file.components.iter().cloned());
            due.project |= file.project;
            due.files.insert(path.clone());
        }
        due.can_wait = due.files.iter().all(|path| path.ends_with("Cargo.lock"));
        due
    }

    /// Where something may happen that has to be looked at.
    pub(super) fn interest(&self) -> Interest {
        // A folder has one name here, the real one: the system tells of it by one of those that it was watched by.
        let mut interest = Interest {
            searched: self
                .searched
                .values()
                .flatten()
                .map(|folder| place::real(folder))
                .collect(),
            outputs: self.outputs.iter().map(|folder| place::real(folder)).collect(),
            ..Interest::default()
        };
        for path in self.files.keys() {
            // Behind a link something may happen elsewhere.
            for path in [place::of_entry(path), place::real(path)] {
                interest.folders.extend(path.parent().map(Path::to_owned));
                interest.paths.insert(path);
            }
        }
        for folder in &interest.searched {
            let folders = &mut interest.folders;
            self.walk(folder, &mut |path, is_folder| {
                if is_folder {
                    folders.insert(path);
                }
            });
        }
        interest
    }

    fn found(&self, folders: &[PathBuf]) -> Vec<PathBuf> {
        let mut found = Vec::new();
        for folder in folders {
            self.walk(folder, &mut |path, is_folder| {
                if !is_folder && found.len() < SEARCHED_MAX {
                    found.push(path);
                }
            });
        }
        found
    }

    /// Tells of a folder and what is in it, but for what is hidden, written by builds, or here for a moment.
    fn walk(&self, folder: &Path, tell: &mut dyn FnMut(PathBuf, bool)) {
        tell(folder.to_owned(), true);
        let Ok(entries) = fs::read_dir(folder) else { return };
        for entry in entries.flatten() {
            let path = entry.path();
            if self.is_output(&path) || is_passing(&path) {
                continue;
            }
            match path.metadata() {
                // A link to a folder may lead back up.
                Ok(metadata) if metadata.is_dir() && !path.is_symlink() => self.walk(&path, tell),
                Ok(metadata) if metadata.is_file() => tell(path, false),
                _ => {}
            }
        }
    }

    fn is_output(&self, path: &Path) -> bool {
        self.outputs.iter().any(|output| path.starts_with(output))
    }
}

/// Where something may happen that has to be looked at.
#[derive(Debug, Default)]
pub(super) struct Interest {
    /// The folders to watch; what is below them in turn is not watched with them.
    pub(super) folders: BTreeSet<PathBuf>,
    paths: BTreeSet<PathBuf>,
    searched: Vec<PathBuf>,
    outputs: Vec<PathBuf>,
}

impl Interest {
    /// Whether what has happened at a path may concern an input: it is one, or has one below it.
    pub(super) fn concerns(&self, path: &Path) -> bool {
        let mut from_here = self.paths.range(path.to_owned()..);
        if from_here.next().is_some_and(|input| input.starts_with(path)) {
            return true;
        }
        let is_output = self.outputs.iter().any(|output| path.starts_with(output));
        !is_output && !is_passing(path) && self.searched.iter().any(|folder| path.starts_with(folder))
    }
}

/// What editors and tools leave for a moment: hidden files, copies, and files that try whether one can be made.
fn is_passing(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    name.starts_with('.')
        || name.ends_with('~')
        || name.ends_with(".tmp")
        || name.bytes().all(|byte| byte.is_ascii_digit())
}

mod place;
#[cfg(test)]
mod tests;
