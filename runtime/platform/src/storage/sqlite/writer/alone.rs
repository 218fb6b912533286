//! A commit that is made where it is asked for.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use tokio::runtime::Handle;
use tokio::sync::oneshot::{Receiver, error::RecvError};
use tokio::sync::{Mutex, mpsc};

use super::job::Job;
use super::queue::Queue;
use super::{Work, Writer};

/// Whoever commits alone writes on the thread that it is on: to wake another one, and to be woken by it, takes a good part
/// of what a fast disk needs for a sync.
///
/// The sync blocks that thread. So there has to be one for each task of the executor, and another one for whoever comes
/// meanwhile and for the clock. It is done by a task of its own, so that the one that asks gives up waiting when it would
/// have otherwise.
pub(super) struct Alone {
    executor: Handle,
    work: Arc<Mutex<Work>>,
    others: Others,
}

/// Who has asked for it, and waits for the answer.
///
/// Who gives that up leaves a task behind that goes on waiting: a disk that hangs takes a thread each time, and as long as
/// each such commit is two tasks, one thread is left.
pub(super) struct Asking<T: Send + 'static> {
    executor: Handle,
    /// None once it is there.
    answer: Option<Receiver<T>>,
}

/// They wait until it is done. That it is to be done keeps no writer from being dropped.
struct Others(mpsc::WeakSender<Job>);

impl Writer {
    /// What a commit needs that has nobody beside it.
    pub(super) fn alone(&self) -> Option<Alone> {
        let executor = Handle::try_current().ok()?;
        let (threads, tasks) = (
            executor.metrics().num_workers(),
            executor.metrics().num_alive_tasks(),
        );
        let queue = self.queue.as_ref().filter(|queue| !queue.is_closed())?;
        let others = Others(queue.downgrade());
        // Where there is no task, nobody asks on one of those threads.
        if threads < 2 || !(1..=threads).contains(&tasks) || others.waiting() > 0 {
            return None;
        }
        let is_alone = !self.work.try_lock().ok()?.patience.expects_others();
        is_alone.then(|| Alone {
            executor,
            work: Arc::clone(&self.work),
            others,
        })
    }
}

impl Alone {
    /// Does it next: a task that another one makes is the first in line on its thread.
    pub(super) fn serve<T: Send>(self, job: Job, answer: Receiver<T>) -> Asking<T> {
        let Self {
            executor,
            work,
            mut others,
        } = self;
        executor.spawn(async move {
            let mut work = work.lock().await;
            if !work.has_ended {
                work.serve(&mut vec![job], &mut others);
            }
        });
        Asking {
            executor,
            answer: Some(answer),
        }
    }
}

impl<T: Send> Future for Asking<T> {
    type Output = Result<T, RecvError>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let Some(answer) = self.answer.as_mut() else {
            return Poll::Pending;
        };
        let answer = ready!(Pin::new(answer).poll(context));
        self.answer = None;
        Poll::Ready(answer)
    }
}

impl<T: Send> Drop for Asking<T> {
    fn drop(&mut self) {
        if let Some(answer) = self.answer.take() {
            self.executor.spawn(answer);
        }
    }
}

impl Queue for Others {
    fn next(&mut self) -> Option<Job> {
        None
    }

    fn waiting(&self) -> usize {
        let queue = self.0.upgrade();
        queue.map_or(0, |queue| queue.max_capacity() - queue.capacity())
    }
}

#[cfg(test)]
mod tests {
    use std::future::pending;

    use rusqlite::Connection;
    use tokio::runtime::{Builder, Runtime};
    use tokio::sync::oneshot;

    use super::super::super::super::{Commit, Committed};
    use super::super::super::schema::{self, Site};
    use super::super::job::Answer;
    use super::*;
    use crate::StorageError;

