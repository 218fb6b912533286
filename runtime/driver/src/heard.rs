//! What a run has been told by servers.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use airs_core::{Capabilities, Code, Error, HttpRequest, HttpResponse, Name, Result};
use airs_engine::HeldMemory;
use airs_platform::{Http, HttpError, Room};

/// Requests that one run may send, over all its attempts: it keeps a snapshot while it waits.
const REQUESTS_PER_RUN_MAX: usize = 64;
/// Bytes of responses that one run may be sent: they are kept until it ends.
const RESPONSE_BYTES_PER_RUN_MAX: usize = 32 << 20;

/// The answers that a run got to its requests, for its later attempts: what the first attempt saw of the world the
/// others see again.
///
/// A driver that sends the same request twice gets two answers, in their order, in each attempt. Drivers do not get
/// each other's.
///
/// An example is at [the crate](crate).
#[derive(Clone, Default)]
pub struct Heard(Arc<Mutex<Inner>>);

#[derive(Default)]
struct Inner {
    /// Guests choose the requests, and with them nothing of where they come to stand: the hash has a secret.
    answers: HashMap<Question, Vec<Answer>>,
    requests: usize,
    bytes: usize,
    /// What the answers take, of the memory that guests have together.
    memory: Option<HeldMemory>,
    /// Why there was no more of it.
    full: Option<Error>,
}

/// Who asked what.
type Question = (Arc<Name>, Arc<HttpRequest>);
type Answer = Result<Arc<HttpResponse>, HttpError>;

/// One driver's way to servers, in one attempt.
#[derive(Clone, Debug)]
pub(crate) struct Asking {
    service: Option<Arc<dyn Http>>,
    heard: Heard,
    /// How often the driver has sent a request in this attempt: what was refused by the run's limits is not in it, so
    /// that there are as many as these allow.
    sent: HashMap<Arc<HttpRequest>, usize>,
}

/// Why there is no answer.
#[derive(Debug)]
pub(crate) enum Refusal {
    /// The service's reason.
    Http(HttpError),
    /// There is no service.
    Unreachable,
    /// The run has used up what it may, and ends.
    OverLimit(Error),
}

impl Asking {
    pub(crate) fn new(service: Option<Arc<dyn Http>>, heard: Heard) -> Self {
        Self {
            service,
            heard,
            sent: HashMap::new(),
        }
    }

    /// The same for another driver.
    pub(crate) fn again(&self) -> Self {
        Self::new(self.service.clone(), self.heard.clone())
    }

    /// The answer to a driver's request: the one that an attempt before got, or a new one. Either way what is granted
    /// now decides.
    pub(crate) async fn answer(
        &mut self,
        driver: &Arc<Name>,
        request: HttpRequest,
        granted: &Arc<Capabilities>,
        until: Instant,
        memory: HeldMemory,
    ) -> Result<Arc<HttpResponse>, Refusal> {
        HttpError::check_granted(&request, granted).map_err(Refusal::Http)?;
        let request = Arc::new(request);
        let number = self.sent.get(&request).copied().unwrap_or_default();
        let question = (Arc::clone(driver), Arc::clone(&request));
        let known = self.heard.known(&question, number);
        if known.is_none() {
            self.heard.count_request()?;
        }
        self.sent.insert(request, number + 1);
        if let Some(known) = known {
            return known.map_err(Refusal::Http);
        }
        let service = self.service.as_ref().ok_or(Refusal::Unreachable)?;
        self.heard.inner(|inner| {
            inner.memory.get_or_insert(memory);
        });
        let answer = service
            .send(
                Arc::clone(&question.1),
                Arc::clone(granted),
                until,
                self.heard.room(),
            )
            .await;
        let answer = answer.map(Arc::new);
        if let Err(HttpError::NoRoom { .. }) = answer
            && let Some(full) = self.heard.inner(|inner| inner.full.take())
        {
            return Err(Refusal::OverLimit(full));
        }
        self.heard.keep(question, &answer)?;
        answer.map_err(Refusal::Http)
    }
}

impl Heard {
    fn known(&self, question: &Question, number: usize) -> Option<Answer> {
        self.inner(|inner| inner.answers.get(question)?.get(number).cloned())
    }

    fn count_request(&self) -> Result<(), Refusal> {
        let is_within = self.inner(|inner| {
            let is_within = inner.requests < REQUESTS_PER_RUN_MAX;
            inner.requests += usize::from(is_within);
            is_within
        });
        if is_within {
            return Ok(());
        }
        let message = format!("the run sends more than {REQUESTS_PER_RUN_MAX} http requests");
        Err(Refusal::OverLimit(Error::new(Code::LimitExceeded, message)))
    }

    /// Room for the next answer, of what the run may have together with others.
    fn room(&self) -> Room {
        let heard = self.clone();
        Room::new(move |bytes| heard.cover(bytes).is_ok())
    }

    fn cover(&self, bytes: usize) -> Result<()> {
        self.inner(|inner| {
            let total = inner.bytes.saturating_add(bytes);
            let covered = inner.memory.as_mut().map_or(Ok(()), |memory| memory.cover(total));
            inner.full = covered.as_ref().err().cloned();
            covered
        })
    }

    fn keep(&self, question: Question, answer: &Answer) -> Result<(), Refusal> {
        let bytes = answer.as_ref().map_or(0, |response| response.bytes());
        // Also when the service has not asked for it.
        self.cover(bytes).map_err(Refusal::OverLimit)?;
        let total = self.inner(|inner| {
            inner.bytes += bytes;
            if inner.bytes <= RESPONSE_BYTES_PER_RUN_MAX {
                inner.answers.entry(question).or_default().push(answer.clone());
            }
            inner.bytes
        });
        if total > RESPONSE_BYTES_PER_RUN_MAX {
            let message =
                format!("the run was answered more than {RESPONSE_BYTES_PER_RUN_MAX} bytes over http");
            return Err(Refusal::OverLimit(Error::new(Code::LimitExceeded, message)));
        }
        Ok(())
    }

    fn inner<T>(&self, look: impl FnOnce(&mut Inner) -> T) -> T {
        // Nothing panics with it: what is changed is changed in one step.
        look(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Shows no answers: they belong to somebody.
impl fmt::Debug for Heard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let requests = self.inner(|inner| inner.requests);
        f.debug_struct("Heard")
            .field("requests", &requests)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
