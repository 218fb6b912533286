//! Making runs.

use std::sync::{Arc, Weak};
use std::time::{Duration, Instant};

use airs_core::{Caller, CallerId, Code, Error, Event, Observer, Result, RunId};
use airs_driver::Identity;
use airs_engine::{Cancelling, Engine, TornDown};
use airs_process::{Outcome, Progress, Run};
use tokio::runtime::Handle;
use tokio::sync::SemaphorePermit;
use tokio::time::timeout_at;

use crate::contexts::Held;
use crate::ending::Ending;
use crate::request::{Listener, Report, Request};
use crate::runtime::{Inner, Runtime};

impl Runtime {
    /// Makes a run, and answers when it has ended. From any executor: guests execute on the runtime's own
    /// threads. Dropping the future cancels the run, and nothing of it remains, unless it was being
    /// committed; [`Event::RunEnded`](crate::Event::RunEnded) tells which of the two.
    pub async fn perform(&self, request: Request) -> Report {
        let asked = Asked::now(&request);
        let run = Arc::clone(&self.inner).execute(request, asked.clone());
        Running::on(&self.inner.engine, run, asked).report().await
    }

    /// Makes many runs at once, each a transaction of its own, and answers in their order when all have ended.
    /// Cheaper than asking for each: the answers cross threads together. Dropping the future cancels those
    /// that have not ended; those that have not begun never do.
    pub async fn perform_all(&self, requests: Vec<Request>) -> Vec<Report> {
        let inner = Arc::clone(&self.inner);
        let asked: Vec<Asked> = requests.iter().map(Asked::now).collect();
        let known = asked.clone();
        let waiting = Arc::new(());
        let anybody = Arc::downgrade(&waiting);
        let all = self.inner.engine.spawn(async move {
            let begin = |(request, asked): (Request, Asked)| {
                let (this, anybody, known) = (Arc::clone(&inner), Weak::clone(&anybody), asked.clone());
                let run = async move {
                    // The executor has all of them in its queue before it comes to cancel any.
                    if anybody.strong_count() == 0 {
                        return known.torn_down();
                    }
                    this.execute(request, known).await
                };
                Running::on(&inner.engine, run, asked)
            };
            let running: Vec<Running> = requests.into_iter().zip(asked).map(begin).collect();
            let mut reports = Vec::with_capacity(running.len());
            for run in running {
                reports.push(run.report().await);
            }
            reports
        });
        let reports = Cancelling::of(all)
            .await
            .unwrap_or_else(|_| known.iter().map(Asked::torn_down).collect());
        drop(waiting);
        reports
    }

    /// Makes a run, and waits for it on the calling thread, which executes guests itself while the runtime has less work
    /// than threads: that saves waking one, and being woken by it.
    ///
    /// Within an asynchronous context, which it would block, it answers [`Code::Unsupported`]; use
    /// [`perform`](Self::perform) there.
    pub fn perform_blocking(&self, request: Request) -> Report {
        let asked = Asked::now(&request);
        if let Err(error) = may_wait() {
            return asked.not_begun(error);
        }
        let run = || Arc::clone(&self.inner).execute(request, asked.clone());
        let waited = self.inner.engine.wait(run);
        waited.unwrap_or_else(|TornDown| asked.torn_down())
    }
}

/// Whether the calling thread may wait for something.
///
/// # Errors
/// [`Code::Unsupported`] within an asynchronous context.
pub(crate) fn may_wait() -> Result<()> {
    if Handle::try_current().is_err() {
        return Ok(());
    }
    let message = "nothing can be waited for on a thread of an asynchronous context";
    Err(Error::new(Code::Unsupported, message).hint("`.await` is for there"))
}

/// A run as it was asked for, and how far it has come.
#[derive(Clone)]
struct Asked {
    /// The one that it was given, or a new one.
    id: RunId,
    at: Instant,
    progress: Progress,
}

impl Asked {
    fn now(request: &Request) -> Self {
        Self {
            id: request.id.unwrap_or_else(Runtime::new_id),
            at: Instant::now(),
            progress: Progress::default(),
        }
    }

    /// What is said of it when it could not be begun.
    fn not_begun(&self, error: Error) -> Report {
        Report {
            run: self.id.to_string(),
            attempts: self.progress.attempts(),
            replayed: false,
            result: Err(error),
        }
    }

