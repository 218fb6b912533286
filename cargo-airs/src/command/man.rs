//! `cargo airs man`: a page of the manual for each command.

use clap_mangen::Man;

use crate::error::{Failure, Result};
use crate::message::Message;
use crate::report::Report;
use crate::settings;
use crate::{args, files};

pub(crate) fn run(settings: &settings::Man, report: &Report) -> Result<()> {
    let mut command = args::command();
    command.build();
    let first = "cargo-airs.1".to_owned();
    write(settings, &first, command.clone().display_name("cargo-airs"))?;
    let mut pages = vec![first];
    for one in command.get_subcommands().filter(|one| one.get_name() != "help") {
        let name = format!("cargo-airs-{}", one.get_name());
        let page = format!("{name}.1");
        write(settings, &page, one.clone().display_name(name))?;
        pages.push(page);
    }
    report.say(&Message::ManualWritten {
        folder: &settings.folder,
        pages,
    });
    Ok(())
}

fn write(settings: &settings::Man, page: &str, command: clap::Command) -> Result<()> {
    let mut text = Vec::new();
    let version = concat!("cargo-airs ", env!("CARGO_PKG_VERSION"));
    let man = Man::new(command.disable_help_subcommand(true))
        .source(version)
        .manual("airs");
    man.render(&mut text)
        .map_err(|cause| Failure::unavailable(format!("cannot write {page}")).caused_by(cause))?;
    files::write(&settings.folder.join(page), &text)
}
