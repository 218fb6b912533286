//! Work that ends when nobody waits for it any more.

use std::pin::Pin;
use std::task::{Context, Poll};

use tokio::task::{JoinError, JoinHandle};

/// A task that is cancelled when this is dropped. Of work that blocks a thread that is only true until it has begun.
///
/// ```
/// use airs_engine::{Cancelling, Engine};
///
/// async fn answer(engine: &Engine) -> Option<u32> {
///     let task = engine.spawn(async { 42 });
///     Cancelling::of(task).await.ok()
/// }
/// ```
#[derive(Debug)]
pub struct Cancelling<T>(JoinHandle<T>);

impl<T> Cancelling<T> {
    /// Has a task cancelled unless this lives until it is done.
    pub fn of(task: JoinHandle<T>) -> Self {
        Self(task)
    }
}

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
