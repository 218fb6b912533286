//! Who may join a group.

use tokio::sync::mpsc;

use super::job::Job;

/// Where the jobs come from that join a group.
pub(super) trait Queue {
    /// The next one that is there.
    fn next(&mut self) -> Option<Job>;
    /// How many are there.
    fn waiting(&self) -> usize;
}

impl Queue for mpsc::Receiver<Job> {
    fn next(&mut self) -> Option<Job> {
        self.try_recv().ok()
    }

    fn waiting(&self) -> usize {
        self.len()
    }
}

/// Nobody joins a group that is tried again one by one.
pub(super) struct Closed;

impl Queue for Closed {
    fn next(&mut self) -> Option<Job> {
        None
    }

    fn waiting(&self) -> usize {
        0
    }
}
