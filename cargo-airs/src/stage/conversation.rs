//! One process of tests and its runtimes.

use std::collections::HashMap;
use std::io::{BufRead, Write};
use std::sync::{Arc, Mutex, PoisonError};

use airs_core::{Code, Error};
use airs_runtime::Request;
use serde::Serialize;

use super::wire::{Answer, Answered, Ask, Asked, FORM, Failed, Greeting, Perform};
use super::{Opened, Stage, context};
use crate::error::Failure;

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
                    let (opened, out) = (Arc::clone(opened), Arc::clone(&out));
                    std::thread::spawn(move || {
                        let answer = answer(ask, &opened);
                        say(&out, &Answered { request, answer });
                    });
                    continue;
                }
            },
        };
        say(&out, &Answered { request, answer });
    }
}

/// Does what is asked of a runtime that is there.
fn answer(ask: Ask, opened: &Opened) -> Answer {
    match ask {
        Ask::Perform(asked) => match request(asked) {
            Ok(request) => Answer::Report(Box::new(opened.runtime.perform_blocking(request).into())),
            Err(error) => Answer::Failed(error.into()),
        },
        Ask::Inject(fault) => {
            opened.faults.add(fault);
            Answer::Done
        }
        Ask::Now(now_ms) => {
            opened.clock.set(now_ms);
            Answer::Done
        }
        Ask::Seed(seed) => {
            opened.seed.set(seed);
            Answer::Done
        }
        Ask::Events => Answer::Events(opened.events()),
        // These are about runtimes that come and go.
        Ask::Open(_) | Ask::Close => Answer::Done,
    }
}

fn request(asked: Perform) -> airs_core::Result<Request> {
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

fn say(out: &Out, what: &impl Serialize) {
    let Ok(mut line) = serde_json::to_vec(what) else {
        return;
    };
    line.push(b'\n');
    let mut out = out.lock().unwrap_or_else(PoisonError::into_inner);
    // A test that has ended hears nothing, and is no reason to fail.
    let _ = out.write_all(&line).and_then(|()| out.flush());
}
