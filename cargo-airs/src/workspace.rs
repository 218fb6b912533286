//! The components of a workspace.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use airs_runtime::{Code, Grants, Limits, Manifest, Name, PackageError, Project, VariableName};
use cargo_metadata::{CrateType, Metadata, Package, PackageId};

use crate::error::{Failure, Reason, Result};
use crate::settings::{Start, Which};
use crate::{cargo, files, settings};

mod named;
mod surroundings;

/// A workspace and the components in it.
#[derive(Debug)]
pub(crate) struct Workspace {
    metadata: Metadata,
    /// The packages that are built of the files of this machine, once Cargo has said which they are.
    near: Vec<Package>,
    /// Where others build it, if it is built elsewhere here.
    outer: Option<PathBuf>,
    project: Option<Project>,
    /// Where the project was looked for, from there upwards.
    start: PathBuf,
    /// Where the person is.
    here: PathBuf,
}

/// A crate that makes a component.
#[derive(Debug)]
pub(crate) struct Crate {
    pub(crate) id: PackageId,
    pub(crate) manifest: Manifest,
    pub(crate) manifest_path: PathBuf,
    /// What Cargo calls its library, and so the files that it makes of it.
    library: String,
}

impl Workspace {
    pub(crate) fn load(manifest: &settings::Manifest) -> Result<Self> {
        let here = files::current_folder()?;
        let start = manifest.start.folder(&here);
        let project = project(&start, &here)?;
        if matches!(manifest.start, Start::CurrentFolder)
            && !start
                .ancestors()
                .any(|folder| folder.join("Cargo.toml").is_file())
        {
            return Err(missing(project.as_ref(), &here));
        }
        Ok(Self {
            metadata: cargo::metadata(manifest)?,
            near: Vec::new(),
            outer: None,
            project,
            start,
            here,
        })
    }

    pub(crate) fn root(&self) -> &Path {
        self.metadata.workspace_root.as_std_path()
    }

    pub(crate) fn lock_file(&self) -> PathBuf {
        self.root().join("Cargo.lock")
    }

    /// The folder that components of a profile are written to.
    pub(crate) fn output(&self, profile: &str) -> PathBuf {
        self.metadata
            .target_directory
            .as_std_path()
            .join("airs")
            .join(profile_folder(profile))
    }

    /// Whether something was compiled for the target before.
    pub(crate) fn has_compiled(&self, profile: &str) -> bool {
        let folder = self.metadata.target_directory.as_std_path().join(cargo::TARGET);
        folder.join(profile_folder(profile)).is_dir()
    }

    /// The project that the workspace is, or is in.
    pub(crate) fn project(&self) -> Option<&Project> {
        self.project.as_ref()
    }

    /// What the project says that a run may use up.
    pub(crate) fn limits(&self) -> Limits {
        self.project
            .as_ref()
            .map(|project| project.limits.clone())
            .unwrap_or_default()
    }

    /// What the project grants a component.
    pub(crate) fn granted(&self, component: &Name) -> Grants {
        let project = self.project.as_ref();
        project
            .and_then(|project| project.grants.get(component).cloned())
            .unwrap_or_default()
    }

    /// The variables of this process that the project grants to any of its components in a context.
    pub(crate) fn variables(&self, context: &Name) -> BTreeMap<VariableName, String> {
        let grants = self.project.iter().flat_map(|project| project.grants.values());
        let names = grants.flat_map(|grants| &grants.of(context).environment);
        names
            .filter_map(|name| Some((name.clone(), std::env::var(name.as_str()).ok()?)))
            .collect()
    }

    /// What the compiler makes of a component's crate.
    pub(crate) fn artifact(&self, one: &Crate, profile: &str) -> PathBuf {
        let folder = self.metadata.target_directory.as_std_path().join(cargo::TARGET);
        folder
            .join(profile_folder(profile))
            .join(format!("{}.wasm", one.library))
    }

    /// Where a component is, once it is built.
    pub(crate) fn component_file(&self, one: &Crate, profile: &str) -> PathBuf {
        self.output(profile).join(format!("{}.wasm", one.manifest.name))
    }

    /// A component that is built.
    pub(crate) fn built(&self, one: &Crate, profile: &str) -> Result<PathBuf> {
        let path = self.component_file(one, profile);
        if path.is_file() {
            return Ok(path);
        }
        let name = &one.manifest.name;
        let flag = cargo::profile::flag(profile);
        let message = format!("{name} is not built in the profile {profile}");
        Err(Failure::new(Reason::Airs(Code::NotFound), message)
            .hint(format!("`cargo airs build{flag} -p {name}` builds it")))
    }

    /// The components that a person means.
    pub(crate) fn select(&self, which: &Which) -> Result<Vec<Crate>> {
        match which {
            Which::Named(names) => names.iter().map(|name| self.component(name)).collect(),
            Which::All => self.all(),
        }
    }

    /// Sees whether the workspace has packages of these names, components or not.
    pub(crate) fn require_packages(&self, names: &[String]) -> Result<()> {
        let has = |name: &str| self.metadata.packages.iter().any(|package| package.name == name);
        match names.iter().find(|name| !has(name)) {
            Some(name) => Err(self.unknown("package", name)),
            None => Ok(()),
        }
    }

