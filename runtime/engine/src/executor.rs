//! Where guests execute.

use std::io;

use tokio::runtime::{Builder, Handle, Runtime};

/// Threads of the engine's own, on which guests execute and nothing else: however long they compute, the
/// threads of an API or of a development loop stay free.
#[derive(Debug)]
pub(crate) struct Executor {
    runtime: Option<Runtime>,
}

impl Executor {
    pub(crate) fn start(threads: usize) -> io::Result<Self> {
        let runtime = Builder::new_multi_thread()
            .worker_threads(threads)
            .thread_name("airs-guest")
            .enable_time()
            .build()?;
        Ok(Self {
            runtime: Some(runtime),
        })
    }

    /// Where to spawn what executes guests.
    #[expect(clippy::expect_used, reason = "the runtime is taken in drop only")]
    pub(crate) fn handle(&self) -> &Handle {
        self.runtime.as_ref().expect("present until dropped").handle()
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
