//! Making runs.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use airs_core::{Caller, CallerId, Code, Error, Result, RunId};
use airs_driver::Identity;
use airs_process::{Outcome, Progress, Run};
use tokio::runtime::Handle;
use tokio::sync::SemaphorePermit;
use tokio::task::{JoinError, JoinHandle};
use tokio::time::timeout;

use crate::contexts::Held;
use crate::ending::Ending;
use crate::request::{Report, Request};
use crate::runtime::{Inner, Runtime};

impl Runtime {
    /// Makes a run, and answers when it has ended. From any executor: guests execute on the runtime's own
    /// threads. Dropping the future cancels the run, and nothing of it remains, unless it was being
    /// committed; [`Event::RunEnded`](crate::Event::RunEnded) tells which of the two.
    pub async fn perform(&self, request: Request) -> Report {
        let (inner, id) = (Arc::clone(&self.inner), id_of(&request));
        let executor = self.inner.engine.executor();
        Running::on(executor, inner, request, id).report().await
    }

    /// Makes many runs at once, each a transaction of its own, and answers in their order when all have ended.
    /// Cheaper than asking for each: the answers cross threads together. Dropping the future cancels those
    /// that have not ended.
    pub async fn perform_all(&self, requests: Vec<Request>) -> Vec<Report> {
        let inner = Arc::clone(&self.inner);
        let executor = self.inner.engine.executor();
        let ids: Vec<RunId> = requests.iter().map(id_of).collect();
        let known = ids.clone();
        let all = executor.spawn(async move {
            let executor = Handle::current();
            let begin = |(request, id)| Running::on(&executor, Arc::clone(&inner), request, id);
            let running: Vec<Running> = requests.into_iter().zip(ids).map(begin).collect();
            let mut reports = Vec::with_capacity(running.len());
            for run in running {
                reports.push(run.report().await);
            }
            reports
        });
        Cancelling(all)
            .await
            .unwrap_or_else(|_| known.into_iter().map(torn_down).collect())
    }

    /// Makes a run, and waits for it on the calling thread.
    ///
    /// Not from within an asynchronous context: use [`perform`](Self::perform) there.
    pub fn perform_blocking(&self, request: Request) -> Report {
        let handle = self.inner.engine.executor().clone();
        handle.block_on(self.perform(request))
    }
}

/// The run's id: the one that it was given, or a new one.
fn id_of(request: &Request) -> RunId {
    request.id.unwrap_or_else(Runtime::new_id)
}

/// A run on the engine's executor; dropping it cancels the run.
struct Running {
    task: Cancelling<Report>,
    id: RunId,
}

impl Running {
    fn on(executor: &Handle, inner: Arc<Inner>, request: Request, id: RunId) -> Self {
        let task = executor.spawn(async move { inner.execute(request, id).await });
        Self {
            task: Cancelling(task),
            id,
        }
    }

    async fn report(self) -> Report {
        self.task.await.unwrap_or_else(|_| torn_down(self.id))
    }
}

/// A task that is cancelled when nobody waits for it any more.
pub(crate) struct Cancelling<T>(pub(crate) JoinHandle<T>);

impl<T> Future for Cancelling<T> {
    type Output = Result<T, JoinError>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        Pin::new(&mut self.0).poll(context)
    }
}

impl<T> Drop for Cancelling<T> {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// What is said of a run whose task is gone without an answer: the executor ended, or the host panicked.
fn torn_down(id: RunId) -> Report {
    failed(
        id,
        Error::new(Code::Internal, "the run was torn down before it ended"),
    )
}

/// What is said of a run that could not be begun.
fn failed(id: RunId, error: Error) -> Report {
    Report {
        run: id.to_string(),
        attempts: 0,
        replayed: false,
        result: Err(error),
    }
}

impl Inner {
    async fn execute(self: &Arc<Self>, request: Request, id: RunId) -> Report {
        match self.begin(request, id).await {
            // Boxed: the task around it is moved as a whole, more than once.
            Ok((run, held, _place)) => Box::pin(self.see_through(run, held)).await,
            Err(error) => failed(id, error),
        }
    }

    async fn see_through(self: &Arc<Self>, run: Run, held: &Held) -> Report {
        let mut ending = Ending::of(self, &run);
        let Outcome {
            result,
            attempts,
            replayed,
        } = run.execute(&**self).await;
        ending.tell(attempts, replayed, result.as_ref().err().map(Error::code));
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

    /// Takes a place for the run, and waits for it as long as the run may take at most.
    async fn begin(&self, request: Request, id: RunId) -> Result<(Run, &Held, SemaphorePermit<'_>)> {
        let (run, held) = self.prepare(request, id)?;
        let place = self.place(run.limits.deadline_ms).await?;
        Ok((run, held, place))
    }

    /// Takes a place for guests, and waits for it so many milliseconds at most.
    pub(crate) async fn place(&self, milliseconds_max: u64) -> Result<SemaphorePermit<'_>> {
        if let Ok(place) = self.places.try_acquire() {
            return Ok(place);
        }
        let waited = timeout(Duration::from_millis(milliseconds_max), self.places.acquire()).await;
        waited.ok().and_then(Result::ok).ok_or_else(|| {
            Error::new(Code::Busy, "all places were taken, for as long as it may take")
                .hint("nothing was attempted; it can be asked for again")
        })
    }

    fn prepare(&self, request: Request, id: RunId) -> Result<(Run, &Held)> {
        let Request {
            work,
            id: given,
            caller,
            context,
            deadline_ms,
        } = request;
        given.map_or(Ok(()), |id| self.check_id(id))?;
        let held = self.contexts.find(context.as_ref())?;
        let context = held.context.clone();
        let caller = caller.unwrap_or_else(CallerId::operator);
        caller.check_in(context.name().as_str())?;
        let mut limits = self.limits.clone();
        limits.deadline_ms = limits.deadline_ms.min(deadline_ms.unwrap_or(u64::MAX));
        let run = Run {
            id: id.to_string().into(),
            identity: given.map(|id| Identity {
                id,
                request: work.digest(),
            }),
            caller: Caller::local(&caller, context.name()),
            context,
            work,
            limits,
            observer: Arc::clone(&self.observer),
            progress: Progress::default(),
        };
        Ok((run, held))
    }
}
