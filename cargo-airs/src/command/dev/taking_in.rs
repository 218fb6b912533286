//! What the worker learns of the project and of inputs, from Cargo and from the compiler.

use std::ffi::OsStr;
use std::path::Path;
use std::time::SystemTime;

use cargo_metadata::PackageId;

use super::compile::Compiled;
use super::resolve::resolve;
use super::turns::{Due, Turn};
use super::watch::lock;
use super::worker::{Project, Worker};
use crate::error::Result;
use crate::workspace::Crate;
use crate::{cargo, files, freshness};

impl Worker {
    /// Reads what the project says of itself. What is wrong leaves the project as it was.
    pub(super) fn read_project(&mut self, turn: Turn, due: &Due, begun: SystemTime) -> Result<()> {
        let project = Project::read(&self.settings);
        if project.is_err() {
            // It may be that something is still to be made.
            let workspace = &self.project.workspace;
            let mut files = workspace.files_of_project();
            files.extend(workspace.files_to_come());
            lock(&self.inputs).set_project(files, begun);
        }
        self.project = project?;
        self.say_what_counts_later(due);
        let project = &mut self.project;
        let mut inputs = lock(&self.inputs);
        // Nobody looks meanwhile: what Cargo writes is no edit.
        if let Some(all) = resolve(&self.settings.node.manifest, turn, &self.cancel)? {
            project.workspace.resolved(all);
            inputs.is_as_built(&project.workspace.lock_file());
        }
        inputs.set_outputs(project.workspace.outputs());
        inputs.set_project(project.workspace.files_of_project(), begun);
        inputs.keep_only(&project.names().into_iter().collect());
        Ok(())
    }

    /// Tells of settings that count when this command is started again.
    fn say_what_counts_later(&mut self, due: &Due) {
        if self.serving.has_other_limits(&self.project.workspace.limits()) {
            self.report.warn(
                "[runtime.limits] in airs.toml count from the next start of this command on: the runtime keeps those that \
                 it was started with",
            );
        }
        let is_toolchain = |name: &OsStr| name == "rust-toolchain" || name == "rust-toolchain.toml";
        let mut names = due.files.iter().filter_map(|path| path.file_name());
        if names.any(is_toolchain) && cargo::toolchain_is_settled() {
            self.report.warn(
                "the toolchain file counts from the next start of this command on: it goes on with the toolchain that it \
                 was started with",
            );
        }
    }

    /// A build of these crates is begun.
    pub(super) fn begin(&self, crates: &[&Crate], begun: SystemTime) {
        let workspace = &self.project.workspace;
        let folders = crates.iter().flat_map(|one| workspace.folders_with_scripts(one));
        lock(&self.inputs).begin_build(begun, folders.collect());
    }

    /// A build script has ended, which writes to that folder.
    pub(super) fn script_ended(&self, package: &PackageId, out: &Path) {
        if let Some(folder) = self.project.workspace.folder_of(package) {
            lock(&self.inputs).script_ended(&folder, &out.with_file_name("output"));
            self.watch.other_inputs();
        }
    }

    /// The build is over, however it is.
    pub(super) fn end(&self) {
        lock(&self.inputs).end_build();
        self.watch.other_inputs();
    }

    /// Takes in what the compiler names as inputs.
    pub(super) fn note_inputs(&self, crates: &[&Crate], compiled: &Compiled, begun: SystemTime) {
        let workspace = &self.project.workspace;
        let mut inputs = lock(&self.inputs);
        for one in crates {
            let name = &one.manifest.name;
            let named = compiled.artifacts.get(&one.id).filter(|_| compiled.succeeded);
            let named = named.and_then(|file| files::text(&file.with_extension("d")).ok()?);
            if let Some(named) = named {
                // Some configurations have them seen from a folder.
                let paths = freshness::dependencies(&named).into_iter();
                inputs.set(name, paths.map(|path| workspace.root().join(path)), begun);
                continue;
            }
            inputs.search(name, workspace.folders_of(one), begun);
            for path in &compiled.missing {
                inputs.miss(name, workspace.root().join(path), begun);
            }
        }
    }
}
