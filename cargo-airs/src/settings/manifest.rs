//! Where the workspace is, and what Cargo may do with it.

use std::path::{Path, PathBuf};

use crate::args::{ManifestArgs, ProfileArgs};
use crate::cargo::profile;

/// Where the workspace is, and what Cargo may do with it.
#[derive(Clone, Debug)]
pub(crate) struct Manifest {
    /// The `Cargo.toml` that a person named, or the current folder.
    pub(crate) start: Start,
    /// What Cargo is told too: `--locked`, `--offline`, `--frozen`, and how to report.
    pub(crate) flags: Vec<&'static str>,
}

#[derive(Clone, Debug)]
pub(crate) enum Start {
    CurrentFolder,
    Manifest(PathBuf),
}

impl Start {
    /// The folder where a project is looked for, and in those above it; `here` is where the person is.
    pub(crate) fn folder(&self, here: &Path) -> PathBuf {
        match self {
            Self::CurrentFolder => here.to_owned(),
            Self::Manifest(path) => here.join(path).parent().unwrap_or(here).to_owned(),
        }
    }
}

impl Manifest {
    pub(super) fn new(args: ManifestArgs, for_cargo: impl Iterator<Item = &'static str>) -> Self {
        let given = [
            (args.locked, "--locked"),
            (args.offline, "--offline"),
            (args.frozen, "--frozen"),
        ];
        let given = given
            .into_iter()
            .filter(|(given, _)| *given)
            .map(|(_, flag)| flag);
        Self {
            start: args.manifest_path.map_or(Start::CurrentFolder, Start::Manifest),
            flags: given.chain(for_cargo).collect(),
        }
    }

    /// Whether `Cargo.lock` has to stay as it is.
    pub(crate) fn is_locked(&self) -> bool {
        self.flags
            .iter()
            .any(|flag| ["--locked", "--frozen"].contains(flag))
    }

    /// Whether the network is not to be touched.
    pub(crate) fn is_offline(&self) -> bool {
        self.flags
            .iter()
            .any(|flag| ["--offline", "--frozen"].contains(flag))
    }
}

/// The profile unless another one is asked for.
pub(crate) const USUAL_PROFILE: &str = "dev";

/// The name of the profile to build with.
pub(super) fn profile(args: ProfileArgs) -> String {
    let usual = match (args.release, args.debug) {
        (true, _) => "release",
        (_, true) => profile::DEBUG,
        _ => USUAL_PROFILE,
    };
    args.profile.unwrap_or_else(|| usual.to_owned())
}
