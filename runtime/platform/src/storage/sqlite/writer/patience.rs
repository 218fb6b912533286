//! How long a group waits for more commits.

use std::time::Duration;

/// A sync that takes less costs less than waiting does.
const SYNC_MIN: Duration = Duration::from_millis(1);
/// A sync that takes longer is no measure: the disk was busy, or hung. So no commit waits for more than 5 ms.
const SYNC_MAX: Duration = Duration::from_millis(10);
/// A group waits in steps, at most half as long as the sync that it would share.
const STEPS_MAX: u32 = 4;
const STEPS_PER_SYNC: u32 = 8;

/// Those who were answered together mostly come back together, while the next group is being written, so that two halves
/// of them would take turns, each with a sync of its own. A group waits for as many as there were the last time, those
/// that were written and those that waited. Whoever commits alone waits for nobody.
#[derive(Debug, Default)]
pub(super) struct Patience {
    expected: usize,
    sync: Duration,
}

impl Patience {
    /// The last sync took so long.
    pub(super) fn synced_in(&mut self, sync: Duration) {
        self.sync = sync;
    }

    /// So many were written, or waited by then.
    pub(super) fn expect(&mut self, commits: usize) {
        self.expected = commits;
    }

    /// How long a group of so many waits before it looks again, after so many times.
    pub(super) fn step(&self, commits: usize, steps: u32) -> Option<Duration> {
        let waits = self.sync >= SYNC_MIN && commits < self.expected && steps < STEPS_MAX;
        waits.then(|| self.sync.min(SYNC_MAX) / STEPS_PER_SYNC)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(commits: usize, sync_ms: u64) -> Patience {
        let mut patience = Patience::default();
        patience.synced_in(Duration::from_millis(sync_ms));
        patience.expect(commits);
        patience
    }

    #[test]
    fn a_group_waits_for_as_many_as_there_were_and_half_a_sync_at_most() {
        let patience = after(64, 8);
        let step = Duration::from_millis(1);
        assert_eq!(patience.step(32, 0), Some(step));
        assert_eq!(patience.step(63, 3), Some(step));
        assert_eq!(patience.step(63, 4), None);
        assert_eq!(patience.step(64, 0), None);
        assert_eq!(after(64, 30_000).step(1, 0), Some(SYNC_MAX / STEPS_PER_SYNC));
    }

    #[test]
    fn whoever_commits_alone_or_to_a_fast_disk_waits_for_nobody() {
        assert_eq!(Patience::default().step(1, 0), None);
        assert_eq!(after(1, 8).step(1, 0), None);
        assert_eq!(after(64, 0).step(1, 0), None);
    }
}
