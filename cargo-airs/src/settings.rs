//! What the raw flags mean. Commands see resolved values only, never a flag that was left out.

mod build;
mod color;
mod inspect;
mod manifest;
mod new;
mod output;

pub(crate) use build::{Build, Which};
pub(crate) use color::Color;
pub(crate) use inspect::Inspect;
pub(crate) use manifest::{Manifest, Start};
pub(crate) use new::{New, Sdk, Vcs};
pub(crate) use output::{Format, Output, Verbosity, color_of};

use manifest::profile;

use crate::args::{Args, CommandArgs};
use crate::report::Report;

/// One command, ready to be done.
#[derive(Debug)]
pub(crate) enum Settings {
    New(New),
    Build(Build),
    Inspect(Inspect),
}

pub(crate) fn resolve(args: Args) -> (Settings, Report) {
    let color = args.output.color.map_or_else(Color::of_environment, Color::from);
    color.apply();
    let output = Output::from(args.output);
    let for_cargo = || {
        let verbosity = match output.verbosity {
            Verbosity::Quiet => Some("--quiet"),
            Verbosity::Normal => None,
            Verbosity::Verbose => Some("--verbose"),
        };
        verbosity.into_iter().chain(color.for_cargo())
    };
    let settings = match args.command {
        CommandArgs::New(new) => Settings::New(new.into()),
        CommandArgs::Build(args) => Settings::Build(Build::new(args, for_cargo())),
        CommandArgs::Inspect(args) => Settings::Inspect(Inspect::new(args, for_cargo())),
    };
    (settings, Report::new(output))
}
