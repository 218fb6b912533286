//! What the raw flags mean. Commands see resolved values only, never a flag that was left out.

mod bench;
mod build;
mod call;
mod code;
mod color;
mod dev;
mod doctor;
mod events;
mod inspect;
mod manifest;
mod new;
mod node;
mod output;
mod test;
mod written;

pub(crate) use bench::Bench;
pub(crate) use build::{Build, Which};
pub(crate) use call::Call;
pub(crate) use code::code_folder;
pub(crate) use color::Color;
pub(crate) use dev::Dev;
pub(crate) use doctor::Doctor;
pub(crate) use events::{Events, Wanted};
pub(crate) use inspect::Inspect;
pub(crate) use manifest::{Manifest, Start, USUAL_PROFILE};
pub(crate) use new::{New, Sdk, Vcs};
pub(crate) use node::{
    Bind, Bindings, Control, Demo, Explain, Node, Run, StatePlace, Status, Unbind, View, What,
};
pub(crate) use output::{Format, Output, Verbosity, color_of};
pub(crate) use test::{Test, Way as TestWay};
pub(crate) use written::{Completions, Man, Schema, SchemaOf, Shell};

use std::sync::Arc;

use manifest::profile;

use crate::args::{Args, CommandArgs};
use crate::report::Report;

/// One command, ready to be done.
#[derive(Debug)]
pub(crate) enum Settings {
    New(New),
    Build(Build),
    Check(Build),
    Dev(Arc<Dev>),
    Inspect(Inspect),
    Call(Call),
    Bind(Bind),
    Unbind(Unbind),
    Bindings(Bindings),
    Run(Run),
    View(View),
    Control(Control),
    Explain(Explain),
    Status(Status),
    Events(Events),
    Doctor(Doctor),
    Test(Test),
    Bench(Bench),
    Demo(Demo),
    Completions(Completions),
    Man(Man),
    Schema(Schema),
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
        CommandArgs::Build(args) => Settings::Build(Build::new(args.made, for_cargo())),
        CommandArgs::Check(args) => Settings::Check(Build::new(args.made, for_cargo())),
        CommandArgs::Dev(args) => Settings::Dev(Arc::new(Dev::new(args, for_cargo()))),
        CommandArgs::Test(args) => Settings::Test(Test::new(args, for_cargo())),
        CommandArgs::Bench(args) => Settings::Bench(Bench::new(args, for_cargo())),
        CommandArgs::Inspect(args) => Settings::Inspect(Inspect::new(args, for_cargo())),
        CommandArgs::Call(args) => Settings::Call(Call::new(args, for_cargo())),
        CommandArgs::Bind(args) => Settings::Bind(Bind::new(args, for_cargo())),
        CommandArgs::Unbind(args) => Settings::Unbind(Unbind::new(args, for_cargo())),
        CommandArgs::Bindings(args) => Settings::Bindings(Bindings::new(args, for_cargo())),
        CommandArgs::Run(args) => Settings::Run(Run::new(args, for_cargo())),
        CommandArgs::View(args) => Settings::View(View::new(args, for_cargo())),
        CommandArgs::Control(args) => Settings::Control(Control::new(args, for_cargo())),
        CommandArgs::Explain(args) => Settings::Explain(Explain::new(args, for_cargo())),
        CommandArgs::Status(args) => Settings::Status(Status::new(args, for_cargo())),
        CommandArgs::Completions(args) => Settings::Completions(args.into()),
        CommandArgs::Man(args) => Settings::Man(args.into()),
        CommandArgs::Schema(args) => Settings::Schema(args.into()),
        CommandArgs::Doctor(args) => Settings::Doctor(Doctor::new(args, for_cargo())),
        CommandArgs::Events(args) => Settings::Events(Events::all(args, for_cargo())),
        CommandArgs::Logs(args) => Settings::Events(Events::logs(args, for_cargo())),
        CommandArgs::Demo(args) => Settings::Demo(Demo::new(
            args,
            output.flags().into_iter().chain(color.for_cargo()).collect(),
        )),
    };
    (settings, Report::new(output))
}
