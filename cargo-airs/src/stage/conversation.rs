//! One process of tests and its runtimes.

use std::collections::HashMap;
use std::io::{BufRead, Write};
use std::sync::{Arc, Mutex, PoisonError};

use airs_runtime::{Code, Error, Request};
use serde::Serialize;

use super::wire::{Answer, Answered, Ask, Asked, FORM, Greeting, Perform};
use super::{Opened, Stage, context};
use crate::error::Failure;
use crate::live::Failed;

type Out = Arc<Mutex<dyn Write + Send>>;

/// Answers what is asked until nothing more comes; then the runtimes end. Runs of different threads are made at once.
pub(crate) fn converse(read: impl BufRead, write: impl Write + Send + 'static, stage: &Stage) {
    let out: Out = Arc::new(Mutex::new(write));
    say(&out, &Greeting::Ready(FORM));
    let mut opened: HashMap<u64, Arc<Opened>> = HashMap::new();
    for line in read.lines().map_while(Result::ok) {
        let Ok(Asked {
            request,
            runtime,
            ask,
        }) = serde_json::from_str(&line)
        else {
            // Another version speaks; nothing that follows can be trusted.
            return;
        };
        let owed = Owed::to(&out, request);
        let answer = match ask {
            Ask::Open(opening) => match stage.open(opening) {
                Ok(fresh) => {
                    opened.insert(runtime, Arc::new(fresh));
                    Answer::Done
                }
                Err(error) => Answer::Failed(error.into()),
            },
            Ask::Close => {
                let closed = opened.remove(&runtime);
                // Its threads end with it, and nobody needs to wait for that.
                std::thread::spawn(move || drop(closed));
                Answer::Done
            }
            ask => match opened.get(&runtime) {
                None => Answer::Failed(Error::new(Code::NotFound, "there is no such runtime").into()),
                Some(opened) => {
                    let opened = Arc::clone(opened);
                    std::thread::spawn(move || owed.pay(answer(ask, &opened)));
                    continue;
                }
            },
        };
        owed.pay(answer);
    }
}

/// An answer that somebody waits for, and gets whatever happens: where none is found, that is said.
struct Owed {
    out: Out,
    request: u64,
    is_paid: bool,
}

impl Owed {
    fn to(out: &Out, request: u64) -> Self {
        Self {
            out: Arc::clone(out),
            request,
            is_paid: false,
        }
    }

    fn pay(mut self, answer: Answer) {
        self.is_paid = self.say(answer);
    }

    fn say(&self, answer: Answer) -> bool {
        let request = self.request;
        say(&self.out, &Answered { request, answer })
    }
}

impl Drop for Owed {
    fn drop(&mut self) {
        if !self.is_paid {
            let error = Error::new(Code::Internal, "cargo-airs has failed while it answered");
            self.say(Answer::Failed(error.hint("what it says is above").into()));
        }
    }
}

/// Does what is asked of a runtime that is there.
fn answer(ask: Ask, opened: &Opened) -> Answer {
    match ask {
        Ask::Perform(asked) => match request(asked) {
            Ok(request) => Answer::Report(Box::new(opened.runtime.perform_blocking(request).into())),
            Err(error) => Answer::Failed(error.into()),
        },
        Ask::Inject(fault) => match opened.faults.add(fault, &opened.runtime.components()) {
            Ok(()) => Answer::Done,
            Err(error) => Answer::Failed(error.into()),
        },
        Ask::FaultsLeft => Answer::Count(opened.faults.left()),
        Ask::Now(now_ms) => {
            opened.clock.set(now_ms);
            Answer::Done
        }
        Ask::Seed(seed) => {
            opened.seed.set(seed);
            Answer::Done
        }
        Ask::Events(how) => match opened.events.told(how) {
            Ok(events) => Answer::Events(events),
            Err(error) => Answer::Failed(error.into()),
        },
        // These are about runtimes that come and go.
        Ask::Open(_) | Ask::Close => Answer::Done,
    }
}

fn request(asked: Perform) -> airs_runtime::Result<Request> {
    let Perform {
        context: name,
        question,
    } = asked;
    let request = question.request()?;
    Ok(match name {
        Some(name) => request.context(context(&name)?),
        None => request,
    })
}

/// Tells who asks that there is nothing to be had, and why.
pub(crate) fn refuse(write: impl Write + Send + 'static, failure: &Failure) {
    let out: Out = Arc::new(Mutex::new(write));
    say(&out, &Greeting::Failed(Failed::from(failure)));
}

/// Whether it could be said in JSON.
fn say(out: &Out, what: &impl Serialize) -> bool {
    let Ok(mut line) = serde_json::to_vec(what) else {
        return false;
    };
    line.push(b'\n');
    let mut out = out.lock().unwrap_or_else(PoisonError::into_inner);
    // A test that has ended hears nothing, and is no reason to fail.
    let _ = out.write_all(&line).and_then(|()| out.flush());
    true
}

#[cfg(test)]
mod tests {
    use std::io::Write;
    use std::sync::{Arc, Mutex};
    use std::thread;

    use super::{Answer, Out, Owed};

    /// What was written.
    #[derive(Clone, Default)]
    struct Page(Arc<Mutex<Vec<u8>>>);

    impl Write for Page {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn whoever_asks_is_answered_once_also_when_the_answer_is_a_panic() {
        let page = Page::default();
        let out: Out = Arc::new(Mutex::new(page.clone()));
        Owed::to(&out, 1).pay(Answer::Done);
        let owed = Owed::to(&out, 2);
        let answering = thread::spawn(move || {
            let _owed = owed;
            panic!("as it was told to");
        });
        assert!(answering.join().is_err());
        let text = String::from_utf8(page.0.lock().unwrap().clone()).unwrap();
        let lines: Vec<serde_json::Value> = text
            .lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect();
        assert_eq!(lines.len(), 2, "{text}");
        assert_eq!(lines[0], serde_json::json!({"request": 1, "answer": "done"}));
        assert_eq!(lines[1]["request"], 2);
        assert_eq!(lines[1]["answer"]["failed"]["code"], "internal");
    }
}
