//! The component that a person names.

use std::path::{Path, PathBuf};

use airs_runtime::{Component, Name, PackageError};

use crate::error::{Failure, Result};
use crate::files;
use crate::live::Live;
use crate::settings::Manifest;
use crate::workspace::Workspace;

/// The file that a person means.
#[derive(Debug)]
pub(crate) struct Chosen {
    pub(crate) path: PathBuf,
    /// What to call it in messages.
    pub(crate) shown: String,
}

impl Chosen {
    /// A name is a component of the project, as it was built last; a file has a dot or a slash in it.
    pub(crate) fn find(component: &Path, profile: &str, manifest: &Manifest) -> Result<Self> {
        let text = component.to_string_lossy();
        let Ok(name) = text.parse::<Name>() else {
            return Ok(Self {
                path: component.to_owned(),
                shown: text.into_owned(),
            });
        };
        if let Some(path) = Live::serving(manifest, profile)?.and_then(|live| live.component(&name)) {
            let shown = files::shown(&path, &files::current_folder()?);
            return Ok(Self { path, shown });
        }
        let found = Workspace::load(manifest).and_then(|workspace| {
            let component = workspace.component(name.as_str())?;
            Ok((workspace, component))
        });
        let (workspace, component) = found.map_err(|failure| match component.exists() {
            true => failure.hint(format!("the file of that name is ./{name}")),
            false => failure,
        })?;
        let path = workspace.built(&component, profile)?;
        let shown = workspace.shown(&path);
        Ok(Self { path, shown })
    }

    pub(crate) fn open(&self) -> Result<Component> {
        Component::open(&self.path).map_err(|error| match error {
            PackageError::Read { .. } => Failure::from(error),
            _ => Failure::from(error).within(&self.shown),
        })
    }
}
