//! `cargo airs`: scaffold, build and run drivers and programs.
//!
//! A command goes one way: [`args`] are read, [`settings`] resolve them, one file under [`command`] does
//! the work, and everything that a person or a program reads goes through [`report`].

mod args;
mod command;
mod error;
mod exit;
mod message;
mod report;
mod settings;

mod interrupt;
mod os;

mod cargo;
mod files;
mod join;
mod lock;
mod name;
mod record;
mod scaffold;
mod stack;
mod vcs;
mod workspace;

use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments = args::from(std::env::args_os());
    let outcome = match args::parse(&arguments) {
        Ok(args) => {
            let (settings, report) = settings::resolve(args);
            command::run(&settings, &report).map_err(|failure| (report, failure))
        }
        Err(refusal) => report::clap(&refusal, &arguments),
    };
    match outcome {
        Ok(()) => exit::Exit::Done.into(),
        Err((report, failure)) => report.failure(&failure).into(),
    }
}
