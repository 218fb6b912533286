//! Manifests and projects written as a person would, from what was read.

use airs_core::{Access, Capabilities, Capability, Kind, Limits, StorageAccess};
use airs_package::{Manifest, Project};

/// A `Cargo.toml` that says all that the manifest does.
pub(crate) fn cargo_toml(manifest: &Manifest) -> String {
    let Manifest {
        kind, name, version, ..
    } = manifest;
    let capabilities = capabilities(&manifest.capabilities, *kind == Kind::Driver);
    let limits = limits(&manifest.limits, &Limits::UNRESTRICTED);
    format!(
        "[package]\nname = \"{name}\"\nversion = \"{version}\"\n\n[package.metadata.airs]\nkind = \"{kind}\"\n\
         [package.metadata.airs.capabilities]\n{capabilities}[package.metadata.airs.limits]\n{limits}"
    )
}

/// An `airs.toml` that says all that the project does, which has grants of their own in these contexts.
pub(crate) fn airs_toml(
    project: &Project,
    contexts: &[airs_core::Name],
    elsewhere: &airs_core::Name,
) -> String {
    let mut text = "version = 1\n".to_owned();
    for (name, entry) in &project.components {
        let path = string(entry.path.to_str().unwrap());
        text += &format!("[components.{name}]\npath = {path}\n");
    }
    for (name, grants) in &project.grants {
        for context in contexts.iter().chain([elsewhere]) {
            let table = grants.table(context, name);
            if context == elsewhere || table.starts_with("[contexts.") {
                text += &format!("{table}\n{}", capabilities(grants.of(context), true));
            }
        }
    }
    text + "[runtime.limits]\n" + &limits(&project.limits, &Limits::default())
}

/// Every kind, or those that are for programs.
fn capabilities(all: &Capabilities, of_drivers: bool) -> String {
    let kinds = Capability::ALL.into_iter();
    let kinds = kinds.filter(|kind| of_drivers || kind.is_for_programs());
    kinds
        .map(|kind| match (kind, all.storage) {
            // Whether a quota is the one that is not stated depends on where it would be.
            (Capability::Storage, Some(storage)) => format!("storage = {}\n", self::storage(storage)),
            _ => format!("{kind} = {}\n", all.value(kind)),
        })
        .collect()
}

fn storage(StorageAccess { access, quota_bytes }: StorageAccess) -> String {
    match (access, quota_bytes) {
        (Access::ReadWrite, StorageAccess::UNRESTRICTED_BYTES) => "true".to_owned(),
        (Access::Read, StorageAccess::UNRESTRICTED_BYTES) => "\"read\"".to_owned(),
        _ => format!("{{ access = \"{access}\", quota_bytes = {quota_bytes} }}"),
    }
}

fn limits(limits: &Limits, unstated: &Limits) -> String {
    let stated = limits
        .iter()
        .zip(unstated.iter())
        .filter(|(stated, unstated)| stated != unstated);
    stated
        .map(|((name, value), _)| format!("{name} = {value}\n"))
        .collect()
}

/// A string of TOML.
fn string(text: &str) -> String {
    let each = text.chars().map(|c| match c {
        '"' => "\\\"".to_owned(),
        '\\' => "\\\\".to_owned(),
        c if c.is_control() => format!("\\u{:04x}", u32::from(c)),
        c => c.to_string(),
    });
    format!("\"{}\"", each.collect::<String>())
}
