//! `cargo airs check`: what `build` would say, and nothing is written.

use crate::command::build::{self, compiled};
use crate::error::Result;
use crate::interrupt;
use crate::message::Message;
use crate::report::Report;
use crate::settings::Build;
use crate::workspace::Workspace;

pub(crate) fn run(settings: &Build, report: &Report) -> Result<()> {
    let workspace = Workspace::load(&settings.manifest)?;
    // Editors read what the compiler says, and find it on stdout.
    let said = |object: &str| report.compiler(object);
    let said: Option<&dyn Fn(&str)> = if report.is_for_people() { None } else { Some(&said) };
    for one in compiled(&workspace, settings, report, said)? {
        interrupt::check()?;
        build::checked(&one.of.manifest, &one.file, report)?;
        report.say(&Message::ComponentChecked {
            name: one.of.manifest.name.as_str(),
            kind: one.of.manifest.kind.as_str(),
        });
    }
    Ok(())
}
