//! `cargo airs`: scaffold, build and run drivers and programs.
//!
//! A command goes one way: [`args`] are read, [`settings`] resolve them, one file under [`command`] does
//! the work, and everything that a person or a program reads goes through [`report`].

mod args;
mod cargo;
mod chosen;
mod code;
mod command;
mod completion;
mod error;
mod exit;
mod files;
mod freshness;
mod interrupt;
mod journal;
mod live;
mod message;
mod node;
mod os;
mod report;
mod settings;
mod stage;
mod workspace;

use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments = args::from(std::env::args_os());
    let served = code::served(&arguments)
        .or_else(|| command::dev::guard::served(&arguments))
        .or_else(|| completion::served(&arguments));
    if let Some(exit) = served {
        return exit;
    }
    let outcome = match args::parse(&arguments) {
        Ok(args) => {
            let (settings, report) = settings::resolve(args);
            let done = command::run(&settings, &report);
            let done = done
                .and_then(|()| report::unwritten().map_or(Ok(()), |cause| Err(report::not_written(cause))));
            done.map_err(|failure| (report, failure))
        }
        Err(refusal) => report::clap(&refusal, &arguments),
    };
    match outcome {
        Ok(()) => exit::Exit::Done.into(),
        Err((report, failure)) => report.failure(&failure).into(),
    }
}
