//! The project that a person is in, read without Cargo: a person waits.

use std::path::{Path, PathBuf};

use airs_runtime::{Answer, EngineConfig, Kind, Manifest, Name, Project, Request, Runtime, State};
use cargo_metadata::semver::Version;

use super::option;
use crate::interrupt;

/// One look at bindings.
const INSTANCES_MAX: u32 = 1;

/// The project that a person is in.
pub(super) struct Here(Project);

impl Here {
    pub(super) fn find() -> Option<Self> {
        let here = std::env::current_dir().ok()?;
        let named = option("--manifest-path").map(Path::new).and_then(Path::parent);
        let from = named.map_or_else(|| here.clone(), |folder| here.join(folder));
        Project::find(&from).ok().flatten().map(Self)
    }

    /// The components, each with what it is.
    pub(super) fn components(&self) -> Vec<(String, String)> {
        let one = |name: &Name| {
            let kind = self.kind(name).map_or("component", Kind::as_str);
            (name.to_string(), kind.to_owned())
        };
        self.0.components.keys().map(one).collect()
    }

    pub(super) fn of_kind(&self, kind: Kind) -> Vec<(String, String)> {
        let mut all = self.components();
        all.retain(|(_, what)| what == kind.as_str());
        all
    }

    /// The folder of a component's crate.
    pub(super) fn folder(&self, name: &str) -> Option<PathBuf> {
        let entry = self.0.components.get(name)?;
        Some(self.0.root().join(&entry.path))
    }

    fn kind(&self, name: &Name) -> Option<Kind> {
        let path = self.folder(name.as_str())?.join("Cargo.toml");
        let text = std::fs::read_to_string(&path).ok()?;
        // Its version may be the workspace's, and does not matter here.
        let manifest = Manifest::from_cargo_toml_inheriting(&path, &text, &Version::new(0, 0, 0));
        Some(manifest.ok()??.kind)
    }

    /// What is bound, and to which driver. Where there is no state none is made.
    pub(super) fn bindings(&self) -> Vec<(String, String)> {
        self.bound().unwrap_or_default()
    }

    fn bound(&self) -> Option<Vec<(String, String)>> {
        let context = option("--context").map_or_else(|| Some(Name::local()), |name| name.parse().ok())?;
        let state = match option("--state") {
            Some("memory") => return None,
            Some(folder) => State::folder(folder),
            None => State::folder(self.0.root().join(".airs").join("state")),
        };
        if !state.has(&context) {
            return None;
        }
        let engine = EngineConfig {
            instances_max: INSTANCES_MAX,
            threads: 1,
            ..EngineConfig::default()
        };
        let runtime = Runtime::builder()
            .state(state)
            .context(context)
            .engine(engine)
            .build()
            .ok()?;
        let report = interrupt::unless_pressed(runtime.perform(Request::bindings())).ok()?;
        let bindings = Answer::bindings(report.result.ok()?)?;
        Some(
            bindings
                .into_iter()
                .map(|(path, binding)| (path.to_string(), binding.driver))
                .collect(),
        )
    }
}
