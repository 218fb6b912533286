//! Where guests execute.

use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::runtime::{Builder, Handle, Runtime};
use tokio::task::JoinHandle;

use crate::giving_way::Watched;

/// Threads of the engine's own, on which guests execute and nothing else: however long they compute, the
/// threads of an API or of a development loop stay free. Only a thread that would do nothing but wait for a guest
/// executes it itself.
#[derive(Debug)]
pub(crate) struct Executor {
    runtime: Option<Runtime>,
    /// As much work as there may be when a thread of others is to execute guests, too.
    lent_max: usize,
    lent: AtomicUsize,
}

/// Work that ended without a result: it panicked.
///
/// ```
/// use airs_engine::{Engine, TornDown};
///
/// fn answer(engine: &Engine) -> Result<u32, TornDown> {
///     engine.wait(|| async { 42 })
/// }
/// ```
#[derive(Debug)]
pub struct TornDown;

/// A thread that waits for a guest executes it.
struct Lent<'e>(&'e AtomicUsize);

impl Executor {
    /// `may_borrow` threads of those who wait.
    pub(crate) fn start(threads: usize, may_borrow: bool) -> io::Result<Self> {
        let runtime = Builder::new_multi_thread()
            .worker_threads(threads)
            .thread_name("airs-guest")
            .enable_time()
            .build()?;
        Ok(Self {
            runtime: Some(runtime),
            lent_max: if may_borrow { threads } else { 0 },
            lent: AtomicUsize::new(0),
        })
    }

    /// Begins work on threads of the executor's own.
    pub(crate) fn spawn<W>(&self, work: W) -> JoinHandle<W::Output>
    where
        W: Future<Output: Send + 'static> + Send + 'static,
    {
        // Boxed: a task is moved as a whole, more than once.
        self.handle().spawn(Watched(Box::pin(work)))
    }

    #[expect(clippy::expect_used, reason = "the runtime is taken in drop only")]
    pub(crate) fn handle(&self) -> &Handle {
        self.runtime.as_ref().expect("present until dropped").handle()
    }

    /// Does the work, and waits for it. To hand it to another thread, and to be woken by that one, may take longer
    /// than the work: it is done here, unless other work has begun on as many threads as there are.
    pub(crate) fn wait<T, W>(&self, work: impl FnOnce() -> W) -> Result<T, TornDown>
    where
        T: Send + 'static,
        W: Future<Output = T> + Send + 'static,
    {
        let executor = self.handle();
        let Some(_lent) = self.lend() else {
            let task = self.spawn(work());
            return executor.block_on(task).map_err(|_| TornDown);
        };
        // On this thread's stack, where it is made: it has some kilobytes, and an allocation and copies of so many take
        // longer than what they are for. A panic is caught as a task does it, and was reported when it happened.
        catch_unwind(AssertUnwindSafe(|| executor.block_on(Watched(pin!(work()))))).map_err(|_| TornDown)
    }

    fn lend(&self) -> Option<Lent<'_>> {
        let lent = Lent(&self.lent);
        let before = self.lent.fetch_add(1, Ordering::Relaxed);
        (before + self.handle().metrics().num_alive_tasks() < self.lent_max).then_some(lent)
    }
}

impl Drop for Lent<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Drop for Executor {
    fn drop(&mut self) {
        // Not the blocking kind of end: an executor may be dropped from within an asynchronous context.
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}