    fn writer() -> (tempfile::TempDir, Site, Arc<Writer>) {
        let folder = tempfile::tempdir().unwrap();
        let site = Site::of(&folder.path().join("state.db")).unwrap();
        let connection = schema::open(&site).unwrap();
        let writer = Writer::start(connection, site.clone(), Arc::default()).unwrap();
        (folder, site, writer.into())
    }

    fn commit() -> Arc<Commit> {
        let writes = vec![(b"key".to_vec(), Some(b"value".as_slice().into()))];
        Commit {
            writes,
            ..Commit::default()
        }
        .into()
    }

    fn rows(site: &Site) -> u32 {
        let connection = Connection::open(site.path()).unwrap();
        connection
            .query_row("SELECT count(*) FROM kv", (), |row| row.get(0))
            .unwrap()
    }

    fn threads(count: usize) -> Runtime {
        Builder::new_multi_thread().worker_threads(count).build().unwrap()
    }

    fn is_alone(writer: &Arc<Writer>, executor: &Runtime) -> bool {
        let writer = Arc::clone(writer);
        let looked = executor.spawn(async move { writer.alone().is_some() });
        executor.block_on(looked).unwrap()
    }

    #[test]
    fn only_who_is_alone_with_a_thread_to_spare_writes_on_its_own() {
        let (_folder, _, writer) = writer();
        assert!(writer.alone().is_none());
        let executor = threads(2);
        assert!(executor.block_on(async { writer.alone().is_none() }));
        assert!(!is_alone(&writer, &threads(1)));
        assert!(is_alone(&writer, &threads(2)));
        let busy = threads(2);
        (0..2).for_each(|_| drop(busy.spawn(pending::<()>())));
        assert!(!is_alone(&writer, &busy));
        let written = writer.work.blocking_lock();
        assert!(!is_alone(&writer, &threads(2)));
        drop(written);
        assert!(is_alone(&writer, &threads(2)));
    }

    #[test]
    fn it_is_answered_when_it_is_durable() {
        let (_folder, site, writer) = writer();
        let executor = threads(2);
        for version in 1..=3 {
            let writer = Arc::clone(&writer);
            let committed = executor.spawn(async move { writer.commit(commit()).await });
            let committed = executor.block_on(committed).unwrap().unwrap();
            assert_eq!(committed, Committed::Applied(version));
        }
        assert_eq!((writer.groups(), rows(&site)), (3, 1));
    }

    /// One that is made when `executor` is driven, and who waits for it.
    fn later(writer: &Writer, executor: &Runtime) -> Asking<Result<Committed, StorageError>> {
        let (to, answer) = oneshot::channel();
        let queue = writer.queue.as_ref().unwrap().downgrade();
        let alone = Alone {
            executor: executor.handle().clone(),
            work: Arc::clone(&writer.work),
            others: Others(queue),
        };
        alone.serve(Job::Commit(commit(), Answer::to(to)), answer)
    }

    #[test]
    fn one_that_was_not_begun_when_its_writer_was_dropped_is_not_made() {
        let (_folder, site, writer) = writer();
        let executor = Builder::new_current_thread().build().unwrap();
        let asking = later(&writer, &executor);
        drop(writer);
        assert!(executor.block_on(asking).is_err());
        assert_eq!(rows(&site), 0);
    }

    #[test]
    fn who_gives_up_waiting_leaves_a_task_in_its_place_until_it_is_made() {
        let (_folder, site, writer) = writer();
        let executor = Builder::new_current_thread().build().unwrap();
        let tasks = || executor.metrics().num_alive_tasks();
        let asking = later(&writer, &executor);
        assert_eq!(tasks(), 1);
        drop(asking);
        assert_eq!(tasks(), 2);
        while tasks() > 0 {
            executor.block_on(tokio::task::yield_now());
        }
        assert_eq!(rows(&site), 1);
        // Who has been answered leaves none.
        let answer = executor.block_on(later(&writer, &executor));
        assert!(matches!(answer, Ok(Ok(Committed::Applied(2)))));
        assert_eq!(tasks(), 0);
    }
}
