//! The compiler and its companions.

use super::{Finding, Patient};
use crate::cargo::{self, TARGET};

/// The oldest release that compiles airs and what it scaffolds.
const RUST_MIN: &str = env!("CARGO_PKG_RUST_VERSION");

pub(super) fn rustc(patient: &Patient) -> Finding {
    tool("rustc", patient)
}

pub(super) fn cargo(patient: &Patient) -> Finding {
    tool("cargo", patient)
}

fn tool(name: &str, patient: &Patient) -> Finding {
    let install = "install Rust, with rustup from rustup.rs or as your system has it";
    match cargo::version(name, &patient.start) {
        Err(failure) => Finding::from(&failure).repair(install),
        Ok(Err(why)) => Finding::fault(format!("{name} does not start: {why}"))
            .repair("`rustup toolchain install` installs the toolchain that this folder asks for"),
        Ok(Ok(said)) => match is_recent(&said) {
            Some(true) => Finding::good(said),
            Some(false) => Finding::fault(format!("{said} is older than {RUST_MIN}"))
                .repair("`rustup update`; a rust-toolchain file may also ask for an older one"),
            None => Finding::warning(format!("{name} does not say which version it is: {said:?}")),
        },
    }
}

/// Whether `rustc 1.95.0 (…)` is recent enough.
fn is_recent(said: &str) -> Option<bool> {
    let numbers = |text: &str| {
        let release = text.split(['-', '+']).next()?;
        let parts = release.split('.').map(str::parse::<u64>);
        parts.collect::<Result<Vec<_>, _>>().ok()
    };
    Some(numbers(said.split_whitespace().nth(1)?)? >= numbers(RUST_MIN)?)
}

pub(super) fn wasm_target(patient: &Patient) -> Finding {
    match cargo::target_is_installed(&patient.start) {
        Err(_) => Finding::skipped("see rustc"),
        Ok(true) => Finding::good(TARGET),
        Ok(false) => {
            let missing = Finding::fault(format!("the target {TARGET} is not installed"))
                .repair(format!("`rustup target add {TARGET}`"));
            if patient.settings.manifest.is_offline() {
                return missing;
            }
            let folder = patient.start.clone();
            missing.fix(move || cargo::install_target(&folder))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::is_recent;

    #[test]
    fn releases_are_compared_as_numbers() {
        assert_eq!(is_recent("rustc 1.95.0 (59807616e 2026-04-14)"), Some(true));
        assert_eq!(
            is_recent("rustc 1.100.0-nightly (59807616e 2026-04-14)"),
            Some(true)
        );
        assert_eq!(is_recent("rustc 2.0.0"), Some(true));
        assert_eq!(is_recent("rustc 1.94.9 (59807616e 2026-04-14)"), Some(false));
        assert_eq!(is_recent("rustc"), None);
        assert_eq!(is_recent("rustc of my own"), None);
    }
}
