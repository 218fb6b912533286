//! Profiles of our own. No `Cargo.toml` has to have them: Cargo is told with each call what they are.

use std::ffi::OsString;

/// The profile of components in the development loop, unless another one is asked for: Cargo keeps what it compiles for
/// it, and its lock, apart from other profiles.
pub(crate) const DEV: &str = "airs-dev";
/// What it is, on top of `dev`. docs/guides/development-loop.md says why.
const DEV_SETTINGS: &[&str] = &[
    "inherits=\"dev\"",
    "debug=\"line-tables-only\"",
    "opt-level=1",
    "incremental=true",
    "codegen-units=16",
    "lto=\"off\"",
];

/// The profile of components that somebody looks into with a debugger.
pub(crate) const DEBUG: &str = "airs-debug";
/// What it is, on top of `dev`: a variable has a place, and its type is known. Of a unit that is a single function
/// debuggers do not find all variables.
const DEBUG_SETTINGS: &[&str] = &[
    "inherits=\"dev\"",
    "debug=\"full\"",
    "opt-level=0",
    "codegen-units=1",
    "strip=\"none\"",
];

/// What Cargo is told, to compile in a profile.
pub(crate) fn arguments(profile: &str) -> Vec<OsString> {
    let settings = match profile {
        DEV => DEV_SETTINGS,
        DEBUG => DEBUG_SETTINGS,
        _ => &[],
    };
    let settings = settings
        .iter()
        .flat_map(|setting| ["--config".into(), format!("profile.{profile}.{setting}").into()]);
    ["--profile".into(), profile.into()]
        .into_iter()
        .chain(settings)
        .collect()
}

/// The flag that asks for a profile, as a command line goes on with it.
pub(crate) fn flag(profile: &str) -> String {
    match profile {
        "dev" => String::new(),
        "release" => " --release".to_owned(),
        DEBUG => " --debug".to_owned(),
        other => format!(" --profile {other}"),
    }
}
