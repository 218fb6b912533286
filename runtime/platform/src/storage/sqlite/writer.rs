//! The thread that writes, and group commit.

mod alone;
mod job;
mod patience;
mod queue;
#[cfg(test)]
mod tests;

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread::{self, JoinHandle};
use std::time::Instant;

use rusqlite::{Connection, ErrorCode};
use tokio::sync::mpsc::error::TrySendError;
use tokio::sync::{Mutex, mpsc, oneshot};
use tokio::time::timeout_at;

use super::super::{Commit, Committed};
use super::fault::fault;
use super::group::Group;
use super::recent::Recent;
use super::schema::{self, Site};
use crate::StorageError;
use job::{Answer, Job};
use patience::Patience;
use queue::{Closed, Queue};

/// Commits in one group. From here on a commit's share of the sync is less than its own work, so that a bigger
/// group would only let its first ones wait longer.
const GROUP_COMMITS_MAX: usize = 512;

/// Bytes of keys and values after which a group takes no more commits: as much as one run may write by
/// default. It bounds how long the ones after it wait.
const GROUP_BYTES_MAX: usize = 16 << 20;

/// Commits that wait for the thread: the next group, while it writes one. Who comes after them waits outside.
const QUEUE_COMMITS_MAX: usize = GROUP_COMMITS_MAX;

/// The way to the writing thread, which ends with it.
pub(super) struct Writer {
    queue: Option<mpsc::Sender<Job>>,
    thread: Option<JoinHandle<()>>,
    work: Arc<Mutex<Work>>,
    groups: Arc<AtomicU64>,
}

impl Writer {
    pub(super) fn start(
        connection: Connection,
        site: Site,
        recent: Arc<Recent>,
    ) -> Result<Self, StorageError> {
        let (queue, jobs) = mpsc::channel(QUEUE_COMMITS_MAX);
        let groups = Arc::new(AtomicU64::new(0));
        let work = Work {
            site,
            connection: Some(connection),
            recent,
            groups: Arc::clone(&groups),
            patience: Patience::default(),
            has_ended: false,
        };
        let work = Arc::new(Mutex::new(work));
        let thread = thread::Builder::new().name("airs-storage".into()).spawn({
            let work = Arc::clone(&work);
            move || run(&work, jobs)
        });
        let thread = thread.map_err(|error| unavailable("start the thread that writes", error))?;
        Ok(Self {
            queue: Some(queue),
            thread: Some(thread),
            work,
            groups,
        })
    }

    pub(super) async fn commit(&self, commit: Arc<Commit>) -> Result<Committed, StorageError> {
        let deadline = commit.deadline;
        self.ask(deadline, |answer| Job::Commit(commit, answer)).await
    }

    pub(super) async fn acquire(&self) -> Result<u64, StorageError> {
        self.ask(None, Job::Acquire).await
    }

    pub(super) fn groups(&self) -> u64 {
        self.groups.load(Ordering::Relaxed)
    }

    async fn ask<T: Send + 'static>(
        &self,
        deadline: Option<Instant>,
        job: impl FnOnce(Answer<T>) -> Job,
    ) -> Result<T, StorageError> {
        let (to, answer) = oneshot::channel();
        let job = job(Answer::to(to));
        let answer = match self.alone() {
            Some(alone) => alone.serve(job, answer).await,
            None => {
                self.place(deadline).await?.send(job);
                answer.await
            }
        };
        // Every job that is taken is answered, unless there was a panic with it.
        answer.unwrap_or_else(|gone| {
            Err(StorageError::OutcomeUnknown {
                source: Arc::new(gone),
            })
        })
    }

    /// A place in the queue; who waits for one past the deadline has asked for nothing.
    async fn place(&self, deadline: Option<Instant>) -> Result<mpsc::Permit<'_, Job>, StorageError> {
        let ended = || {
            let cause = io::Error::other("the thread that writes has ended");
            unavailable("write", cause)
        };
        let queue = self.queue.as_ref().ok_or_else(ended)?;
        let place = match (queue.try_reserve(), deadline) {
            (Err(TrySendError::Full(())), Some(deadline)) => timeout_at(deadline.into(), queue.reserve())
                .await
                .map_err(|_| StorageError::Late)?,
            (Err(TrySendError::Full(())), None) => queue.reserve().await,
            (Ok(place), _) => return Ok(place),
            (Err(TrySendError::Closed(())), _) => return Err(ended()),
        };
        place.map_err(|_| ended())
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        drop(self.queue.take());
        if let Some(thread) = self.thread.take() {
            // A panic was reported when it happened, and there is nobody left to tell.
            let _ = thread.join();
        }
    }
}

