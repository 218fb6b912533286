//! The manifest inside a component: the custom section `airs:manifest`, written by `stamp`.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use airs_core::{Access, Capabilities, Kind, LimitScope, Limits, StorageAccess};
use serde::{Deserialize, Serialize};

use crate::capabilities::ITEMS_MAX;
use crate::in_short::in_short;
use crate::manifest::kind_from_str;
use crate::{Manifest, PackageError};

pub(crate) const SECTION: &str = "airs:manifest";

/// The newest format that is known. It grows when an older reader would misunderstand the section; a limit
/// or a capability that is new is refused by name, so it needs no new format.
///
/// In format 1 a capability had no parameters.
const FORMAT: u64 = 2;

#[derive(Deserialize)]
struct Probe {
    format: u64,
}

/// A limit that is not there is not restricted by the component.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Section<C> {
    format: u64,
    kind: String,
    name: String,
    version: semver::Version,
    #[serde(default)]
    capabilities: C,
    #[serde(default)]
    limits: BTreeMap<String, u64>,
}

/// Format 1: a capability is there, or it is not.
type Names = BTreeMap<String, bool>;

/// Format 2. What is not there is not declared, but for those that are there unless they are taken away.
#[derive(Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Parameters {
    #[serde(skip_serializing_if = "Option::is_none")]
    storage: Option<Storage>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    http: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    clock: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    random: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    log: Option<bool>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    environment: Vec<String>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    files: BTreeMap<String, String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    interfaces: Vec<String>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Storage {
    access: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    quota_bytes: Option<u64>,
}

pub(crate) fn write(manifest: &Manifest) -> Result<Vec<u8>, PackageError> {
    let section = Section {
        format: FORMAT,
        kind: manifest.kind.as_str().to_owned(),
        name: manifest.name.as_str().to_owned(),
        version: manifest.version.clone(),
        capabilities: Parameters::from(&manifest.capabilities),
        limits: manifest
            .limits
            .iter()
            .zip(Limits::UNRESTRICTED.iter())
            .filter(|((name, set), (_, unrestricted))| is_for_manifests(name) && set != unrestricted)
            .map(|((name, value), _)| (name.to_owned(), value))
            .collect(),
    };
    serde_json::to_vec(&section).map_err(|error| bad(error.to_string()))
}

pub(crate) fn read(bytes: &[u8]) -> Result<Manifest, PackageError> {
    let malformed = |error: serde_json::Error| bad(error.to_string());
    let probe: Probe = serde_json::from_slice(bytes).map_err(malformed)?;
    match probe.format {
        1 => {
            let section: Section<Names> = serde_json::from_slice(bytes).map_err(malformed)?;
            let capabilities = named(&section.capabilities)?;
            manifest(section, capabilities)
        }
        FORMAT => {
            let mut section: Section<Parameters> = serde_json::from_slice(bytes).map_err(malformed)?;
            let capabilities = std::mem::take(&mut section.capabilities).try_into()?;
            manifest(section, capabilities)
        }
        found => Err(PackageError::NewerSection {
            section: SECTION,
            found,
            known: FORMAT,
        }),
    }
}

fn manifest<C>(section: Section<C>, capabilities: Capabilities) -> Result<Manifest, PackageError> {
    let kind = kind_from_str(&section.kind)
        .ok_or_else(|| bad(format!("{:?} is no kind of component", section.kind)))?;
    let beyond = capabilities
        .kinds()
        .find(|capability| !capability.is_for_programs());
    if let (Kind::Program, Some(beyond)) = (kind, beyond) {
        return Err(bad(format!("a program has no {beyond}")));
    }
    let name = section.name.parse();
    Ok(Manifest {
        kind,
        name: name.map_err(|why| bad(format!("{:?} is no name: {why}", section.name)))?,
        version: section.version,
        capabilities,
        limits: limits(&section.limits)?,
    })
}

/// There were two, and only one could be used.
fn named(section: &Names) -> Result<Capabilities, PackageError> {
    let mut capabilities = Capabilities::default();
    for (name, declared) in section {
        match name.as_str() {
            "storage" if *declared => capabilities.storage = Some(declared_storage(Access::ReadWrite, None)),
            "storage" | "http" => {}
            _ => return Err(bad(format!("the capability {name:?} is not known"))),
        }
    }
    Ok(capabilities)
}

