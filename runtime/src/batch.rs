//! Many runs that are asked for together.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::{iter, mem, vec};

use airs_engine::Cancelling;
use tokio::runtime::Handle;
use tokio::task::coop::consume_budget;

use crate::perform::{Asked, Running};
use crate::request::{Report, Request};
use crate::runtime::{Inner, Runtime};

impl Runtime {
    /// Makes many runs at once, each a transaction of its own, and answers in their order when all have ended.
    /// Cheaper than asking for each: the answers cross threads together, and what does not have to wait is made where
    /// the one before it was. Dropping the future cancels those that have not ended.
    pub async fn perform_all(&self, requests: Vec<Request>) -> Vec<Report> {
        let asked: Vec<Asked> = requests.iter().map(Asked::now).collect();
        let executor = self.inner.engine.executor();
        let lanes = executor.metrics().num_workers().min(requests.len());
        let batch = Batch(Arc::new(Waiting {
            inner: Arc::clone(&self.inner),
            runs: Mutex::new(
                iter::zip(requests, asked.clone())
                    .enumerate()
                    .collect::<Vec<_>>()
                    .into_iter(),
            ),
        }));
        let lane = || Cancelling::of(executor.spawn(Arc::clone(&batch.0).lane()));
        let lanes: Vec<_> = iter::repeat_with(lane).take(lanes).collect();
        let mut reports: Vec<Option<Report>> = asked.iter().map(|_| None).collect();
        for lane in lanes {
            for (index, report) in lane.await.unwrap_or_default() {
                if let Some(place) = reports.get_mut(index) {
                    *place = Some(report);
                }
            }
        }
        iter::zip(reports, asked)
            .map(|(report, asked)| report.unwrap_or_else(|| asked.torn_down()))
            .collect()
    }
}

/// What somebody waits for; dropped, nothing more of it is begun.
struct Batch(Arc<Waiting>);

impl Drop for Batch {
    fn drop(&mut self) {
        drop(self.0.take());
    }
}

/// Runs that are not begun.
struct Waiting {
    inner: Arc<Inner>,
    runs: Mutex<vec::IntoIter<(usize, (Request, Asked))>>,
}

impl Waiting {
    fn take(&self) -> vec::IntoIter<(usize, (Request, Asked))> {
        mem::take(&mut self.runs.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn next(&self) -> Option<(usize, (Request, Asked))> {
        self.runs.lock().unwrap_or_else(PoisonError::into_inner).next()
    }

    /// Makes one run after the other, with the memory of the one before it. One that has to wait goes on by itself.
    async fn lane(self: Arc<Self>) -> Vec<(usize, Report)> {
        let executor = Handle::current();
        let (mut ended, mut going_on) = (Vec::new(), Vec::new());
        while let Some((index, (request, asked))) = self.next() {
            let mut run = Box::pin(Arc::clone(&self.inner).execute(request, asked.clone()));
            match begin(run.as_mut()).await {
                Some(Ok(report)) => ended.push((index, report)),
                Some(Err(Panicked)) => ended.push((index, asked.torn_down())),
                None => going_on.push((index, Running::on(&executor, run, asked))),
            }
            consume_budget().await;
        }
        for (index, run) in going_on {
            ended.push((index, run.report().await));
        }
        ended
    }
}

/// It was reported when it happened.
struct Panicked;

/// Begins something: none when it has to wait. A panic is that of one run, as it is in a task of its own.
async fn begin<T>(mut run: Pin<&mut (impl Future<Output = T> + Send)>) -> Option<Result<T, Panicked>> {
    std::future::poll_fn(|context: &mut Context<'_>| {
        let polled = catch_unwind(AssertUnwindSafe(|| run.as_mut().poll(context)));
        Poll::Ready(match polled {
            Ok(Poll::Ready(ended)) => Some(Ok(ended)),
            Ok(Poll::Pending) => None,
            Err(_) => Some(Err(Panicked)),
        })
    })
    .await
}