/// What is needed to write; whoever writes has it for itself.
struct Work {
    site: Site,
    /// None after an error, or a panic, that may have left the connection with a wrong idea of the file.
    connection: Option<Connection>,
    recent: Arc<Recent>,
    groups: Arc<AtomicU64>,
    patience: Patience,
    /// Nobody is there any more whom it is for.
    has_ended: bool,
}

fn run(work: &Mutex<Work>, mut queue: mpsc::Receiver<Job>) {
    let mut jobs = Vec::with_capacity(GROUP_COMMITS_MAX);
    while let Some(first) = queue.blocking_recv() {
        jobs.push(first);
        work.blocking_lock().serve(&mut jobs, &mut queue);
    }
    // Whoever ended the thread waits for it: then nobody writes any more, and the file is closed.
    let mut work = work.blocking_lock();
    work.has_ended = true;
    work.connection = None;
}

impl Work {
    /// Answers all jobs, together if that goes well, and with those that join them.
    fn serve(&mut self, jobs: &mut Vec<Job>, queue: &mut impl Queue) {
        match self.write(jobs, queue) {
            Ok(()) => jobs.drain(..).for_each(Job::answer),
            // It may be one job's fault: its pages are damaged, or it alone is too much for the disk.
            Err(StorageError::Full { .. } | StorageError::Corrupt { .. }) if jobs.len() > 1 => {
                for job in jobs.drain(..) {
                    self.serve(&mut vec![job], &mut Closed);
                }
            }
            Err(error) => jobs.drain(..).for_each(|job| job.fail(error.clone())),
        }
    }

    /// Makes all jobs durable, in one transaction, and those that join them.
    fn write(&mut self, jobs: &mut Vec<Job>, queue: &mut impl Queue) -> Result<(), StorageError> {
        let mut connection = match self.connection.take() {
            Some(connection) => connection,
            None => schema::open(&self.site)?,
        };
        let written = write(&mut connection, &self.recent, jobs, queue, &mut self.patience);
        let is_broken = matches!(
            written,
            Err(StorageError::Unavailable { .. } | StorageError::OutcomeUnknown { .. })
        );
        if !is_broken && connection.is_autocommit() {
            self.connection = Some(connection);
        }
        if written? {
            self.groups.fetch_add(1, Ordering::Relaxed);
        }
        Ok(())
    }
}

/// One transaction; returns whether there was anything to write.
fn write(
    connection: &mut Connection,
    recent: &Recent,
    jobs: &mut Vec<Job>,
    queue: &mut impl Queue,
    patience: &mut Patience,
) -> Result<bool, StorageError> {
    let failed = |error| fault("write", error);
    let mut group = Group::begin(connection, recent).map_err(failed)?;
    let (mut applied, mut bytes) = (0, 0);
    let mut wait = patience.begin();
    loop {
        // Applied as they come, so that those who wait for others lose no time by it.
        while let Some(job) = jobs.get_mut(applied) {
            bytes += job.bytes();
            job.apply(&mut group).map_err(failed)?;
            applied += 1;
        }
        if applied >= GROUP_COMMITS_MAX || bytes >= GROUP_BYTES_MAX {
            break;
        }
        if let Some(next) = queue.next() {
            jobs.push(next);
        } else if !group.has_changes() {
            return Ok(false);
        } else if let Some(pause) = wait.pause(applied, Instant::now()) {
            thread::park_timeout(pause);
        } else {
            break;
        }
    }
    if !group.has_changes() {
        return Ok(false);
    }
    group.close().map_err(failed)?;
    match group.durable() {
        Ok(sync) => {
            patience.learn(&wait, applied, queue.waiting(), sync);
            Ok(true)
        }
        // The log had no room for it. Any other error may have come after its last write, with the sync.
        Err(error) if error.sqlite_error_code() == Some(ErrorCode::DiskFull) => Err(failed(error)),
        Err(error) => Err(StorageError::OutcomeUnknown {
            source: Arc::new(error),
        }),
    }
}

fn unavailable(doing: &str, error: io::Error) -> StorageError {
    StorageError::Unavailable {
        doing: doing.into(),
        source: Arc::new(error),
    }
}
