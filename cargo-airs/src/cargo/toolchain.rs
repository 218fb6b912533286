//! The toolchain that compiles in a folder.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::TARGET;
use crate::error::{Failure, Result};
use crate::interrupt::{self, Running};

/// What a tool of the toolchain that compiles in `folder` says of its version, or why it does not start. Nothing is
/// installed for it.
pub(crate) fn version(tool: &str, folder: &Path) -> Result<Result<String, String>> {
    let named = std::env::var_os(tool.to_uppercase()).unwrap_or_else(|| tool.into());
    let mut command = Command::new(named);
    command.arg("--version").current_dir(folder);
    let output = interrupt::output(command.env("RUSTUP_AUTO_INSTALL", "0"))?;
    let said = |bytes: &[u8]| String::from_utf8_lossy(bytes).trim().to_owned();
    Ok(match output.status.success() {
        true => Ok(said(&output.stdout)),
        false => Err(said(&output.stderr)),
    })
}

/// Whether the standard library of the target is there, in the toolchain that compiles in `folder`.
pub(crate) fn target_is_installed(folder: &Path) -> Result<bool> {
    let library = library(&["--target", TARGET], folder)?;
    Ok(library.is_some_and(|library| library.is_dir()))
}

/// Where the toolchain that compiles in `folder` has its own tools, if it has them.
pub(crate) fn tools(folder: &Path) -> Result<PathBuf> {
    Ok(library(&[], folder)?.unwrap_or_default().with_file_name("bin"))
}

/// Where a standard library is, or would be.
fn library(target: &[&str], folder: &Path) -> Result<Option<PathBuf>> {
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let mut command = Command::new(rustc);
    command.args(["--print", "target-libdir"]).args(target);
    let output = interrupt::output(command.current_dir(folder))?;
    let text = String::from_utf8_lossy(&output.stdout);
    Ok(output.status.success().then(|| PathBuf::from(text.trim())))
}

/// Has rustup add the target to the toolchain that compiles in `folder`.
pub(crate) fn install_target(folder: &Path) -> Result<()> {
    let mut command = Command::new("rustup");
    command
        .args(["target", "add", TARGET])
        .current_dir(folder)
        .stdin(Stdio::null())
        .stdout(Stdio::null());
    let status = Running::start(&mut command)?.wait()?;
    if status.success() {
        return Ok(());
    }
    Err(Failure::unavailable(format!(
        "rustup cannot add the target {TARGET}"
    )))
}
