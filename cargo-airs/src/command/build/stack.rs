//! How the linker learns that a component's stack is small.
//!
//! A stack of 1 MiB, Rust's default, lies below all data and makes a fresh instance cost five times as much
//! as one of 128 KiB does. Only the linker can set it, and only flags of the compiler reach the linker; but
//! flags on Cargo's command line or in the environment replace those that a person has configured, instead
//! of adding to them. So there are three ways, in this order:
//!
//! - flags in the environment win over everything that is configured: ours are added to them there;
//! - when nothing else sets flags, they are configured on the command line: one call of Cargo builds every
//!   component, in parallel;
//! - otherwise `cargo rustc` hands ours to the last step alone and leaves all others as they are. It takes
//!   one package at a time, which costs a call of Cargo (some 30 ms) each.

use std::env;
use std::path::{Path, PathBuf};

const FLAG: &str = "link-arg=-zstack-size=131072";

/// A way for the flag.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Way {
    /// A variable for Cargo's environment.
    Environment(&'static str, String),
    /// `--config` on Cargo's command line.
    Config(String),
    /// Arguments for the compiler at the end of `cargo rustc`.
    LastStep([&'static str; 2]),
    /// Somebody has set a size, and means it.
    Theirs,
}

impl Way {
    /// The way that keeps everything that is configured for the folder that Cargo runs in.
    pub(crate) fn of(folder: &Path) -> Self {
        let environment = env::vars_os()
            .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)));
        let files = config_files(folder).filter_map(|path| std::fs::read_to_string(path).ok());
        Self::with(&environment.collect::<Vec<_>>(), &files.collect::<Vec<_>>())
    }

    fn with(environment: &[(String, String)], files: &[String]) -> Self {
        let variable = |wanted: &str| {
            environment
                .iter()
                .find(|(name, _)| name == wanted)
                .map(|(_, value)| value)
        };
        for (name, between, separator) in [
            ("CARGO_ENCODED_RUSTFLAGS", "\u{1f}", "\u{1f}"),
            ("RUSTFLAGS", " ", " "),
        ] {
            match variable(name) {
                Some(flags) if flags.contains("stack-size") => return Self::Theirs,
                Some(flags) if flags.is_empty() => {
                    return Self::Environment(name, format!("-C{separator}{FLAG}"));
                }
                Some(flags) => {
                    return Self::Environment(name, format!("{flags}{between}-C{separator}{FLAG}"));
                }
                None => {}
            }
        }
        let variables = environment
            .iter()
            .filter(|(name, _)| name.starts_with("CARGO_") && name.ends_with("_RUSTFLAGS"));
        let configured: Vec<&str> = variables.map(|(_, value)| value.as_str()).collect();
        if configured.iter().any(|flags| flags.contains("stack-size"))
            || files.iter().any(|text| text.contains("stack-size"))
        {
            return Self::Theirs;
        }
        // A file that includes another may set flags there.
        let sets_flags = |text: &String| text.contains("rustflags") || text.contains("include");
        if !configured.is_empty() || files.iter().any(sets_flags) {
            return Self::LastStep(["-C", FLAG]);
        }
        Self::Config(format!(
            "target.{}.rustflags=[\"-C\", \"{FLAG}\"]",
            crate::cargo::TARGET
        ))
    }
}

/// The files that Cargo reads its configuration from, there or not.
pub(crate) fn config_files(folder: &Path) -> impl Iterator<Item = PathBuf> {
    let home = env::var_os("CARGO_HOME").map(PathBuf::from);
    let home = home.or_else(|| Some(env::home_dir()?.join(".cargo")));
    let folders = folder.ancestors().map(|above| above.join(".cargo")).chain(home);
    folders
        .flat_map(|folder| [folder.join("config.toml"), folder.join("config")])
        .collect::<Vec<_>>()
        .into_iter()
}

#[cfg(test)]
mod tests {
    use super::{FLAG, Way};

    fn way(environment: &[(&str, &str)], files: &[&str]) -> Way {
        let environment: Vec<_> = environment
            .iter()
            .map(|(name, value)| ((*name).into(), (*value).into()))
            .collect();
        let files: Vec<_> = files.iter().map(|text| (*text).to_owned()).collect();
        Way::with(&environment, &files)
    }

    #[test]
    fn flags_of_the_environment_are_kept_where_they_are() {
        let lints = way(&[("RUSTFLAGS", "-D warnings")], &["[build]\nrustflags = []"]);
        assert_eq!(
            lints,
            Way::Environment("RUSTFLAGS", format!("-D warnings -C {FLAG}"))
        );
        let encoded = way(
            &[
                ("RUSTFLAGS", "-D warnings"),
                ("CARGO_ENCODED_RUSTFLAGS", "-Dwarnings"),
            ],
            &[],
        );
        let flags = format!("-Dwarnings\u{1f}-C\u{1f}{FLAG}");
        assert_eq!(encoded, Way::Environment("CARGO_ENCODED_RUSTFLAGS", flags));
        assert_eq!(
            way(&[("RUSTFLAGS", "")], &[]),
            Way::Environment("RUSTFLAGS", format!("-C {FLAG}"))
        );
    }

    #[test]
    fn configured_flags_are_kept() {
        let last = Way::LastStep(["-C", FLAG]);
        assert_eq!(way(&[], &["[build]\nrustflags = [\"-Dwarnings\"]"]), last);
        assert_eq!(
            way(&[("CARGO_TARGET_WASM32_WASIP2_RUSTFLAGS", "-Dwarnings")], &[]),
            last
        );
        assert_eq!(way(&[], &["include = \"more.toml\""]), last);
    }

    #[test]
    fn a_stack_size_of_somebody_else_stays() {
        let flags = "-C link-arg=-zstack-size=65536";
        assert_eq!(way(&[("RUSTFLAGS", flags)], &[]), Way::Theirs);
        assert_eq!(
            way(&[], &[&format!("[build]\nrustflags = \"{flags}\"")]),
            Way::Theirs
        );
    }

    #[test]
    fn without_other_flags_one_call_of_cargo_will_do() {
        assert!(matches!(
            way(&[("PATH", "/bin")], &["[alias]\nx = \"run\""]),
            Way::Config(_)
        ));
    }
}
