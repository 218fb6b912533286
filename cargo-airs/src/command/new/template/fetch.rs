//! A template from a git repository.

use std::process::{Command, Stdio};

use crate::error::{Failure, Result};
use crate::files;
use crate::interrupt::Staged;

/// Ways to a repository. Git has others that run a command that the address names.
const PROTOCOLS: &str = "https:http:ssh:git:file";

/// The newest state of a repository, or of the branch or tag after a `#`, in a folder that goes with what is returned.
pub(crate) fn repository(source: &str) -> Result<Staged> {
    if !is_address(source) {
        return Err(Failure::usage(format!(
            "{source} is neither a folder nor the address of a git repository"
        ))
        .hint("give the path of a folder, or an address like https://example.com/template.git"));
    }
    let (address, revision) = match source.rsplit_once('#') {
        Some((address, revision)) => (address, Some(revision)),
        None => (source, None),
    };
    let staged = files::stage_folder(&std::env::temp_dir().join("airs-template"))?;
    let mut git = Command::new("git");
    git.stdin(Stdio::null())
        .env("GIT_TERMINAL_PROMPT", "0")
        .env("GIT_ALLOW_PROTOCOL", PROTOCOLS)
        .env("GIT_LFS_SKIP_SMUDGE", "1");
    // Neither the person's own hooks nor those of a template of repositories, or of the repository itself.
    git.args(["-c", "core.hooksPath=/dev/null"]);
    git.args([
        "clone",
        "--quiet",
        "--depth=1",
        "--single-branch",
        "--no-tags",
        "--template=",
    ]);
    git.arg("--no-recurse-submodules");
    if let Some(revision) = revision {
        git.arg(format!("--branch={revision}"));
    }
    let output = git.arg("--").arg(address).arg(staged.path()).output();
    let cause = match output {
        Ok(output) if output.status.success() => return Ok(staged),
        Ok(output) => String::from_utf8_lossy(&output.stderr).trim().to_owned(),
        Err(cause) => cause.to_string(),
    };
    let shown = |text: &str| text.replace(secret(address), "");
    Err(Failure::unavailable(format!("git cannot fetch {}", shown(source))).caused_by(shown(&cause)))
}

/// What an address with a protocol says of who asks, which may be a password, with the `@` after it.
fn secret(address: &str) -> &str {
    let rest = address.split_once("://").map_or("", |(_, rest)| rest);
    let host = rest.split('/').next().unwrap_or_default();
    host.rfind('@').and_then(|at| host.get(..=at)).unwrap_or_default()
}

/// Whether it has the form of an address: with a protocol, or `user@host:path`.
fn is_address(source: &str) -> bool {
    let is_scp = || {
        source
            .split_once(':')
            .is_some_and(|(host, path)| host.contains('@') && !host.contains('/') && !path.is_empty())
    };
    !source.starts_with('-') && (source.contains("://") || is_scp())
}

#[cfg(test)]
mod tests {
    use super::{is_address, secret};

    #[test]
    fn who_asks_is_no_part_of_what_is_shown() {
        assert_eq!(secret("https://user:p@ss@example.com/a@b"), "user:p@ss@");
        assert_eq!(secret("https://token@example.com"), "token@");
        for address in ["https://example.com/a@b", "git@example.com:a.git", "/a@b"] {
            assert_eq!(secret(address), "", "{address}");
        }
    }

    #[test]
    fn addresses_are_told_from_paths() {
        for address in [
            "https://example.com/a.git",
            "file:///a",
            "git@example.com:a/b.git",
            "ssh://a/b#v1",
        ] {
            assert!(is_address(address), "{address}");
        }
        for path in [
            "a/b",
            "./a@b:c",
            "C:\\a",
            "--upload-pack=x://y",
            "ext::sh -c x",
            "",
        ] {
            assert!(!is_address(path), "{path}");
        }
    }
}
