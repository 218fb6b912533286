//! What components are made of, and whether it is other than it was when that was last looked at.
//!
//! The compiler names what it has read. Where it has not come that far, everything in the crate's folders counts.
//! Only contents count: a file that is written again as it was is no change, nor is a comment in a `Cargo.toml`, nor what
//! a build script has written for the build that goes on.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use airs_runtime::{Digest, Name};

use super::meaning;
use super::turns::Due;
pub(super) use interest::Interest;
use scripts::Scripts;
use walk::Walk;
pub(super) use written::{earliest, earliest_as_told_by};

/// Everything that is looked at.
#[derive(Debug, Default)]
pub(super) struct Inputs {
    files: BTreeMap<PathBuf, File>,
    /// The folders of components in which everything counts: the compiler has not named the inputs as they are now, or
    /// what it named is a folder.
    searched: BTreeMap<Name, Vec<PathBuf>>,
    /// Where builds write: nothing there is an input.
    walk: Walk,
    scripts: Scripts,
    /// What has to be where it is for anything to count.
    anchor: Option<PathBuf>,
    /// When the last build was begun: what Cargo holds for new was written after.
    begun: Option<SystemTime>,
}

#[derive(Debug, Default)]
struct File {
    /// What it belongs to.
    components: BTreeSet<Name>,
    /// Whether it says something of the project as a whole.
    project: bool,
    seen: Seen,
    /// When that was.
    looked: Option<SystemTime>,
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
}

impl Inputs {
    /// Where builds write.
    pub(super) fn set_outputs(&mut self, outputs: Vec<PathBuf>) {
        self.walk = Walk::without(outputs);
    }

    /// A file that is no input, and is told of when it goes, whatever takes it away.
    pub(super) fn set_anchor(&mut self, file: PathBuf) {
        self.anchor = Some(file);
    }

    /// A build is begun, at that time; these crates have build scripts.
    pub(super) fn begin_build(&mut self, begun: SystemTime, with_scripts: BTreeSet<PathBuf>) {
        self.begun = Some(begun);
        self.scripts = Scripts::of(begun, with_scripts);
    }

    /// The script of a crate has ended; what it said is in that file, if anywhere.
    pub(super) fn script_ended(&mut self, folder: &Path, said: &Path) {
        self.scripts.ended(folder, said);
    }

    /// The build is over, however it is.
    pub(super) fn end_build(&mut self) {
        self.scripts.stop();
    }

    /// What changes here is built of what it is now: nobody has to be told.
    pub(super) fn is_as_built(&mut self, path: &Path) {
        if let Some(file) = self.files.get_mut(path) {
            file.seen = Seen::of(path);
        }
    }

    /// These files, there or not, say something of the project, to a build that was begun at that time.
    pub(super) fn set_project(&mut self, paths: impl IntoIterator<Item = PathBuf>, begun: SystemTime) {
        for file in self.files.values_mut() {
            file.project = false;
        }
        for path in paths {
            self.file(place::plain(path), begun).project = true;
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
        let paths = paths.into_iter().filter(|path| !self.walk.is_output(path));
        let (mut folders, files): (Vec<PathBuf>, Vec<PathBuf>) = paths.partition(|path| path.is_dir());
        folders.extend(self.scripts.take_everything_of(&files));
        for path in files {
            self.add(component, path, begun);
        }
        if !folders.is_empty() {
            self.search(component, folders, begun);
        }
        self.forget_unused();
    }

    /// Nobody knows what a component is made of: everything in these folders may be.
    pub(super) fn search(&mut self, component: &Name, folders: Vec<PathBuf>, begun: SystemTime) {
        for path in self.walk.files(&folders) {
            self.add(component, path, begun);
        }
        self.searched.insert(component.clone(), folders);
    }

    /// The compiler looked for this in vain.
    pub(super) fn miss(&mut self, component: &Name, path: PathBuf, begun: SystemTime) {
        self.add(component, path, begun);
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
        let Self { files, scripts, .. } = self;
        files.entry(path).or_insert_with_key(|path| {
            let looked = Some(SystemTime::now());
            // A build that was begun at that time may have read it before it became what it is.
            let may_be_older = written::since(path, begun) && !scripts.has_written(path);
            let seen = if may_be_older {
                Seen::Uncertain
            } else {
                Seen::of(path)
            };
            File {
                seen,
                looked,
                ..File::default()
            }
        })
    }

    fn forget_unused(&mut self) {
        self.files
            .retain(|_, file| file.project || !file.components.is_empty());
    }

    /// What is other than it was when it was last looked at. Each change is told once.
    pub(super) fn look(&mut self) -> Due {
        let mut new = Vec::new();
        for (component, folders) in &self.searched {
            let found = self.walk.files(folders);
            new.extend(found.into_iter().map(|path| (component.clone(), path)));
        }
        for (component, path) in new {
            let file = self.files.entry(path).or_default();
            file.components.insert(component);
        }
        let mut due = Due::default();
        let now = SystemTime::now();
        for (path, file) in &mut self.files {
            if self.scripts.may_write(path) {
                // When the script has ended it is known who it was.
                continue;
            }
            let seen = Seen::of(path);
            let before = std::mem::replace(&mut file.seen, seen);
            let looked = file.looked.replace(now);
            if before == seen || self.scripts.has_written(path) {
                continue;
            }
            if before != Seen::Uncertain && !file.components.is_empty() {
                written::renew(path, looked.max(self.begun));
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
        let files = self.files.keys().chain(&self.anchor);
        let searched = self.searched.values().flatten();
        Interest::of(
            files.map(PathBuf::as_path),
            searched.map(PathBuf::as_path),
            &self.walk,
        )
    }
}

mod interest;
mod place;
mod scripts;
#[cfg(test)]
mod tests;
mod walk;
mod written;
