//! The way to the tool: one for a process, whichever of its tests asks.

use std::collections::HashMap;
use std::fmt;
use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use airs::{Code, Error, Result};

use crate::wire::{Answer, Answered, Ask, Asked, FORM, Greeting};

/// Where `cargo airs test` serves.
#[cfg(unix)]
const SOCKET: &str = "AIRS_TEST_SOCKET";
/// The tool to start where nobody serves.
const TOOL: &str = "AIRS_TEST_TOOL";
/// What makes the tool serve the tests of the folder that it is started in, over its standard input and output.
const SERVE: [&str; 3] = ["airs", "test", "--serve"];

/// A connection to the tool.
pub(crate) struct Connection {
    write: Mutex<Box<dyn Write + Send>>,
    waiting: Arc<Waiting>,
    requests: AtomicU64,
    runtimes: AtomicU64,
}

/// Who waits for an answer; or why there will be no more of them.
struct Waiting(Mutex<Result<HashMap<u64, Sender<Answer>>>>);

impl Waiting {
    fn all(&self) -> MutexGuard<'_, Result<HashMap<u64, Sender<Answer>>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn add(&self, request: u64, tell: Sender<Answer>) -> Result<()> {
        let mut all = self.all();
        all.as_mut().map_err(|why| why.clone())?.insert(request, tell);
        Ok(())
    }

    /// Why nobody answers.
    fn why(&self) -> Error {
        self.all().as_ref().err().cloned().unwrap_or_else(ended)
    }
}

impl Connection {
    /// The connection of this process, made when it is first asked for.
    pub(crate) fn of_process() -> Result<&'static Self> {
        static CONNECTION: OnceLock<Result<Connection>> = OnceLock::new();
        CONNECTION.get_or_init(Self::make).as_ref().map_err(Error::clone)
    }

    fn make() -> Result<Self> {
        #[cfg(unix)]
        if let Some(path) = std::env::var_os(SOCKET) {
            use std::os::unix::net::UnixStream;

            let connected = UnixStream::connect(path).and_then(|stream| Ok((stream.try_clone()?, stream)));
            let (read, write) = connected.map_err(|cause| {
                Error::new(
                    Code::NotFound,
                    format!("`cargo airs test` serves no more: {cause}"),
                )
            })?;
            return Self::over(read, write);
        }
        let tool = std::env::var_os(TOOL).unwrap_or_else(|| "cargo-airs".into());
        let mut command = Command::new(&tool);
        let command = command.args(SERVE);
        // It ends when this process does, which closes its input.
        let started = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn();
        let pipes = started.map(|mut tool| (tool.stdout.take(), tool.stdin.take()));
        match pipes {
            Ok((Some(read), Some(write))) => Self::over(read, write),
            Ok(_) => Err(ended()),
            Err(cause) => {
                let message = format!("cannot start {}: {cause}", tool.to_string_lossy());
                Err(Error::new(Code::NotFound, message).hint(
                    "run these tests with `cargo airs test`, or put cargo-airs where programs are found",
                ))
            }
        }
    }

    fn over(read: impl Read + Send + 'static, write: impl Write + Send + 'static) -> Result<Self> {
        let mut read = BufReader::new(read);
        let mut line = String::new();
        // Without a whole line it is no greeting.
        let _ = read.read_line(&mut line);
        match serde_json::from_str(&line) {
            Ok(Greeting::Ready(FORM)) => {}
            Ok(Greeting::Ready(_)) => return Err(of_another_version()),
            Ok(Greeting::Failed(failed)) => return Err(failed.into()),
            Err(_) => return Err(ended()),
        }
        let waiting = Arc::new(Waiting(Mutex::new(Ok(HashMap::new()))));
        let heard = Arc::clone(&waiting);
        std::thread::spawn(move || listen(read, &heard));
        Ok(Self {
            write: Mutex::new(Box::new(write)),
            waiting,
            requests: AtomicU64::new(0),
            runtimes: AtomicU64::new(0),
        })
    }

    /// A number that no other runtime of the process has.
    pub(crate) fn number(&self) -> u64 {
        self.runtimes.fetch_add(1, Ordering::Relaxed)
    }

    /// Asks, and waits for the answer.
    pub(crate) fn ask(&self, runtime: u64, ask: Ask<'_>) -> Result<Answer> {
        let request = self.requests.fetch_add(1, Ordering::Relaxed);
        let (tell, told) = channel();
        self.waiting.add(request, tell)?;
        let asked = Asked {
            request,
            runtime,
            ask,
        };
        let mut line = serde_json::to_vec(&asked).map_err(|cause| Error::internal(cause.to_string()))?;
        line.push(b'\n');
        let written = self
            .write
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .write_all(&line);
        written.map_err(|_| ended())?;
        told.recv().map_err(|_| self.waiting.why())
    }
}

