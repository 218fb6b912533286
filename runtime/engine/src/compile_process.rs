//! Compiling in a process of its own, which a component that is hard to compile harms at most.

mod functions;
mod places;
mod running;
mod served;
mod watched;

use std::ffi::OsString;
use std::fmt;
use std::io;
use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use airs_core::{Code, Error, Result};

use crate::code_goal::CodeGoal;
use crate::os;
use places::Place;
pub(crate) use running::Staying;
use running::{ANSWER_BYTES_MAX, Answer, Now, Running};
pub use served::serve_compilation;
use watched::{End, Limit};

/// A program that compiles components: one that calls [`serve_compilation`] and does nothing else, when it is started
/// with these arguments. An application can name itself.
///
/// It ends with all that it has started itself, such as a shell with what it executes.
///
/// ```
/// use airs_engine::CompileProcess;
///
/// let process = CompileProcess::this(["compile-component"])?;
/// let hasty = CompileProcess { wall_ms: 2_000, ..process };
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CompileProcess {
    /// The program.
    pub program: PathBuf,
    /// What makes it compile.
    pub arguments: Vec<OsString>,
    /// The most address space that it may take. Not on Windows.
    pub memory_bytes: u64,
    /// The most processor time, over all its threads. Not on Windows.
    pub cpu_seconds: u64,
    /// The most time that passes.
    pub wall_ms: u64,
    /// Whether one process compiles one component after the other, each within these limits, and ends with the engine. That
    /// saves the start, and what is the same in the next version of a component: the code of functions is kept, 64 MiB of
    /// it, beside the memory that the largest of them took. It is for components of one hand: one that took the process
    /// over could change the code of those after it.
    pub stays: bool,
}

impl CompileProcess {
    /// Ten times what the largest component of compilers takes that is known.
    pub const MEMORY_BYTES: u64 = 2 << 30;
    /// A component of the size that is possible, twice over.
    pub const CPU_SECONDS: u64 = 30;
    /// The same on a machine that has other things to do.
    pub const WALL_MS: u64 = 60_000;

    /// This program itself, and what makes it compile. It is found also when its file has been replaced since it was
    /// started, as by an upgrade: on Linux it is started from memory. Elsewhere it is where it was.
    ///
    /// # Errors
    /// When the system does not say where it is.
    pub fn this(arguments: impl IntoIterator<Item = impl Into<OsString>>) -> io::Result<Self> {
        Ok(Self::new(os::this_program()?, arguments))
    }

    /// Whether this process was started as such a program.
    pub(crate) fn is_this() -> bool {
        std::env::var_os(MARK).is_some()
    }

    /// A program, and what makes it compile, within the usual limits.
    pub fn new(
        program: impl Into<PathBuf>,
        arguments: impl IntoIterator<Item = impl Into<OsString>>,
    ) -> Self {
        Self {
            program: program.into(),
            arguments: arguments.into_iter().map(Into::into).collect(),
            memory_bytes: Self::MEMORY_BYTES,
            cpu_seconds: Self::CPU_SECONDS,
            wall_ms: Self::WALL_MS,
            stays: false,
        }
    }

    /// The code of a component.
    ///
    /// # Errors
    /// [`Code::InvalidComponent`] when it cannot be compiled, [`Code::LimitExceeded`] when that takes more than it
    /// may, [`Code::Internal`] when the program is not one that compiles.
    pub(crate) fn compile(&self, component: &[u8], goal: CodeGoal, staying: &Staying) -> Result<Vec<u8>> {
        let _place = Place::take();
        let asked = |process| self.asked(process, component, goal, staying);
        match staying.take().map(asked) {
            // It was ended meanwhile, or has its memory full of those before: one without a past is asked.
            None | Some(Err(Failed::Gone(_))) => {}
            Some(answered) => return answered.map_err(Failed::into),
        }
        let started = Running::start(&mut self.command());
        asked(started.map_err(|cause| self.broken(cause))?).map_err(Failed::into)
    }

    fn asked(
        &self,
        process: Running,
        component: &[u8],
        goal: CodeGoal,
        staying: &Staying,
    ) -> Result<Vec<u8>, Failed> {
        let order = self.order(component.len() as u64, goal);
        let asked = process.ask(&order, component, Duration::from_millis(self.wall_ms));
        let (answer, end) = match asked.map_err(|cause| Failed::Said(self.broken(cause)))? {
            (answer, Now::Ended(end)) => (answer, Some(end)),
            (answer, Now::Waits(process)) => {
                match self.stays {
                    true => staying.keep(process),
                    // Who has answered has nothing left to do.
                    false => process.end(),
                }
                (answer, None)
            }
        };
        match (answer, end) {
            (Ok(Answer::Code(code)), _) => Ok(code),
            (Ok(Answer::Refused(why)), _) => {
                let message = format!("the component cannot be compiled: {why}");
                Err(Failed::Said(Error::new(Code::InvalidComponent, message)))
            }
            (Ok(Answer::TooLong(bytes)), _) => Err(Failed::Said(self.exceeded(&format!(
                "makes {bytes} bytes of code, more than {ANSWER_BYTES_MAX}"
            )))),
            (Err(why), Some(End::Ended(status))) => Err(Failed::Gone(match os::limit_met(status) {
                Some(limit) => self.exceeded(&self.limit(limit)),
                None => self.broken(format!("{why}; it ended with {status}")),
            })),
            (Err(_), _) => Err(Failed::Said(
                self.exceeded(&format!("takes more than {} ms", self.wall_ms)),
            )),
        }
    }

    fn command(&self) -> Command {
        let mut command = Command::new(&self.program);
        // It needs nothing of this process but its streams.
        command
            .args(&self.arguments)
            .env_clear()
            .env(MARK, "1")
            .env("RAYON_NUM_THREADS", THREADS_MAX);
        command
    }

    fn order(&self, component_bytes: u64, goal: CodeGoal) -> Vec<u8> {
        let numbers = [
            self.memory_bytes,
            self.cpu_seconds,
            goal.number(),
            u64::from(self.stays),
            component_bytes,
        ];
        let numbers = numbers.iter().flat_map(|number| number.to_le_bytes());
        served::ORDER.iter().copied().chain(numbers).collect()
    }

    fn limit(&self, limit: Limit) -> String {
        match limit {
            Limit::Time => format!("takes more than {} s of processor time", self.cpu_seconds),
            Limit::Memory => format!(
                "takes more than {} bytes of memory, or than there is, or depth without end",
                self.memory_bytes
            ),
            Limit::System => "was ended by the system, as it does when memory runs out".to_owned(),
        }
    }

    fn exceeded(&self, what: &str) -> Error {
        let message = format!("compiling the component {what}");
        Error::new(Code::LimitExceeded, message).hint("smaller functions, and fewer of them, compile faster")
    }

    fn broken(&self, cause: impl fmt::Display) -> Error {
        let message = format!("{} does not compile components", self.program.display());
        Error::new(Code::Internal, message).caused_by(cause.to_string())
    }
}

/// Why there is no code.
enum Failed {
    /// It was said, or seen.
    Said(Error),
    /// The process has ended over it.
    Gone(Error),
}

impl From<Failed> for Error {
    fn from((Failed::Said(error) | Failed::Gone(error)): Failed) -> Self {
        error
    }
}

/// What tells a process that it was started to compile: one that sets up a runtime which would start it again, and
/// again, is stopped there.
const MARK: &str = "AIRS_COMPILE_PROCESS";
/// Threads that compile at once, as the compiler's own setting: each takes address space, of which there is a limit.
const THREADS_MAX: &str = "4";
