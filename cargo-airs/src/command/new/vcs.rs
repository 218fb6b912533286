//! Version control of what is new, as `cargo new` does it.

use std::path::Path;
use std::process::{Command, Stdio};

use crate::error::{Failure, Result};
use crate::report::Report;
use crate::settings::Vcs;

/// Makes `folder` a repository, if it is to be one; it will be named `name`.
pub(crate) fn init(folder: &Path, name: &Path, vcs: Vcs, report: &Report) -> Result<()> {
    if vcs == Vcs::None || (vcs == Vcs::Unless && tracked(name)) {
        return Ok(());
    }
    let started = git().arg("init").arg("--quiet").arg(folder).output();
    let cause = match started {
        Ok(output) if output.status.success() => return Ok(()),
        Ok(output) => String::from_utf8_lossy(&output.stderr).trim().to_owned(),
        Err(cause) => cause.to_string(),
    };
    if vcs == Vcs::Git {
        return Err(Failure::unavailable("git cannot make a repository")
            .caused_by(cause)
            .hint("with --vcs none there is none"));
    }
    report.warn(&format!("{} is no git repository: {cause}", name.display()));
    Ok(())
}

/// Whether the folder will be within a repository that does not ignore it.
fn tracked(folder: &Path) -> bool {
    let Some(repository) = folder
        .ancestors()
        .skip(1)
        .find(|above| above.join(".git").exists())
    else {
        return false;
    };
    let ignored = git()
        .arg("-C")
        .arg(repository)
        .args(["check-ignore", "--quiet"])
        .arg(folder)
        .stderr(Stdio::null())
        .status();
    !ignored.is_ok_and(|status| status.success())
}

fn git() -> Command {
    let mut git = Command::new("git");
    git.stdin(Stdio::null());
    git
}