fn declared_storage(access: Access, quota_bytes: Option<u64>) -> StorageAccess {
    StorageAccess {
        access,
        quota_bytes: quota_bytes.unwrap_or(StorageAccess::UNRESTRICTED_BYTES),
    }
}

impl From<&Capabilities> for Parameters {
    fn from(capabilities: &Capabilities) -> Self {
        let taken_away = |is_there: bool| (!is_there).then_some(false);
        let storage = capabilities.storage.map(|storage| Storage {
            access: storage.access.to_string(),
            quota_bytes: Some(storage.quota_bytes)
                .filter(|quota| *quota != StorageAccess::UNRESTRICTED_BYTES),
        });
        let folders = capabilities.files.iter();
        Self {
            storage,
            http: capabilities.http.iter().map(ToString::to_string).collect(),
            clock: taken_away(capabilities.clock),
            random: taken_away(capabilities.random),
            log: taken_away(capabilities.log),
            environment: capabilities.environment.iter().map(ToString::to_string).collect(),
            files: folders
                .map(|(name, access)| (name.to_string(), access.to_string()))
                .collect(),
            interfaces: capabilities.interfaces.iter().map(ToString::to_string).collect(),
        }
    }
}

impl TryFrom<Parameters> for Capabilities {
    type Error = PackageError;

    fn try_from(section: Parameters) -> Result<Self, PackageError> {
        let storage = section.storage.map(|storage| {
            let quota = 1..=StorageAccess::QUOTA_BYTES.max;
            match storage.quota_bytes {
                Some(bytes) if !quota.contains(&bytes) => Err(bad(format!(
                    "quota_bytes is from 1 to {}, not {bytes}",
                    quota.end()
                ))),
                stated => Ok(declared_storage(access(&storage.access)?, stated)),
            }
        });
        let lists = [
            section.http.len(),
            section.environment.len(),
            section.files.len(),
            section.interfaces.len(),
        ];
        if lists.into_iter().any(|items| items > ITEMS_MAX) {
            return Err(bad(format!("a capability has more than {ITEMS_MAX} items")));
        }
        let folder = |(name, stated): (&String, &String)| Ok((parsed(name)?, access(stated)?));
        Ok(Self {
            storage: storage.transpose()?,
            http: section
                .http
                .iter()
                .map(|pattern| parsed(pattern))
                .collect::<Result<_, _>>()?,
            clock: section.clock.unwrap_or(true),
            random: section.random.unwrap_or(true),
            log: section.log.unwrap_or(true),
            environment: section
                .environment
                .iter()
                .map(|name| parsed(name))
                .collect::<Result<_, _>>()?,
            files: section
                .files
                .iter()
                .map(folder)
                .collect::<Result<_, PackageError>>()?,
            interfaces: section
                .interfaces
                .iter()
                .map(|package| parsed(package))
                .collect::<Result<_, _>>()?,
        })
    }
}

fn access(text: &str) -> Result<Access, PackageError> {
    text.parse().map_err(|()| bad(format!("{text:?} is no access")))
}

fn parsed<T: FromStr<Err: fmt::Display>>(text: &str) -> Result<T, PackageError> {
    text.parse().map_err(|why| bad(format!("{text:?}: {why}")))
}

fn limits(section: &BTreeMap<String, u64>) -> Result<Limits, PackageError> {
    let mut limits = Limits::UNRESTRICTED;
    for (name, value) in section {
        let max = Limits::ALL
            .iter()
            .find(|(known, _)| known == name && is_for_manifests(known))
            .map(|(_, limit)| limit.max);
        let (Some(limit), Some(max)) = (limits.by_name_mut(name), max) else {
            return Err(bad(format!("the limit {name:?} is not known")));
        };
        if !(1..=max).contains(value) {
            return Err(bad(format!("{name} is from 1 to {max}, not {value}")));
        }
        *limit = *value;
    }
    Ok(limits)
}

/// Limits that are the operator's alone have no place in a component.
fn is_for_manifests(limit: &str) -> bool {
    Limits::scope(limit).is_some_and(LimitScope::is_for_manifests)
}

fn bad(message: String) -> PackageError {
    PackageError::BadSection {
        section: SECTION,
        message: in_short(&message),
    }
}
