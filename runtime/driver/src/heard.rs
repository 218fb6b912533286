//! What a run has been told by servers.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use airs_core::{Capabilities, Code, Error, HttpRequest, HttpResponse, Name, Result};
use airs_platform::{Http, HttpError};
use rustc_hash::FxHashMap;

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
    answers: FxHashMap<Question, Vec<Answer>>,
    requests: usize,
    bytes: usize,
}

/// Who asked what.
type Question = (Arc<Name>, Arc<HttpRequest>);
type Answer = Result<Arc<HttpResponse>, HttpError>;

/// One driver's way to servers, in one attempt.
#[derive(Clone, Debug)]
pub(crate) struct Asking {
    service: Option<Arc<dyn Http>>,
    heard: Heard,
    /// How often the driver has sent a request in this attempt.
    sent: FxHashMap<Arc<HttpRequest>, usize>,
}

/// Why there is no answer: the service's reason, or one of the run's own.
pub(crate) enum Refusal {
    Http(HttpError),
    Run(Error),
}

impl Asking {
    pub(crate) fn new(service: Option<Arc<dyn Http>>, heard: Heard) -> Self {
        Self {
            service,
            heard,
            sent: FxHashMap::default(),
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
    ) -> Result<Arc<HttpResponse>, Refusal> {
        HttpError::check_granted(&request, granted).map_err(Refusal::Http)?;
        let request = Arc::new(request);
        let count = self.sent.entry(Arc::clone(&request)).or_default();
        let number = *count;
        *count += 1;
        let question = (Arc::clone(driver), request);
        if let Some(known) = self.heard.known(&question, number) {
            return known.map_err(Refusal::Http);
        }
        self.heard.count_request()?;
        let service = self.service.as_ref().ok_or_else(|| {
            Refusal::Run(Error::new(
                Code::Unsupported,
                "there is no way to servers from this context",
            ))
        })?;
        let answer = service
            .send(Arc::clone(&question.1), Arc::clone(granted), until)
            .await;
        let answer = answer.map(Arc::new);
        self.heard.keep(question, &answer)?;
        answer.map_err(Refusal::Http)
    }
}

impl Heard {
    fn known(&self, question: &Question, number: usize) -> Option<Answer> {
        self.inner(|inner| inner.answers.get(question)?.get(number).cloned())
    }

    fn count_request(&self) -> Result<(), Refusal> {
        let requests = self.inner(|inner| {
            inner.requests += 1;
            inner.requests
        });
        if requests > REQUESTS_PER_RUN_MAX {
            let message = format!("the run sends more than {REQUESTS_PER_RUN_MAX} http requests");
            return Err(Refusal::Run(Error::new(Code::LimitExceeded, message)));
        }
        Ok(())
    }

    fn keep(&self, question: Question, answer: &Answer) -> Result<(), Refusal> {
        let bytes = answer.as_ref().map_or(0, |response| response.bytes());
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
            return Err(Refusal::Run(Error::new(Code::LimitExceeded, message)));
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
