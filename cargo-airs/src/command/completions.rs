//! `cargo airs completions`: what makes a shell ask this program what could be typed.

use crate::error::Result;
use crate::message::Message;
use crate::report::Report;
use crate::settings::{Completions, Shell};

#[allow(clippy::unnecessary_wraps, reason = "as every command")]
pub(crate) fn run(settings: &Completions, report: &Report) -> Result<()> {
    let (shell, script) = match settings.shell {
        Shell::Bash => ("bash", include_str!("completions/bash.sh")),
        Shell::Zsh => ("zsh", include_str!("completions/zsh.zsh")),
        Shell::Fish => ("fish", include_str!("completions/fish.fish")),
    };
    report.say(&Message::CompletionsWritten { shell, script });
    Ok(())
}
