//! The manifest inside a component: the custom section `airs:manifest`, written by `stamp`.

use std::collections::BTreeMap;

use airs_core::{Capabilities, Capability, Limits};
use serde::{Deserialize, Serialize};

use crate::manifest::kind_from_str;
use crate::{Manifest, PackageError};

pub(crate) const SECTION: &str = "airs:manifest";

/// The newest format that is known. It grows when an older reader would misunderstand the section; a limit
/// or a capability that is new is refused by name, so it needs no new format.
const FORMAT: u64 = 1;

#[derive(Deserialize)]
struct Probe {
    format: u64,
}

/// Format 1. A limit that is not there is not restricted by the component.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Format1 {
    format: u64,
    kind: String,
    name: String,
    version: semver::Version,
    #[serde(default)]
    capabilities: BTreeMap<String, bool>,
    #[serde(default)]
    limits: BTreeMap<String, u64>,
}

pub(crate) fn write(manifest: &Manifest) -> Result<Vec<u8>, PackageError> {
    let capabilities = manifest.capabilities.iter();
    let section = Format1 {
        format: FORMAT,
        kind: manifest.kind.as_str().to_owned(),
        name: manifest.name.as_str().to_owned(),
        version: manifest.version.clone(),
        capabilities: capabilities
            .map(|capability| (capability.as_str().to_owned(), true))
            .collect(),
        limits: manifest
            .limits
            .iter()
            .zip(Limits::UNRESTRICTED.iter())
            .filter(|(set, unrestricted)| set != unrestricted)
            .map(|((name, value), _)| (name.to_owned(), value))
            .collect(),
    };
    serde_json::to_vec(&section).map_err(|error| bad(error.to_string()))
}

pub(crate) fn read(bytes: &[u8]) -> Result<Manifest, PackageError> {
    let malformed = |error: serde_json::Error| bad(error.to_string());
    let probe: Probe = serde_json::from_slice(bytes).map_err(malformed)?;
    if probe.format != FORMAT {
        return Err(PackageError::NewerSection {
            section: SECTION,
            found: probe.format,
            known: FORMAT,
        });
    }
    let section: Format1 = serde_json::from_slice(bytes).map_err(malformed)?;
    Ok(Manifest {
        kind: kind_from_str(&section.kind)
            .ok_or_else(|| bad(format!("{:?} is no kind of component", section.kind)))?,
        name: section
            .name
            .parse()
            .map_err(|why| bad(format!("{:?} is no name: {why}", section.name)))?,
        version: section.version,
        capabilities: capabilities(&section.capabilities)?,
        limits: limits(&section.limits)?,
    })
}

fn capabilities(section: &BTreeMap<String, bool>) -> Result<Capabilities, PackageError> {
    let mut capabilities = Capabilities::new();
    for (name, declared) in section {
        let capability: Capability = name
            .parse()
            .map_err(|()| bad(format!("the capability {name:?} is not known")))?;
        if *declared {
            capabilities.insert(capability);
        }
    }
    Ok(capabilities)
}

fn limits(section: &BTreeMap<String, u64>) -> Result<Limits, PackageError> {
    let mut limits = Limits::UNRESTRICTED;
    for (name, value) in section {
        let max = Limits::ALL
            .iter()
            .find(|(known, _)| known == name)
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

fn bad(message: String) -> PackageError {
    PackageError::BadSection {
        section: SECTION,
        message,
    }
}
