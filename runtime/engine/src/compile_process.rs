//! Compiling in a process of its own, which a component that is hard to compile harms at most.

mod places;
mod served;
mod watched;

use std::ffi::OsString;
use std::fmt;
use std::io::{self, ErrorKind, Read, Write as _};
use std::path::PathBuf;
use std::process::{ChildStdin, Command, Stdio};
use std::thread;
use std::time::Duration;

use airs_core::{Code, Error, Result};

use crate::code_goal::CodeGoal;
use crate::os;
use places::Place;
pub use served::serve_compilation;
use watched::{End, Limit, Watched};

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
        }
    }

    /// The code of a component.
    ///
    /// # Errors
    /// [`Code::InvalidComponent`] when it cannot be compiled, [`Code::LimitExceeded`] when that takes more than it
    /// may, [`Code::Internal`] when the program is not one that compiles.
    pub(crate) fn compile(&self, component: &[u8], goal: CodeGoal) -> Result<Vec<u8>> {
        let _place = Place::take();
        let mut child = self.command().spawn().map_err(|cause| self.broken(cause))?;
        let (input, output) = (child.stdin.take(), child.stdout.take());
        let watched = Watched::new(child, Duration::from_millis(self.wall_ms));
        let watched = watched.map_err(|cause| self.broken(cause))?;
        let (Some(input), Some(output)) = (input, output) else {
            watched.stop();
            return Err(self.broken("its streams are gone"));
        };
        let (order, component) = (self.order(component.len() as u64, goal), component.to_vec());
        let feeding = thread::Builder::new()
            .name("airs-compile".into())
            .spawn(move || feed(input, &order, &component));
        let feeding = match feeding {
            Ok(feeding) => feeding,
            Err(cause) => {
                watched.stop();
                return Err(self.broken(cause));
            }
        };
        let answer = read_answer(output);
        // Who has answered has nothing left to do; who has not, ends by itself or is ended.
        let end = match answer {
            Ok(_) => watched.stop(),
            Err(_) => watched.wait(),
        };
        drop(feeding.join());
        match (answer, end) {
            (Ok(Answer::Code(code)), _) => Ok(code),
            (Ok(Answer::Refused(why)), _) => {
                let message = format!("the component cannot be compiled: {why}");
                Err(Error::new(Code::InvalidComponent, message))
            }
            (Ok(Answer::TooLong(bytes)), _) => Err(self.exceeded(&format!(
                "makes {bytes} bytes of code, more than {ANSWER_BYTES_MAX}"
            ))),
            (Err(_), End::TookTooLong) => Err(self.exceeded(&format!("takes more than {} ms", self.wall_ms))),
            (Err(why), End::Ended(status)) => Err(match os::limit_met(status) {
                Some(limit) => self.exceeded(&self.limit(limit)),
                None => self.broken(format!("{why}; it ended with {status}")),
            }),
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
        os::own_group(&mut command);
        command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null());
        command
    }

    fn order(&self, component_bytes: u64, goal: CodeGoal) -> Vec<u8> {
        let numbers = [
            self.memory_bytes,
            self.cpu_seconds,
            goal.number(),
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

/// What tells a process that it was started to compile: one that sets up a runtime which would start it again, and
/// again, is stopped there.
const MARK: &str = "AIRS_COMPILE_PROCESS";
/// Threads that compile at once, as the compiler's own setting: each takes address space, of which there is a limit.
const THREADS_MAX: &str = "4";
/// The most code that a component is compiled to: four times the bytes that it may have.
const ANSWER_BYTES_MAX: u64 = 256 << 20;
/// The most that is said of why a component cannot be compiled; what is over is cut.
const REASON_BYTES_MAX: u64 = 4 << 10;

/// Writes what is to be compiled. A process that ends before it has read everything says why by itself.
fn feed(mut input: ChildStdin, order: &[u8], component: &[u8]) {
    let _ = input.write_all(order).and_then(|()| input.write_all(component));
}

/// What a process has answered, as a whole.
enum Answer {
    Code(Vec<u8>),
    Refused(String),
    /// More bytes of code than are taken.
    TooLong(u64),
}

/// Reads an answer: what it is, how long it is, and all of it. What breaks off is none.
fn read_answer(mut output: impl Read) -> io::Result<Answer> {
    let mut head = [0; 1];
    output.read_exact(&mut head)?;
    let bytes = served::number(&mut output)?;
    let is_code = match head {
        [served::COMPILED] => true,
        [served::REFUSED] => false,
        _ => {
            return Err(io::Error::new(
                ErrorKind::InvalidData,
                "it answers with something else",
            ));
        }
    };
    if is_code && bytes > ANSWER_BYTES_MAX {
        return Ok(Answer::TooLong(bytes));
    }
    let taken = if is_code {
        bytes
    } else {
        bytes.min(REASON_BYTES_MAX)
    };
    let mut answer = Vec::new();
    output.take(taken).read_to_end(&mut answer)?;
    if answer.len() as u64 != taken {
        return Err(io::Error::new(ErrorKind::UnexpectedEof, "its answer breaks off"));
    }
    Ok(if is_code {
        Answer::Code(answer)
    } else {
        Answer::Refused(String::from_utf8_lossy(&answer).into_owned())
    })
}
