//! Compiling in a process of its own, which a component that is hard to compile harms at most.

mod served;

use std::ffi::OsString;
use std::fmt;
use std::io::{self, ErrorKind, Read, Write as _};
use std::path::PathBuf;
use std::process::{Child, ChildStdin, Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex, PoisonError, mpsc};
use std::thread;
use std::time::Duration;

use airs_core::{Code, Error, Result};

pub use served::serve_compilation;

/// A program that compiles components: one that calls [`serve_compilation`] and does nothing else, when it is started
/// with these arguments. An application can name itself.
///
/// ```
/// use airs_engine::CompileProcess;
///
/// let process = CompileProcess::new(std::env::current_exe()?, ["compile-component"]);
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
    pub(crate) fn compile(&self, component: &[u8]) -> Result<Vec<u8>> {
        let mut child = self.command().spawn().map_err(|cause| self.broken(cause))?;
        let (Some(input), Some(output)) = (child.stdin.take(), child.stdout.take()) else {
            return Err(self.broken("its streams are gone"));
        };
        let (order, component) = (self.order(component.len() as u64), component.to_vec());
        let feeding = thread::spawn(move || feed(input, &order, &component));
        let watched = Watched::new(child, Duration::from_millis(self.wall_ms));
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
            (Err(why), End::Ended(status)) => Err(match ended_by(status) {
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
            .env("RAYON_NUM_THREADS", THREADS_MAX);
        command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null());
        command
    }

    fn order(&self, component_bytes: u64) -> Vec<u8> {
        let numbers = [self.memory_bytes, self.cpu_seconds, component_bytes];
        let numbers = numbers.iter().flat_map(|number| number.to_le_bytes());
        served::ORDER.iter().copied().chain(numbers).collect()
    }

    fn limit(&self, limit: Limit) -> String {
        match limit {
            Limit::Time => format!("takes more than {} s of processor time", self.cpu_seconds),
            Limit::Memory => format!(
                "takes more than {} bytes of memory, or depth without end",
                self.memory_bytes
            ),
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

/// Which limit a process has met.
#[derive(Clone, Copy)]
enum Limit {
    Time,
    Memory,
}

/// What a process that was ended by the system has done too much of: out of memory, or of stack, Rust aborts.
#[cfg(unix)]
fn ended_by(status: ExitStatus) -> Option<Limit> {
    use rustix::process::Signal;
    use std::os::unix::process::ExitStatusExt as _;

    match status.signal().and_then(Signal::from_named_raw)? {
        Signal::XCPU => Some(Limit::Time),
        Signal::ABORT | Signal::SEGV | Signal::BUS => Some(Limit::Memory),
        _ => None,
    }
}

#[cfg(not(unix))]
fn ended_by(_: ExitStatus) -> Option<Limit> {
    None
}

/// How a process ended.
enum End {
    Ended(ExitStatus),
    TookTooLong,
}

/// A process that is ended when it takes too long.
struct Watched {
    child: Arc<Mutex<Child>>,
    stop: mpsc::Sender<()>,
    /// Whether it had to be ended.
    thread: thread::JoinHandle<bool>,
}

impl Watched {
    fn new(child: Child, most: Duration) -> Self {
        let child = Arc::new(Mutex::new(child));
        let (stop, stopped) = mpsc::channel();
        let watched = Arc::clone(&child);
        let thread = thread::spawn(move || {
            let too_long = stopped.recv_timeout(most) == Err(mpsc::RecvTimeoutError::Timeout);
            if too_long {
                kill(&watched);
            }
            too_long
        });
        Self { child, stop, thread }
    }

    /// Ends a process that is of no use any more.
    fn stop(self) -> End {
        kill(&self.child);
        self.wait()
    }

    /// Waits until a process has ended, by itself or because it took too long. It has said its last word, so that it is
    /// about to end, and looking again now and then costs nothing.
    fn wait(self) -> End {
        let ended = loop {
            let mut child = self.child.lock().unwrap_or_else(PoisonError::into_inner);
            match child.try_wait() {
                Ok(Some(status)) => break Some(status),
                Ok(None) => {}
                Err(_) => break None,
            }
            drop(child);
            thread::park_timeout(LOOK_AGAIN);
        };
        let _ = self.stop.send(());
        match (ended, self.thread.join()) {
            (Some(status), Ok(false)) => End::Ended(status),
            _ => End::TookTooLong,
        }
    }
}

/// How soon it is looked again whether a process has ended.
const LOOK_AGAIN: Duration = Duration::from_millis(1);

fn kill(child: &Mutex<Child>) {
    // Ended already is as good.
    let _ = child.lock().unwrap_or_else(PoisonError::into_inner).kill();
}