    /// One component by name.
    pub(crate) fn component(&self, name: &str) -> Result<Crate> {
        let package = self
            .metadata
            .packages
            .iter()
            .find(|package| package.name.as_str() == name);
        let Some(package) = package else {
            return Err(self.unknown("component", name));
        };
        let Some(component) = self.read(package)? else {
            return Err(Failure::usage(format!(
                "{name} is no component: its Cargo.toml has no [package.metadata.airs]"
            ))
            .hint("write kind = \"driver\" or kind = \"program\" there, or name another package"));
        };
        match &self.project {
            Some(project) if !project.components.contains_key(name) => Err(Failure::usage(format!(
                "{name} is not listed in {}",
                self.shown(&project.path)
            ))
            .hint(format!("add [components.{name}] with its path"))),
            _ => Ok(component),
        }
    }

    /// Every component of the project, or of the workspace when there is no project.
    fn all(&self) -> Result<Vec<Crate>> {
        let components = match &self.project {
            Some(project) => self.listed(project)?,
            None => {
                let read = self.metadata.packages.iter().map(|package| self.read(package));
                read.filter_map(Result::transpose).collect::<Result<_>>()?
            }
        };
        if components.is_empty() {
            let why = match &self.project {
                Some(project) => format!("{} lists no component", self.shown(&project.path)),
                None => "no crate of this workspace is a component".to_owned(),
            };
            return Err(Failure::new(Reason::Airs(Code::NotFound), why)
                .hint("`cargo airs new driver NAME` makes one"));
        }
        Ok(components)
    }

    /// The components that `airs.toml` lists.
    fn listed(&self, project: &Project) -> Result<Vec<Crate>> {
        let one = |(name, entry): (&airs_runtime::Name, &airs_runtime::ComponentEntry)| {
            let path = project.root().join(&entry.path).join("Cargo.toml");
            let fault = |why: String| {
                Failure::new(Reason::Airs(Code::InvalidConfig), why).within(self.shown(&project.path))
            };
            let package = self
                .metadata
                .packages
                .iter()
                .find(|package| package.manifest_path == path);
            let package = package.ok_or_else(|| {
                let folder = self.shown(path.parent().unwrap_or(&path));
                fault(format!(
                    "component {name}: {folder} is no member of the workspace"
                ))
                .hint(format!(
                    "list it in {}",
                    self.shown(&self.root().join("Cargo.toml"))
                ))
            })?;
            if package.name.as_str() != name.as_str() {
                return Err(
                    fault(format!("component {name}: the crate there is {}", package.name))
                        .hint("give both the same name"),
                );
            }
            self.component(name.as_str())
        };
        project.components.iter().map(one).collect()
    }

    /// The component that a package makes, if it makes one.
    fn read(&self, package: &Package) -> Result<Option<Crate>> {
        if package.metadata.get("airs").is_none() {
            return Ok(None);
        }
        let path = package.manifest_path.as_std_path();
        let shown = self.shown(path);
        let text = files::text(path)?.unwrap_or_default();
        let manifest = Manifest::from_cargo_toml_inheriting(Path::new(&shown), &text, &package.version)?;
        let Some(manifest) = manifest else { return Ok(None) };
        let makes_one = |target: &cargo_metadata::Target| target.crate_types.contains(&CrateType::CDyLib);
        let Some(library) = package.targets.iter().find(|target| makes_one(target)) else {
            return Err(Failure::new(
                Reason::Airs(Code::InvalidConfig),
                format!(
                    "{shown}: the crate {} makes no component: its library is no cdylib",
                    package.name
                ),
            )
            .hint("write crate-type = [\"cdylib\"] under [lib]"));
        };
        Ok(Some(Crate {
            id: package.id.clone(),
            manifest,
            manifest_path: path.to_owned(),
            library: library.name.replace('-', "_"),
        }))
    }

    fn unknown(&self, what: &str, name: &str) -> Failure {
        let names = self.metadata.packages.iter().map(|package| package.name.as_str());
        let near = names
            .map(|known| (strsim::damerau_levenshtein(known, name), known))
            .filter(|(distance, known)| *distance <= known.len().max(3) / 3)
            .min();
        let failure = Failure::new(
            Reason::Airs(Code::NotFound),
            format!("there is no {what} {name:?} here"),
        );
        match near {
            Some((_, near)) => failure.hint(format!("there is {near}")),
            None if name.contains('/') => failure.hint("the path of an asset begins with / or ~/"),
            None => failure,
        }
    }
}

/// The project that the folder `start` is in, if it is in one; `here` is where the person is.
pub(crate) fn project(start: &Path, here: &Path) -> Result<Option<Project>> {
    Project::find(start).map_err(|mut error| {
        if let PackageError::Config { path, .. } | PackageError::Read { path, .. } = &mut error {
            *path = files::shown(path, here).into();
        }
        error.into()
    })
}

/// Why there is no workspace.
fn missing(project: Option<&Project>, here: &Path) -> Failure {
    let absent = |what: String| Failure::new(Reason::Airs(Code::NotFound), what);
    match project {
        Some(project) => absent(format!(
            "there is {}, and no Cargo.toml beside it or here",
            files::shown(&project.path, here)
        ))
        .hint("a project is a workspace: write a Cargo.toml with the crates of its components as members"),
        None => absent("there is no Cargo.toml here or in a folder above".to_owned())
            .hint("go to the project's folder, or make one: `cargo airs new driver NAME`"),
    }
}

/// Cargo's name for a profile's folder.
fn profile_folder(profile: &str) -> &str {
    match profile {
        "dev" | "test" => "debug",
        "bench" => "release",
        own => own,
    }
}
