//! The side of the process that compiles.

use std::io::{self, Read, Write};
use std::process::ExitCode;

use crate::code_goal::CodeGoal;
use crate::compiler::compile;
use crate::engine::settings;
use crate::os;

/// How an order begins.
pub(super) const ORDER: &[u8] = b"airs compile 2\n";
/// How an answer begins: with code, or with why there is none.
pub(super) const COMPILED: u8 = 1;
pub(super) const REFUSED: u8 = 0;

/// More than any component has; what is over it is no order of this runtime's.
const COMPONENT_BYTES_MAX: u64 = 64 << 20;

/// Compiles one component, from standard input to standard output, within limits that it sets itself, and answers how
/// the process is to end. For a program that was started as a [`CompileProcess`](crate::CompileProcess): it must have
/// done nothing before.
///
/// ```
/// fn main() -> std::process::ExitCode {
///     if std::env::args().nth(1).as_deref() == Some("compile-component") {
///         return airs_engine::serve_compilation();
///     }
///     // What the application does otherwise.
///     std::process::ExitCode::SUCCESS
/// }
/// ```
pub fn serve_compilation() -> ExitCode {
    match serve(&mut io::stdin().lock(), &mut io::stdout().lock()) {
        Ok(()) => ExitCode::SUCCESS,
        // Whoever asked sees that there is no answer.
        Err(_) => ExitCode::FAILURE,
    }
}

fn serve(input: &mut impl Read, output: &mut impl Write) -> io::Result<()> {
    let mut order = [0; ORDER.len()];
    input.read_exact(&mut order)?;
    if order != *ORDER {
        return Err(io::ErrorKind::InvalidData.into());
    }
    let (memory_bytes, cpu_seconds) = (number(input)?, number(input)?);
    let (goal, component_bytes) = (CodeGoal::of_number(number(input)?), number(input)?);
    let goal = goal.ok_or(io::ErrorKind::InvalidData)?;
    // Before anything that somebody else has made is looked at.
    os::limit_process(memory_bytes, cpu_seconds)?;
    if component_bytes > COMPONENT_BYTES_MAX {
        return Err(io::ErrorKind::InvalidData.into());
    }
    let mut component = Vec::new();
    input.take(component_bytes).read_to_end(&mut component)?;
    let compiled = compile(&component, goal, |component| {
        wasmtime::Engine::new(&settings(goal))?.precompile_component(component)
    });
    match compiled {
        Ok(code) => answer(output, COMPILED, &code)?,
        Err(why) => answer(output, REFUSED, format!("{why:#}").as_bytes())?,
    }
    output.flush()
}

/// What it is, how long it is, and all of it: what breaks off is seen.
fn answer(output: &mut impl Write, what: u8, bytes: &[u8]) -> io::Result<()> {
    output.write_all(&[what])?;
    output.write_all(&(bytes.len() as u64).to_le_bytes())?;
    output.write_all(bytes)
}

pub(super) fn number(input: &mut impl Read) -> io::Result<u64> {
    let mut bytes = [0; 8];
    input.read_exact(&mut bytes)?;
    Ok(u64::from_le_bytes(bytes))
}
