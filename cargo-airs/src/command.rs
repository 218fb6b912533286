//! The commands, one file each.

mod build;
pub(crate) mod inspect;
mod new;

use crate::error::Result;
use crate::interrupt;
use crate::report::Report;
use crate::settings::Settings;

pub(crate) fn run(settings: &Settings, report: &Report) -> Result<()> {
    interrupt::listen()?;
    match settings {
        Settings::New(settings) => new::run(settings, report),
        Settings::Build(settings) => build::run(settings, report),
        Settings::Inspect(settings) => inspect::run(settings, report),
    }
}
