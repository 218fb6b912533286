//! Where something may happen that has to be looked at.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::place;
use super::walk::{Walk, is_passing};

/// Where something may happen that has to be looked at.
#[derive(Debug, Default)]
pub(in crate::command::dev) struct Interest {
    /// The folders to watch; what is below them in turn is not watched with them.
    pub(in crate::command::dev) folders: BTreeSet<PathBuf>,
    /// The inputs, and all that is on the way to them: what is above may be moved, and links may lead elsewhere.
    pub(in crate::command::dev) paths: BTreeSet<PathBuf>,
    /// Folders in which whatever is made is an input.
    pub(in crate::command::dev) searched: BTreeSet<PathBuf>,
    outputs: Vec<PathBuf>,
}

impl Interest {
    pub(super) fn of<'a>(
        files: impl Iterator<Item = &'a Path>,
        searched: impl Iterator<Item = &'a Path>,
        walk: &Walk,
    ) -> Self {
        // A folder has one name here, the real one: the system tells of it by one of those that it was watched by.
        let mut interest = Self {
            outputs: walk.outputs().iter().map(|folder| place::real(folder)).collect(),
            ..Self::default()
        };
        let mut ways = place::Ways::default();
        for path in files {
            ways.to(path, &mut interest.paths);
        }
        for folder in searched {
            ways.to(folder, &mut interest.paths);
            walk.each(&place::real(folder), &mut |path, is_folder| {
                if is_folder {
                    interest.searched.insert(path);
                }
            });
        }
        let within = interest.paths.iter().filter_map(|path| path.parent());
        interest.folders = within.map(Path::to_owned).collect();
        interest.folders.extend(interest.searched.iter().cloned());
        interest
    }

    /// Whether what has happened at a path may concern an input: it is one, or has one below it.
    pub(in crate::command::dev) fn concerns(&self, path: &Path) -> bool {
        let mut from_here = self.paths.range(path.to_owned()..);
        if from_here.next().is_some_and(|input| input.starts_with(path)) {
            return true;
        }
        let is_output = self.outputs.iter().any(|output| path.starts_with(output));
        !is_output && !is_passing(path) && self.searched.iter().any(|folder| path.starts_with(folder))
    }
}