/// Hands answers to who waits for them, until there are no more. Whoever waits then, or asks later, is told why.
fn listen(read: impl BufRead, waiting: &Waiting) {
    let mut why = ended();
    for line in read.lines().map_while(std::io::Result::ok) {
        // What is not understood is nobody's answer, and nothing after it can be trusted.
        let Ok(Answered { request, answer }) = serde_json::from_str(&line) else {
            why = of_another_version();
            break;
        };
        let asker = waiting
            .all()
            .as_mut()
            .ok()
            .and_then(|waiting| waiting.remove(&request));
        // A test that has panicked waits no more.
        let _ = asker.map(|asker| asker.send(answer));
    }
    *waiting.all() = Err(why);
}

fn of_another_version() -> Error {
    Error::internal("the tool is of another version").hint("use airs-testing and cargo-airs of one version")
}

fn ended() -> Error {
    Error::internal("cargo-airs has ended before it answered").hint("what it says is above")
}

impl fmt::Debug for Connection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Connection").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;
    use std::sync::mpsc::channel;
    use std::thread;
    use std::time::Duration;

    use super::{Connection, FORM};
    use crate::Runtime;

    /// Far longer than an answer takes that is there at once.
    const ANSWERED_MAX: Duration = Duration::from_secs(20);

    /// A runtime of a tool that says this beside its greeting, closes its side, and goes on to listen.
    fn of_a_tool_that_says(lines: &str) -> Runtime {
        let says = format!("{{\"ready\":{FORM}}}\n{lines}");
        let connection = Connection::over(Cursor::new(says), std::io::sink()).unwrap();
        Runtime::over(Box::leak(Box::new(connection)))
    }

    fn in_time<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
        let (tell, told) = channel();
        thread::spawn(move || tell.send(work()));
        told.recv_timeout(ANSWERED_MAX).expect("it waits for ever")
    }

    #[test]
    fn nobody_waits_for_a_tool_that_is_gone_or_of_another_version() {
        let novelty = "{\"request\":0,\"answer\":{\"report\":{\"result\":{\"novelty\":1}}}}\n";
        for (lines, expected) in [
            ("", "cargo-airs has ended before it answered"),
            (novelty, "the tool is of another version"),
            ("what?\n", "the tool is of another version"),
        ] {
            let said = in_time(move || {
                let runtime = of_a_tool_that_says(lines);
                // Whichever comes first, the question or the end.
                let said = [(); 3].map(|()| runtime.view("/watch").unwrap_err().message);
                drop(runtime);
                said
            });
            assert_eq!(said, [expected; 3], "{lines:?}");
        }
    }

    #[test]
    fn a_tool_of_another_form_is_not_spoken_to() {
        let other = Connection::over(Cursor::new("{\"ready\":0}\n"), std::io::sink()).unwrap_err();
        assert_eq!(other.message, "the tool is of another version");
        let ended = Connection::over(Cursor::new(""), std::io::sink()).unwrap_err();
        assert_eq!(ended.message, "cargo-airs has ended before it answered");
    }
}
