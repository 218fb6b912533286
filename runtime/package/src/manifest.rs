//! What a component is and wants.

use std::path::Path;

use airs_core::{Capabilities, Capability, Kind, LimitScope, Limits, Name};
use semver::Version;

use crate::PackageError;
use crate::capabilities::{self, Stated};
use crate::document::{Document, Entry, Table, nearest};

/// What a component is and wants, as its author says in `[package.metadata.airs]` of its `Cargo.toml`.
///
/// ```
/// use std::path::Path;
/// use airs_core::{Capability, Kind};
/// use airs_package::Manifest;
///
/// let manifest = Manifest::from_cargo_toml(
///     Path::new("ledger/Cargo.toml"),
///     r#"
///     [package]
///     name = "ledger"
///     version = "0.1.0"
///
///     [package.metadata.airs]
///     kind = "driver"
///     capabilities = { storage = true }
///     limits = { memory_bytes = 33554432 }
///     "#,
/// )?
/// .expect("the crate is a component");
/// assert_eq!(manifest.kind, Kind::Driver);
/// assert!(manifest.capabilities.contains(Capability::Storage));
/// # Ok::<(), airs_package::PackageError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Manifest {
    /// What it is.
    pub kind: Kind,
    /// Its name, which is its crate's.
    pub name: Name,
    /// Its version, which is its crate's.
    pub version: Version,
    /// What it uses of the platform and of the world. A program may say that it needs no clock, randomness or log,
    /// and nothing else.
    pub capabilities: Capabilities,
    /// What a run may use up in it; a limit that the author does not state is at its maximum, so that the
    /// operator's counts.
    pub limits: Limits,
}

impl Manifest {
    /// The JSON schema of a component's `Cargo.toml`, for editors: of what is airs' own in it.
    pub const SCHEMA: &str = include_str!("../schemas/manifest.json");

    /// Reads a crate's `Cargo.toml`; none when the crate is no component, having no
    /// `[package.metadata.airs]`. `path` is for messages.
    ///
    /// # Errors
    /// [`PackageError::Config`], with the position of what is wrong. A version that is inherited from the
    /// workspace is wrong here: see [`from_cargo_toml_inheriting`](Self::from_cargo_toml_inheriting).
    pub fn from_cargo_toml(path: &Path, text: &str) -> Result<Option<Self>, PackageError> {
        read(path, text, None)
    }

    /// As [`from_cargo_toml`](Self::from_cargo_toml), with the version that Cargo resolved, for crates with
    /// `version.workspace = true`.
    ///
    /// # Errors
    /// [`PackageError::Config`], with the position of what is wrong.
    pub fn from_cargo_toml_inheriting(
        path: &Path,
        text: &str,
        version: &Version,
    ) -> Result<Option<Self>, PackageError> {
        read(path, text, Some(version))
    }
}

fn read(path: &Path, text: &str, inherited: Option<&Version>) -> Result<Option<Manifest>, PackageError> {
    let document = Document::new(path, text);
    let parsed = document.parse()?;
    let Some(package) = document.root(&parsed).get("package") else {
        return Ok(None);
    };
    let package = package.table()?;
    let Some(metadata) = package.get("metadata").map(|entry| entry.table()).transpose()? else {
        return Ok(None);
    };
    let Some(entry) = metadata.get("airs") else {
        return Ok(None);
    };
    let airs = entry.table()?;
    airs.only(&["kind", "capabilities", "limits"])?;
    let kind = kind(&airs.required("kind", "kind = \"driver\", or \"program\"")?)?;
    let table = |key| airs.get(key).map(|entry: Entry<'_>| entry.table()).transpose();
    let capabilities = match table("capabilities")? {
        Some(declared) => capabilities::read(&declared, Stated::Declared)?,
        None => Capabilities::default(),
    };
    if let (Kind::Program, Some(entry)) = (kind, airs.get("capabilities"))
        && let Some(beyond) = capabilities
            .kinds()
            .find(|capability| !capability.is_for_programs())
    {
        return Err(beyond_a_program(&entry, beyond));
    }
    Ok(Some(Manifest {
        kind,
        name: name(&package)?,
        version: version(&package, inherited)?,
        capabilities,
        limits: match table("limits")? {
            Some(stated) => stated.limits(Limits::UNRESTRICTED, LimitScope::is_for_manifests)?,
            None => Limits::UNRESTRICTED,
        },
    }))
}

fn beyond_a_program(entry: &Entry<'_>, capability: Capability) -> PackageError {
    entry
        .key_error(format!("a program has no {capability}"))
        .with_hint("remove it: a program reaches the world through drivers, which have capabilities")
}

fn kind(entry: &Entry<'_>) -> Result<Kind, PackageError> {
    let text = entry.string()?;
    kind_from_str(text).ok_or_else(|| {
        let error = entry.error(format!("{text:?} is no kind of component"));
        match nearest(text, &["driver", "program"]) {
            Some(near) => error.with_hint(format!("write kind = \"{near}\"")),
            None => error.with_hint("write kind = \"driver\" or kind = \"program\""),
        }
    })
}

/// A kind from its text form.
pub(crate) fn kind_from_str(text: &str) -> Option<Kind> {
    [Kind::Driver, Kind::Program]
        .into_iter()
        .find(|kind| kind.as_str() == text)
}

fn name(package: &Table<'_>) -> Result<Name, PackageError> {
    let entry = package.required("name", "the package's name")?;
    let text = entry.string()?;
    text.parse().map_err(|why| {
        let error = entry.error(format!("{text:?} is no name of a component: {why}"));
        match text.to_lowercase().replace('_', "-").parse::<Name>() {
            Ok(good) => error.with_hint(format!("name the package {good}")),
            Err(_) => {
                error.with_hint("a name has lower-case letters, digits and hyphens, and begins with a letter")
            }
        }
    })
}

fn version(package: &Table<'_>, inherited: Option<&Version>) -> Result<Version, PackageError> {
    // Cargo takes a package without a version for one that is not published, 0.0.0.
    let Some(entry) = package.get("version") else {
        return Ok(Version::new(0, 0, 0));
    };
    if entry.table().is_ok() {
        return inherited.cloned().ok_or_else(|| {
            entry
                .error("the version is inherited from the workspace, which is not known here")
                .with_hint("write the version into this file")
        });
    }
    let text = entry.string()?;
    Version::parse(text).map_err(|why| entry.error(format!("{text:?} is no semantic version: {why}")))
}
