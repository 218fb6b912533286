//! `Cargo.lock`, and what it says of versions.

use std::path::PathBuf;

use toml_edit::{DocumentMut, Item};

use super::{Finding, Patient};
use crate::error::Failure;
use crate::{cargo, files};

/// Versions below which a dependency is known to be bad: the list that airs itself is held to.
const FLOORS: &str = include_str!("../../../../floors.toml");

pub(super) fn resolves(patient: &Patient) -> Finding {
    let path = match patient.workspace() {
        Ok(workspace) => workspace.lock_file(),
        Err(finding) => return finding,
    };
    let shown = patient.shown(&path);
    let may_change = !patient.settings.manifest.is_locked();
    let manifest = patient.settings.manifest.clone();
    // Cargo writes what is missing, and keeps the rest.
    let written = move |found: Finding| match may_change {
        true => found.fix(move || {
            cargo::resolve(&manifest, &["--offline"])?.map_err(|why| {
                Failure::unavailable("Cargo cannot resolve it without the network").caused_by(why)
            })
        }),
        false => found,
    };
    let build = "`cargo airs build` writes it";
    match files::text(&path) {
        Err(failure) => return Finding::from(&failure),
        Ok(None) => return written(Finding::warning(format!("there is no {shown}")).repair(build)),
        Ok(Some(text)) => {
            if let Err(why) = text.parse::<DocumentMut>() {
                let why = why.to_string();
                let why = why.lines().next().unwrap_or_default();
                return Finding::fault(format!("{shown} is malformed: {why}"))
                    .repair("put back the last good one, such as with `git checkout Cargo.lock`");
            }
        }
    }
    match cargo::resolve(&patient.settings.manifest, &["--locked", "--offline"]) {
        Err(failure) => Finding::from(&failure),
        Ok(Ok(())) => Finding::good(format!("{shown} is up to date")),
        Ok(Err(why)) if why.contains("--locked was passed") => {
            written(Finding::warning(format!("{shown} is out of date")).repair(build))
        }
        Ok(Err(why)) => {
            let why = why.lines().next().unwrap_or_default();
            Finding::skipped(format!("it cannot be told without the network: {why}"))
        }
    }
}

/// Name and version of what is locked.
fn locked(patient: &Patient) -> Result<(PathBuf, Vec<(String, String)>), Finding> {
    let path = patient.workspace()?.lock_file();
    let document = files::text(&path).ok().flatten();
    let document = document.and_then(|text| text.parse::<DocumentMut>().ok());
    let document = document.ok_or_else(|| Finding::skipped("see lock-file"))?;
    let text =
        |table: &dyn toml_edit::TableLike, key| table.get(key).and_then(Item::as_str).map(str::to_owned);
    let packages = document.get("package").and_then(Item::as_array_of_tables);
    let packages = packages.into_iter().flatten();
    let packages = packages.filter_map(|package| Some((text(package, "name")?, text(package, "version")?)));
    Ok((path, packages.collect()))
}

pub(super) fn floors(patient: &Patient) -> Finding {
    let (path, packages) = match locked(patient) {
        Ok(locked) => locked,
        Err(finding) => return finding,
    };
    let floors = FLOORS.parse::<DocumentMut>().unwrap_or_default();
    let floors = floors.get("floor").and_then(Item::as_array_of_tables);
    let shown = patient.shown(&path);
    let bad = floors.into_iter().flatten().flat_map(|floor| {
        let text = |key| floor.get(key).and_then(Item::as_str).unwrap_or_default();
        let (name, least, reason) = (text("crate"), text("version"), text("reason"));
        let (shown, packages) = (&shown, &packages);
        let bad = packages
            .iter()
            .filter(move |(known, version)| known == name && is_below(version, least));
        bad.map(move |(name, version)| {
            Finding::fault(format!("{shown}: {name} {version} is known to be bad: {reason}"))
                .repair(format!("`cargo update -p {name}`, to {least} or later"))
        })
    });
    Finding::all(bad)
        .unwrap_or_else(|| Finding::good(format!("none of {} packages is known to be bad", packages.len())))
}

/// What cannot be compared is not said to be bad.
fn is_below(version: &str, least: &str) -> bool {
    let numbers = |text: &str| {
        let release = text.split(['-', '+']).next().unwrap_or_default();
        let parts = release.split('.').map(str::parse::<u64>);
        parts.collect::<Result<Vec<_>, _>>().ok()
    };
    match (numbers(version), numbers(least)) {
        (Some(version), Some(least)) => version < least,
        _ => false,
    }
}

pub(super) fn sdk_version(patient: &Patient) -> Finding {
    let (_, packages) = match locked(patient) {
        Ok(locked) => locked,
        Err(finding) => return finding,
    };
    let own = env!("CARGO_PKG_VERSION");
    // Before 1.0 the second number is what may break.
    let line = |version: &str| version.split('.').take(2).map(str::to_owned).collect::<Vec<_>>();
    let mut sdks = packages
        .iter()
        .filter(|(name, _)| name == "airs-sdk")
        .map(|(_, version)| version);
    match sdks.find(|version| line(version) != line(own)) {
        Some(other) => Finding::warning(format!("the SDK is {other}, and this is cargo-airs {own}"))
            .repair("take both of one version"),
        None => Finding::good(format!("as cargo-airs {own}")),
    }
}

#[cfg(test)]
mod tests {
    use super::is_below;

    #[test]
    fn versions_are_compared_as_numbers() {
        assert!(is_below("0.4.9", "0.4.16"));
        assert!(!is_below("0.4.16", "0.4.16"));
        assert!(!is_below("0.5.0", "0.4.16"));
        assert!(!is_below("of my own", "0.4.16"));
    }
}
