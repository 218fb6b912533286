//! A process that was started to compile, and what it answers when it is asked.

use std::io::{self, ErrorKind, Read, Write as _};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::mpsc::channel;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use super::served;
use super::watched::{End, Watched};
use crate::os;

/// The most code that a component is compiled to: four times the bytes that it may have.
pub(super) const ANSWER_BYTES_MAX: u64 = 256 << 20;
/// The most that is said of why a component cannot be compiled; what is over is cut.
const REASON_BYTES_MAX: u64 = 4 << 10;

/// A process that waits for what it is to compile. It ends when nobody can ask it any more.
#[derive(Debug)]
pub(super) struct Running {
    child: Child,
    input: ChildStdin,
    output: ChildStdout,
}

/// What a process has answered, as a whole.
pub(super) enum Answer {
    Code(Vec<u8>),
    Refused(String),
    /// More bytes of code than are taken.
    TooLong(u64),
}

/// What has become of a process that was asked.
pub(super) enum Now {
    Waits(Running),
    Ended(End),
}

impl Running {
    pub(super) fn start(command: &mut Command) -> io::Result<Self> {
        os::own_group(command);
        command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null());
        let mut child = command.spawn()?;
        match (child.stdin.take(), child.stdout.take()) {
            (Some(input), Some(output)) => Ok(Self { child, input, output }),
            _ => {
                end(child);
                Err(io::Error::other("its streams are gone"))
            }
        }
    }

    /// Gives it an order and a component. A process that ends before it has read everything says why by itself.
    ///
    /// # Errors
    /// When there are no threads for that; it is ended then.
    pub(super) fn ask(
        self,
        order: &[u8],
        component: &[u8],
        most: Duration,
    ) -> io::Result<(io::Result<Answer>, Now)> {
        let Self {
            child,
            mut input,
            mut output,
        } = self;
        let watched = Watched::new(child, most)?;
        let (give, fed) = channel();
        thread::scope(|scope| {
            let feed = move || {
                let fed = input.write_all(order).and_then(|()| input.write_all(component));
                // Closed when nobody wants it back.
                fed.is_ok().then(|| give.send(input))
            };
            let feeding = thread::Builder::new().name("airs-compile".into());
            if let Err(cause) = feeding.spawn_scoped(scope, feed) {
                watched.stop();
                return Err(cause);
            }
            let answer = read_answer(&mut output);
            let now = match &answer {
                // It can be asked again when it has heard all of this.
                Ok(Answer::Code(_) | Answer::Refused(_)) => match fed.recv() {
                    Ok(input) => match watched.release() {
                        Ok(child) => Now::Waits(Self { child, input, output }),
                        Err(end) => Now::Ended(end),
                    },
                    Err(_) => Now::Ended(watched.stop()),
                },
                Ok(Answer::TooLong(_)) => Now::Ended(watched.stop()),
                // Who has not answered ends by itself, having nothing more to read, or is ended.
                Err(_) => {
                    drop(fed);
                    Now::Ended(watched.wait())
                }
            };
            Ok((answer, now))
        })
    }

    /// Ends it.
    pub(super) fn end(self) {
        end(self.child);
    }
}

fn end(mut child: Child) {
    os::end_group(&mut child);
    // It was ended, so that this does not last.
    let _ = child.wait();
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
    let mut answer = Vec::with_capacity(usize::try_from(taken).unwrap_or(0));
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

/// The process that stays, when one does and is not asked just now.
#[derive(Debug, Default)]
pub(crate) struct Staying(Mutex<Option<Running>>);

impl Staying {
    pub(super) fn take(&self) -> Option<Running> {
        self.lock().take()
    }

    /// One is enough: who comes meanwhile has another one, which ends after that.
    pub(super) fn keep(&self, process: Running) {
        let before = self.lock().replace(process);
        before.into_iter().for_each(Running::end);
    }

    fn lock(&self) -> MutexGuard<'_, Option<Running>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Staying {
    fn drop(&mut self) {
        self.take().into_iter().for_each(Running::end);
    }
}
