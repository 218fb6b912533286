//! The commands, one file each.

mod bench;
mod bind;
pub(crate) mod build;
mod call;
mod check;
mod completions;
mod control;
mod demo;
pub(crate) mod dev;
mod doctor;
mod events;
mod explain;
pub(crate) mod inspect;
mod man;
mod new;
mod run;
pub(crate) mod schema;
mod status;
pub(crate) mod test;
mod view;

use crate::error::Result;
use crate::interrupt;
use crate::os;
use crate::report::Report;
use crate::settings::Settings;

pub(crate) fn run(settings: &Settings, report: &Report) -> Result<()> {
    if matches!(settings, Settings::Dev(_)) {
        os::give_terminal_back_before_stops();
    }
    interrupt::listen()?;
    match settings {
        Settings::New(settings) => new::run(settings, report),
        Settings::Build(settings) => build::run(settings, report),
        Settings::Check(settings) => check::run(settings, report),
        Settings::Inspect(settings) => inspect::run(settings, report),
        Settings::Call(settings) => call::run(settings, report),
        Settings::Bind(settings) => bind::bind(settings, report),
        Settings::Unbind(settings) => bind::unbind(settings, report),
        Settings::Bindings(settings) => bind::list(settings, report),
        Settings::Run(settings) => run::run(settings, report),
        Settings::View(settings) => view::run(settings, report),
        Settings::Control(settings) => control::run(settings, report),
        Settings::Explain(settings) => explain::run(settings, report),
        Settings::Status(settings) => status::run(settings, report),
        Settings::Completions(settings) => completions::run(settings, report),
        Settings::Man(settings) => man::run(settings, report),
        Settings::Schema(settings) => schema::run(settings, report),
        Settings::Events(settings) => events::run(settings, report),
        Settings::Doctor(settings) => doctor::run(settings, report),
        Settings::Dev(settings) => dev::run(settings, report),
        Settings::Test(settings) => test::run(settings, report),
        Settings::Bench(settings) => bench::run(settings, report),
        Settings::Demo(settings) => demo::run(settings, report),
    }
}
