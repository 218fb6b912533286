//! Where a workspace and its components are on disk.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use airs_package::Project;

use super::{Crate, Workspace};
use crate::command::build::stack;

impl Workspace {
    /// The same workspace, built in another folder.
    #[must_use]
    pub(crate) fn built_in(mut self, folder: PathBuf) -> Self {
        if let Ok(folder) = folder.try_into() {
            self.metadata.target_directory = folder;
        }
        self
    }

    /// The folders that builds write to.
    pub(crate) fn outputs(&self) -> Vec<PathBuf> {
        let build = self.metadata.build_directory.iter();
        let all = build.chain([&self.metadata.target_directory]);
        all.map(|folder| folder.clone().into()).collect()
    }

    /// The folder that Cargo builds in.
    pub(crate) fn target(&self) -> &Path {
        self.metadata.target_directory.as_std_path()
    }

    /// The folder that keeps what belongs to the project and is nobody else's.
    pub(crate) fn own_folder(&self) -> PathBuf {
        self.project
            .as_ref()
            .map_or_else(|| self.root(), Project::root)
            .join(".airs")
    }

    /// The folders of a component's crate, and of those that it depends on by their paths, as far as this workspace
    /// says.
    pub(crate) fn folders_of(&self, one: &Crate) -> Vec<PathBuf> {
        let mut folders = BTreeSet::new();
        let mut unseen: Vec<PathBuf> = one
            .manifest_path
            .parent()
            .map(Path::to_owned)
            .into_iter()
            .collect();
        while let Some(folder) = unseen.pop() {
            if !folders.insert(folder.clone()) {
                continue;
            }
            let manifest = folder.join("Cargo.toml");
            let mut packages = self.metadata.packages.iter();
            let package = packages.find(|package| package.manifest_path == manifest);
            let dependencies = package.map(|package| package.dependencies.iter());
            let paths = dependencies
                .into_iter()
                .flatten()
                .filter_map(|one| one.path.clone());
            unseen.extend(paths.map(PathBuf::from));
        }
        folders.into_iter().collect()
    }

    /// The files, there or not, that say something of the workspace as a whole: to this tool, to Cargo, or to the
    /// toolchain.
    pub(crate) fn files_of_project(&self) -> BTreeSet<PathBuf> {
        let members = self.metadata.packages.iter();
        let mut files: BTreeSet<PathBuf> = members
            .map(|package| package.manifest_path.clone().into())
            .collect();
        files.extend([self.root().join("Cargo.toml"), self.lock_file()]);
        // Cargo and rustup begin where the person is.
        files.extend(stack::config_files(&self.here));
        for folder in self.here.ancestors() {
            files.extend(["rust-toolchain", "rust-toolchain.toml"].map(|name| folder.join(name)));
        }
        files.extend(
            self.project
                .as_ref()
                .map(|project| project.root().join(Project::FILE_NAME)),
        );
        files
    }
}
