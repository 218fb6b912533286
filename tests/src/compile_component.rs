//! Compiles a component within limits, for a runtime that has started it; or, as `replaced`, removes its own file and has
//! itself compile one.

use std::error::Error;
use std::process::ExitCode;

use airs_runtime::{CallConfig, CompileProcess, Component, Runtime, serve_compilation};

fn main() -> ExitCode {
    if std::env::args().nth(1).as_deref() != Some("replaced") {
        return serve_compilation();
    }
    match replaced() {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::FAILURE,
    }
}

fn replaced() -> Result<(), Box<dyn Error>> {
    std::fs::remove_file(std::env::current_exe()?)?;
    let process = CompileProcess::this(["compile"])?;
    let runtime = Runtime::builder().compile_process(process).build()?;
    runtime.callable(&Component::from_text("(component)")?, &CallConfig::default())?;
    Ok(())
}