    /// What is said of it when its task is gone without an answer: the executor ended, or the host panicked.
    fn torn_down(&self) -> Report {
        let message = "the run was torn down before it ended";
        self.not_begun(match self.progress.given_up() {
            Code::OutcomeUnknown => Error::new(Code::OutcomeUnknown, message)
                .hint("it may be committed; a run that was given an id can be asked for again"),
            _ => Error::new(Code::Internal, message),
        })
    }
}

/// A run on the engine's threads; dropping it cancels the run.
struct Running {
    task: Cancelling<Report>,
    asked: Asked,
}

impl Running {
    fn on(engine: &Engine, run: impl Future<Output = Report> + Send + 'static, asked: Asked) -> Self {
        let task = Cancelling::of(engine.spawn(run));
        Self { task, asked }
    }

    async fn report(self) -> Report {
        self.task.await.unwrap_or_else(|_| self.asked.torn_down())
    }
}

impl Inner {
    async fn execute(self: Arc<Self>, request: Request, asked: Asked) -> Report {
        let (run, held) = match self.prepare(request, &asked) {
            Ok(prepared) => prepared,
            Err(error) => return asked.not_begun(error),
        };
        // It waits for its place as long as it may take at most.
        let deadline = run.begun + Duration::from_millis(run.limits.deadline_ms);
        let _place = match self.place(deadline).await {
            Ok(place) => place,
            Err(error) => return asked.not_begun(error),
        };
        self.see_through(&run, held).await
    }

    async fn see_through(self: &Arc<Self>, run: &Run, held: &Held) -> Report {
        let tell = |attempts, replayed, failure| {
            self.emit(&Event::RunEnded {
                context: run.context.name(),
                run: &run.id,
                what: run.work.name(),
                caller: &run.caller.id,
                attempts,
                replayed,
                failure,
            });
        };
        let ending = Ending::new(|why| {
            let code = match run.progress.given_up() {
                Code::Cancelled => why,
                other => other,
            };
            tell(run.progress.attempts(), false, Some(code));
        });
        let Outcome {
            result,
            attempts,
            replayed,
        } = run.execute(&**self).await;
        ending.ended();
        tell(attempts, replayed, result.as_ref().err().map(Error::code));
        if run.identity.is_some() {
            self.forget_some_answers(held);
        }
        Report {
            run: run.id.to_string(),
            attempts,
            replayed,
            result,
        }
    }

    /// Takes a place for guests, and waits for it until the deadline at most.
    pub(crate) async fn place(&self, deadline: Instant) -> Result<SemaphorePermit<'_>> {
        if let Ok(place) = self.places.try_acquire() {
            return Ok(place);
        }
        // Boxed: it is rare, and would make the future of every run larger.
        let waited = Box::pin(timeout_at(deadline.into(), self.places.acquire())).await;
        waited.ok().and_then(Result::ok).ok_or_else(|| {
            Error::new(Code::Busy, "all places were taken, for as long as it may take")
                .hint("nothing was attempted; it can be asked for again")
        })
    }

    /// Who is told of a run's events.
    fn observer_of(&self, listener: Option<Listener>) -> Observer {
        let all = Arc::clone(&self.observer);
        match listener {
            None => all,
            Some(Listener(own)) => Arc::new(move |event| {
                all(event);
                own(event);
            }),
        }
    }

    fn prepare(&self, request: Request, asked: &Asked) -> Result<(Run, &Held)> {
        let Request {
            work,
            id: given,
            caller,
            context,
            deadline_ms,
            listener,
        } = request;
        given.map_or(Ok(()), |id| self.check_id(id))?;
        let held = self.contexts.find(context.as_ref())?;
        let context = held.context.clone();
        let caller = caller.unwrap_or_else(CallerId::operator);
        caller.check_in(context.name().as_str())?;
        let mut limits = self.limits.clone();
        limits.deadline_ms = limits.deadline_ms.min(deadline_ms.unwrap_or(u64::MAX));
        let run = Run {
            id: asked.id.to_string().into(),
            begun: asked.at,
            circumstances: self.surroundings.now(),
            identity: given.map(|id| Identity {
                id,
                request: work.digest(),
            }),
            caller: Caller::local(&caller, context.name()),
            context,
            work,
            limits,
            observer: self.observer_of(listener),
            progress: asked.progress.clone(),
        };
        Ok((run, held))
    }
}
