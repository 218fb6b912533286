//! Making runs.

use std::sync::Arc;

use airs_core::{Caller, CallerId, Code, Error, Event, Result};
use airs_process::{Outcome, Run, Work};
use tokio::task::{JoinError, JoinHandle};
use ulid::Ulid;

use crate::request::{Operation, Report, Request};
use crate::runtime::{Inner, Runtime};

impl Runtime {
    /// Makes a run, and answers when it has ended. From any executor: guests execute on the runtime's own
    /// threads. Dropping the future cancels the run, and nothing of it remains, unless it was being
    /// committed.
    pub async fn perform(&self, request: Request) -> Report {
        let inner = Arc::clone(&self.inner);
        let executor = self.inner.engine.executor().handle();
        let running = Running(executor.spawn(async move { inner.execute(request, new_id()).await }));
        running.ended().await.unwrap_or_else(torn_down)
    }

    /// Makes many runs at once, each a transaction of its own, and answers in their order when all have ended.
    /// Cheaper than asking for each: the answers cross threads together. Dropping the future cancels those
    /// that have not ended.
    pub async fn perform_all(&self, requests: Vec<Request>) -> Vec<Report> {
        let inner = Arc::clone(&self.inner);
        let executor = self.inner.engine.executor().handle();
        let count = requests.len();
        let all = Running(executor.spawn(async move {
            let begin = |request| {
                let inner = Arc::clone(&inner);
                Running(tokio::spawn(
                    async move { inner.execute(request, new_id()).await },
                ))
            };
            let running: Vec<_> = requests.into_iter().map(begin).collect();
            let mut reports = Vec::with_capacity(running.len());
            for run in running {
                reports.push(run.ended().await.unwrap_or_else(torn_down));
            }
            reports
        }));
        all.ended()
            .await
            .unwrap_or_else(|error| vec![torn_down(error); count])
    }

    /// Makes a run, and waits for it on the calling thread.
    ///
    /// Not from within an asynchronous context: use [`perform`](Self::perform) there.
    pub fn perform_blocking(&self, request: Request) -> Report {
        let handle = self.inner.engine.executor().handle().clone();
        handle.block_on(self.perform(request))
    }
}

fn new_id() -> Arc<str> {
    Ulid::generate().to_string().into()
}

/// What is on the engine's executor; dropping it cancels it.
struct Running<T>(JoinHandle<T>);

impl<T> Running<T> {
    async fn ended(mut self) -> Result<T, JoinError> {
        (&mut self.0).await
    }
}

impl<T> Drop for Running<T> {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// What is said of a run whose task is gone without an answer.
#[expect(clippy::needless_pass_by_value, reason = "it is what unwrap_or_else passes")]
fn torn_down(error: JoinError) -> Report {
    let code = if error.is_cancelled() {
        Code::Cancelled
    } else {
        Code::Internal
    };
    let error = Error::new(code, "the run was torn down before it ended");
    Report {
        run: String::new(),
        attempts: 0,
        result: Err(error),
    }
}

impl Inner {
    async fn execute(&self, request: Request, id: Arc<str>) -> Report {
        let _place = self.places.acquire().await;
        let run = match self.prepare(request, &id) {
            Ok(run) => run,
            Err(error) => {
                return Report {
                    run: id.to_string(),
                    attempts: 0,
                    result: Err(error),
                };
            }
        };
        // Boxed: the task around it is moved as a whole, more than once.
        let Outcome { result, attempts } = Box::pin(run.execute()).await;
        self.emit(&Event::RunEnded {
            run: &id,
            what: run.work.name(),
            caller: &run.caller.id,
            attempts,
            failure: result.as_ref().err().map(Error::code),
        });
        Report {
            run: id.to_string(),
            attempts,
            result,
        }
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
        let caller = Caller::local(caller, context.name().as_str());
        let (drivers, log) = (Arc::clone(&routes.drivers), Arc::clone(&self.log));
        Ok(Run {
            id: Arc::clone(id),
            context,
            caller,
            work,
            drivers,
            limits,
            log,
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
