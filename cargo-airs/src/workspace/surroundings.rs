//! Where a workspace and its components are on disk.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use airs_runtime::Project;
use cargo_metadata::{Metadata, Package, PackageId};

use super::{Crate, Workspace, named};
use crate::command::build::stack;
use crate::files;

impl Workspace {
    /// The same workspace, built in another folder.
    #[must_use]
    pub(crate) fn built_in(mut self, folder: PathBuf) -> Self {
        if let Ok(folder) = folder.try_into() {
            let outer = std::mem::replace(&mut self.metadata.target_directory, folder);
            self.outer = Some(outer.into());
        }
        self
    }

    /// Takes in what Cargo says of all packages that the workspace depends on.
    pub(crate) fn resolved(&mut self, all: Metadata) {
        let here = |package: &Package| package.source.is_none();
        self.near = all.packages.into_iter().filter(here).collect();
    }

    /// The packages that are built of files of this machine, as far as they are known.
    fn packages(&self) -> &[Package] {
        if self.near.is_empty() {
            &self.metadata.packages
        } else {
            &self.near
        }
    }

    /// The folder of a package, if it is one of those.
    pub(crate) fn folder_of(&self, id: &PackageId) -> Option<PathBuf> {
        let package = self.packages().iter().find(|package| package.id == *id)?;
        package
            .manifest_path
            .parent()
            .map(|folder| folder.to_owned().into())
    }

    /// Which of the folders of a component's crate and of those that it depends on have a build script.
    pub(crate) fn folders_with_scripts(&self, one: &Crate) -> Vec<PathBuf> {
        let mut folders = self.folders_of(one);
        let has_script = |folder: &PathBuf| {
            let package = self.package_in(folder);
            package.is_some_and(|package| package.targets.iter().any(|target| target.is_custom_build()))
        };
        folders.retain(has_script);
        folders
    }

    fn package_in(&self, folder: &Path) -> Option<&Package> {
        let manifest = folder.join("Cargo.toml");
        self.packages()
            .iter()
            .find(|package| package.manifest_path == manifest)
    }

    /// A path as a command takes it: from the current folder if it lies there, as messages then name it.
    pub(crate) fn near(&self, path: &Path) -> PathBuf {
        path.strip_prefix(&self.here).unwrap_or(path).to_owned()
    }

    /// A path as seen from the current folder, for people.
    pub(crate) fn shown(&self, path: &Path) -> String {
        files::shown(path, &self.here)
    }

    /// The folders that builds write to.
    pub(crate) fn outputs(&self) -> Vec<PathBuf> {
        let build = self.metadata.build_directory.iter();
        let all = build.chain([&self.metadata.target_directory]);
        let all = all.map(|folder| folder.clone().into());
        all.chain(self.outer.clone()).collect()
    }

    /// The folder that Cargo builds in.
    pub(crate) fn target(&self) -> &Path {
        self.metadata.target_directory.as_std_path()
    }

    /// The file that the linker has written, of which Cargo answers with another name. It is where builds keep what they
    /// need for the next one, which people may have elsewhere.
    pub(crate) fn linked(&self, artifact: &Path) -> Option<PathBuf> {
        let (folder, name) = (artifact.parent()?, artifact.file_name()?);
        let folder = folder.strip_prefix(self.target()).ok()?.join("deps");
        let state = |file: &Path| {
            let about = file.metadata().ok()?;
            Some((about.len(), about.modified().ok()?))
        };
        let files = self
            .outputs()
            .into_iter()
            .map(|output| output.join(&folder).join(name));
        files
            .into_iter()
            .find(|file| state(file).is_some() && state(file) == state(artifact))
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
            let dependencies = self
                .package_in(&folder)
                .map(|package| package.dependencies.iter());
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
        let packages = self.packages().iter();
        let mut files: BTreeSet<PathBuf> = packages
            .map(|package| package.manifest_path.clone().into())
            .collect();
        // Those from outside may inherit from a workspace of their own.
        let outer = files.iter().filter(|manifest| !manifest.starts_with(self.root()));
        let roots: Vec<PathBuf> = outer
            .filter_map(|manifest| named::workspace_of(manifest))
            .collect();
        files.extend(roots);
        files.extend([self.root().join("Cargo.toml"), self.lock_file()]);
        // Cargo and rustup begin where the person is.
        for config in stack::config_files(&self.here) {
            files.extend(named::included(&config));
            files.insert(config);
        }
        for folder in self.here.ancestors() {
            files.extend(["rust-toolchain", "rust-toolchain.toml"].map(|name| folder.join(name)));
        }
        // There or not: the nearest counts, and one that goes may come back.
        let folders = self.start.ancestors();
        files.extend(folders.map(|folder| folder.join(Project::FILE_NAME)));
        files
    }

    /// The files without which the workspace cannot be read, there or not: what is wrong with it may be that they are still to be
    /// made.
    pub(crate) fn files_to_come(&self) -> BTreeSet<PathBuf> {
        let settings = self.project.as_ref().map(|project| project.path.clone());
        let known = self
            .packages()
            .iter()
            .map(|package| package.manifest_path.clone().into());
        let first = known.chain([self.root().join("Cargo.toml")]).chain(settings);
        named::crates(first.collect())
    }
}
