//! The side of the process that compiles.

use std::io::{self, Read, Write};
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::mpsc::sync_channel;
use std::thread;

use super::functions::Functions;
use crate::code_goal::CodeGoal;
use crate::compiler::compile;
use crate::os;
use crate::settings::settings;

/// How an order begins.
pub(super) const ORDER: &[u8] = b"airs compile 5\n";
/// How an answer begins: with code, or with why there is none.
pub(super) const COMPILED: u8 = 1;
pub(super) const REFUSED: u8 = 0;

/// More than any component has; what is over it is no order of this runtime's.
const COMPONENT_BYTES_MAX: u64 = 64 << 20;

/// Compiles components, from standard input to standard output, within limits that it sets itself, and answers how
/// the process is to end. It ends the process itself when there are no more, or nobody who asks. For a program that
/// was started as a [`CompileProcess`](crate::CompileProcess): it must have done nothing before.
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
    let (give, orders) = sync_channel(0);
    let reading = thread::Builder::new().name("airs-orders".into()).spawn(move || {
        let mut input = io::stdin().lock();
        let end = loop {
            let given = match Order::read(&mut input) {
                Ok(Some(order)) => give.send(order).map_err(drop),
                Ok(None) => break 0,
                Err(_) => Err(()),
            };
            if given.is_err() {
                break 1;
            }
        };
        leave(end);
    });
    let mut output = io::stdout().lock();
    let functions = Arc::default();
    let mut served = orders.iter().map(|order| order.serve(&functions, &mut output));
    match reading.is_ok() && served.all(|served| served.is_ok()) {
        true => ExitCode::SUCCESS,
        // Whoever asked sees that there is no answer.
        false => ExitCode::FAILURE,
    }
}

/// Whoever asks is not there any more, or says what is no order: nobody waits for what goes on.
#[expect(clippy::exit, reason = "what compiles does not listen")]
fn leave(end: i32) -> ! {
    std::process::exit(end)
}

/// What is to be compiled.
struct Order {
    goal: CodeGoal,
    /// Whether others follow, which may be its next versions.
    stays: bool,
    component: Vec<u8>,
}

impl Order {
    /// The next one; none when there are no more.
    fn read(input: &mut impl Read) -> io::Result<Option<Self>> {
        let mut order = [0; ORDER.len()];
        if input.read(order.first_chunk_mut::<1>().unwrap_or(&mut [0]))? == 0 {
            return Ok(None);
        }
        input.read_exact(order.get_mut(1..).unwrap_or_default())?;
        if order != *ORDER {
            return Err(io::ErrorKind::InvalidData.into());
        }
        let (memory_bytes, cpu_seconds) = (number(input)?, number(input)?);
        let (goal, stays) = (CodeGoal::of_number(number(input)?), number(input)? != 0);
        let component_bytes = number(input)?;
        let goal = goal.ok_or(io::ErrorKind::InvalidData)?;
        // Before anything that somebody else has made is looked at.
        os::limit_process(memory_bytes, cpu_seconds)?;
        if component_bytes > COMPONENT_BYTES_MAX {
            return Err(io::ErrorKind::InvalidData.into());
        }
        let mut component = Vec::with_capacity(usize::try_from(component_bytes).unwrap_or(0));
        input.take(component_bytes).read_to_end(&mut component)?;
        Ok(Some(Self {
            goal,
            stays,
            component,
        }))
    }

    fn serve(self, functions: &Arc<Functions>, output: &mut impl Write) -> io::Result<()> {
        let Self {
            goal,
            stays,
            component,
        } = self;
        let compiled = compile(&component, goal, |component| {
            let mut settings = settings(goal);
            // For a debugger: of a component without debug information, functions that were kept made other code.
            if stays && goal != CodeGoal::Debugging {
                settings.enable_incremental_compilation(Arc::clone(functions) as _)?;
            }
            wasmtime::Engine::new(&settings)?.precompile_component(component)
        });
        match compiled {
            Ok(code) => answer(output, COMPILED, &code)?,
            Err(why) => answer(output, REFUSED, format!("{why:#}").as_bytes())?,
        }
        output.flush()
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_process_that_stays_keeps_functions_and_not_for_a_debugger() {
        let component =
            wat::parse_str(r#"(component (core module (func (export "f") (result i32) i32.const 7)))"#)
                .unwrap();
        let kept = |goal, stays| {
            let functions = Arc::<Functions>::default();
            let component = component.to_vec();
            let order = Order {
                goal,
                stays,
                component,
            };
            let mut answer = Vec::new();
            order.serve(&functions, &mut answer).unwrap();
            assert_eq!(answer[0], COMPILED);
            functions.len()
        };
        assert!(kept(CodeGoal::Turnaround, true) > 0 && kept(CodeGoal::Speed, true) > 0);
        assert_eq!(kept(CodeGoal::Turnaround, false), 0);
        assert_eq!(kept(CodeGoal::Debugging, true), 0);
    }
}
