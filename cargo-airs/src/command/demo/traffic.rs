//! Payments, a hundred a second, until it is enough.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use airs_runtime::Answer;

use crate::error::{Failure, Result};
use crate::interrupt;
use crate::live::{Live, Question};

/// Between the beginnings of two payments.
const PACE: Duration = Duration::from_millis(10);
/// What a hundred of them may take, on a machine that is busy with a build.
const MORE_MAX: Duration = Duration::from_secs(60);

/// Who pays, until it is told to end.
pub(super) struct Traffic {
    seen: Arc<Mutex<Seen>>,
    enough: Arc<AtomicBool>,
    paying: JoinHandle<()>,
}

/// What was answered so far.
#[derive(Default)]
struct Seen {
    answers: BTreeMap<String, (u64, Instant)>,
    failed: u64,
    failure: Option<Failure>,
}

/// What was answered in all.
pub(super) struct Paid {
    /// Each answer, in the order in which they were heard first, and how often it was.
    pub(super) answers: Vec<(String, u64)>,
    pub(super) failed: u64,
}

impl Traffic {
    pub(super) fn start(live: Live, question: Question) -> Result<Self> {
        let seen = Arc::<Mutex<Seen>>::default();
        let enough = Arc::<AtomicBool>::default();
        let (told, ended) = (Arc::clone(&seen), Arc::clone(&enough));
        let paying = thread::Builder::new().name("payments".to_owned()).spawn(move || {
            while !ended.load(Ordering::Relaxed) {
                let begun = Instant::now();
                let answer = live.perform(&question, |_| ());
                note(&mut told.lock().unwrap_or_else(PoisonError::into_inner), answer);
                thread::park_timeout(PACE.saturating_sub(begun.elapsed()));
            }
        });
        let paying =
            paying.map_err(|cause| Failure::unavailable("cannot start a thread").caused_by(cause))?;
        Ok(Self { seen, enough, paying })
    }

    /// Waits for so many more answers.
    pub(super) fn more(&self, payments: u64) -> Result<()> {
        let so_far = || {
            let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
            let failure = seen.failure.take();
            let paid: u64 = seen.answers.values().map(|(count, _)| count).sum();
            failure.map_or(Ok(paid), Err)
        };
        let (before, begun) = (so_far()?, Instant::now());
        while so_far()? < before + payments {
            interrupt::check()?;
            if begun.elapsed() > MORE_MAX {
                return Err(Failure::unavailable("the payments are not answered"));
            }
            thread::park_timeout(PACE);
        }
        Ok(())
    }

    /// When an answer was heard first.
    pub(super) fn first(&self, answer: &str) -> Option<Instant> {
        let seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        seen.answers.get(answer).map(|(_, first)| *first)
    }

    pub(super) fn end(self) -> Result<Paid> {
        self.enough.store(true, Ordering::Relaxed);
        if self.paying.join().is_err() {
            return Err(Failure::unavailable("the payments stopped"));
        }
        let seen = std::mem::take(&mut *self.seen.lock().unwrap_or_else(PoisonError::into_inner));
        let mut answers: Vec<_> = seen.answers.into_iter().collect();
        answers.sort_by_key(|(_, (_, first))| *first);
        Ok(Paid {
            answers: answers
                .into_iter()
                .map(|(answer, (count, _))| (answer, count))
                .collect(),
            failed: seen.failed,
        })
    }
}

fn note(seen: &mut Seen, answer: Result<airs_runtime::Report>) {
    let output = answer.and_then(|report| Ok(report.result?));
    match output {
        Ok(Answer::Output(output)) => {
            seen.answers
                .entry(output)
                .or_insert_with(|| (0, Instant::now()))
                .0 += 1;
        }
        Ok(_) => seen.failed += 1,
        Err(failure) => {
            seen.failed += 1;
            seen.failure.get_or_insert(failure);
        }
    }
}
