//! Making runs.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use airs_core::{Caller, CallerId, Code, Error, Result};
use airs_process::{Outcome, Progress, Run, Work};
use tokio::runtime::Handle;
use tokio::sync::SemaphorePermit;
use tokio::task::{JoinError, JoinHandle};
use tokio::time::timeout;
use ulid::Ulid;

use crate::ending::Ending;
use crate::request::{Operation, Report, Request};
use crate::runtime::{Inner, Runtime};

impl Runtime {
    /// Makes a run, and answers when it has ended. From any executor: guests execute on the runtime's own
    /// threads. Dropping the future cancels the run, and nothing of it remains, unless it was being
    /// committed; [`Event::RunEnded`](crate::Event::RunEnded) tells which of the two.
    pub async fn perform(&self, request: Request) -> Report {
        let (inner, id) = (Arc::clone(&self.inner), new_id());
        let executor = self.inner.engine.executor();
        Running::on(executor, inner, request, id).report().await
    }

    /// Makes many runs at once, each a transaction of its own, and answers in their order when all have ended.
    /// Cheaper than asking for each: the answers cross threads together. Dropping the future cancels those
    /// that have not ended.
    pub async fn perform_all(&self, requests: Vec<Request>) -> Vec<Report> {
        let inner = Arc::clone(&self.inner);
        let executor = self.inner.engine.executor();
        let ids: Vec<Arc<str>> = requests.iter().map(|_| new_id()).collect();
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

pub(crate) fn new_id() -> Arc<str> {
    Ulid::generate().to_string().into()
}

/// A run on the engine's executor; dropping it cancels the run.
struct Running {
    task: Cancelling<Report>,
    id: Arc<str>,
}

impl Running {
    fn on(executor: &Handle, inner: Arc<Inner>, request: Request, id: Arc<str>) -> Self {
        let known = Arc::clone(&id);
        let task = executor.spawn(async move { inner.execute(request, known).await });
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
#[expect(clippy::needless_pass_by_value, reason = "it is mapped over ids")]
fn torn_down(id: Arc<str>) -> Report {
    let error = Error::new(Code::Internal, "the run was torn down before it ended");
    Report {
        run: id.to_string(),
        attempts: 0,
        result: Err(error),
    }
}

impl Inner {
    async fn execute(&self, request: Request, id: Arc<str>) -> Report {
        match self.begin(request, &id).await {
            // Boxed: the task around it is moved as a whole, more than once.
            Ok((run, _place)) => Box::pin(self.see_through(run)).await,
            Err(error) => Report {
                run: id.to_string(),
                attempts: 0,
                result: Err(error),
            },
        }
    }

    async fn see_through(&self, run: Run) -> Report {
        let mut ending = Ending::of(self, &run);
        let Outcome { result, attempts } = run.execute().await;
        ending.tell(attempts, result.as_ref().err().map(Error::code));
        Report {
            run: run.id.to_string(),
            attempts,
            result,
        }
    }

    /// Takes a place for the run, and pins what it works with. It waits for a place as long as the run may
    /// take, at most.
    async fn begin(&self, request: Request, id: &Arc<str>) -> Result<(Run, SemaphorePermit<'_>)> {
        let most = self
            .limits
            .deadline_ms
            .min(request.deadline_ms.unwrap_or(u64::MAX));
        let place = self.place(most).await?;
        Ok((self.prepare(request, id)?, place))
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

    /// Pins what the run works with: one routing table, read once.
    fn prepare(&self, request: Request, id: &Arc<str>) -> Result<Run> {
        let Request {
            operation,
            caller,
            context,
            deadline_ms,
        } = request;
        let routes = self.routes();
        let context = self.contexts.find(context.as_ref())?.clone();
        let caller = caller.unwrap_or_else(CallerId::operator);
        let mut limits = self.limits.clone();
        let work = match operation {
            Operation::Program { name, input } => {
                let program = routes.programs.get(name.as_str()).cloned();
                let program = program.ok_or_else(|| self.unknown_program(&name))?;
                limits = limits.min(program.limits());
                Work::Program { program, input }
            }
            Operation::View { path } => Work::View { path },
            Operation::Control {
                path,
                operation,
                input,
            } => Work::Control {
                path,
                operation,
                input,
            },
            Operation::Bind(placement) => Work::Bind(placement),
            Operation::Unbind { path } => Work::Unbind { path },
            Operation::Bindings => Work::Bindings,
        };
        limits.deadline_ms = limits.deadline_ms.min(deadline_ms.unwrap_or(u64::MAX));
        caller.check_in(context.name().as_str())?;
        let caller = Caller::local(&caller, context.name());
        let (drivers, observer) = (Arc::clone(&routes.drivers), Arc::clone(&self.observer));
        Ok(Run {
            id: Arc::clone(id),
            context,
            caller,
            work,
            drivers,
            limits,
            observer,
            progress: Progress::default(),
        })
    }

    fn unknown_program(&self, name: &str) -> Error {
        let error = Error::new(Code::NotFound, format!("there is no program {name:?}"));
        match self.names().as_slice() {
            [] => error.hint("no program is in service: `cargo airs build` builds those of the project"),
            known => {
                let known: Vec<&str> = known.iter().map(airs_core::Name::as_str).collect();
                error.hint(format!("in service: {}", known.join(", ")))
            }
        }
    }
}
