//! How long a group waits for more commits.

use std::time::{Duration, Instant};

/// A sync that takes less costs less than waiting does.
const SYNC_MIN: Duration = Duration::from_millis(1);
/// A sync that takes longer is no measure: the disk was busy, or hung. So no commit waits for more than 10 ms.
const SYNC_MAX: Duration = Duration::from_millis(10);
/// A group looks as often in the time of a sync, the longest that it waits, ...
const LOOKS: u32 = 16;
/// ... and no longer once nobody came between so many looks.
const EMPTY_LOOKS_MAX: u32 = 4;
/// Groups that do not wait after it was in vain, and in vain again.
const SKIPPED_MAX: u32 = 64;

/// Callers that were answered together mostly come back together, while the next group is being made durable. Two
/// halves of them would take turns, each with a sync of its own, so that each waits for two. Therefore a group that has
/// something to write waits for as many commits as there were when the last sync was done: those that it made durable,
/// and those that had come meanwhile. Whoever commits alone waits for nobody; and where others come by chance, so
/// that waiting does not pay, groups wait ever more rarely.
#[derive(Debug, Default)]
pub(super) struct Patience {
    expected: usize,
    sync: Duration,
    /// Groups that will not wait.
    skip: u32,
    /// How many did not, since waiting was in vain.
    skipped: u32,
}

/// The waiting of one group.
#[derive(Debug)]
pub(super) struct Wait {
    expected: usize,
    /// The longest that it waits.
    most: Duration,
    /// When it began to.
    since: Option<Instant>,
    /// How many there were at the last look.
    seen: usize,
    empty_looks: u32,
}

impl Patience {
    /// Whether more commits are likely to come soon: the last group had several, or did not have all.
    pub(super) fn expects_others(&self) -> bool {
        self.expected > 1
    }

    /// For the next group.
    pub(super) fn begin(&self) -> Wait {
        let waits = self.sync >= SYNC_MIN && self.skip == 0;
        Wait {
            expected: if waits { self.expected } else { 0 },
            most: self.sync.min(SYNC_MAX),
            since: None,
            seen: 0,
            empty_looks: 0,
        }
    }

    /// A group that waited like this had so many commits. Its sync took that long, and so many others were there when it
    /// was done.
    pub(super) fn learn(&mut self, wait: &Wait, commits: usize, others: usize, sync: Duration) {
        if wait.since.is_none() {
            self.skip = self.skip.saturating_sub(1);
        } else if wait.has_paid(commits) {
            self.skipped = 0;
        } else {
            self.skipped = (self.skipped * 2).clamp(1, SKIPPED_MAX);
            self.skip = self.skipped;
        }
        self.expected = commits + others;
        self.sync = sync;
    }
}

impl Wait {
    /// How long a group of so many pauses before it looks again, if it does.
    pub(super) fn pause(&mut self, commits: usize, now: Instant) -> Option<Duration> {
        if commits >= self.expected {
            return None;
        }
        self.empty_looks = if commits > self.seen {
            0
        } else {
            self.empty_looks + 1
        };
        self.seen = commits;
        let since = *self.since.get_or_insert(now);
        let goes_on = self.empty_looks < EMPTY_LOOKS_MAX && now.duration_since(since) < self.most;
        goes_on.then(|| self.most / LOOKS)
    }

    /// Whether most of those who were expected have come.
    fn has_paid(&self, commits: usize) -> bool {
        commits >= self.expected - self.expected / 4
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SYNC: Duration = Duration::from_millis(8);

    /// After a group that waited for nobody.
    fn after(commits: usize, others: usize, sync: Duration) -> Patience {
        let mut patience = Patience::default();
        patience.learn(&Patience::default().begin(), commits, others, sync);
        patience
    }

    #[test]
    fn a_group_waits_for_those_that_were_answered_and_those_that_had_come() {
        let mut wait = after(32, 32, SYNC).begin();
        let now = Instant::now();
        assert_eq!(wait.pause(32, now), Some(SYNC / LOOKS));
        assert_eq!(wait.pause(63, now), Some(SYNC / LOOKS));
        assert_eq!(wait.pause(64, now), None);
    }

    #[test]
    fn whoever_commits_alone_or_to_a_fast_disk_waits_for_nobody() {
        let now = Instant::now();
        assert_eq!(Patience::default().begin().pause(1, now), None);
        assert_eq!(after(1, 0, SYNC).begin().pause(1, now), None);
        assert_eq!(after(64, 0, SYNC_MIN / 2).begin().pause(1, now), None);
    }

    #[test]
    fn it_waits_as_long_as_a_sync_at_most_and_only_while_somebody_comes() {
        let now = Instant::now();
        let mut wait = after(64, 0, SYNC).begin();
        assert!(wait.pause(1, now).is_some());
        assert!(wait.pause(2, now + SYNC / 2).is_some());
        assert_eq!(wait.pause(3, now + SYNC), None);

        let mut wait = after(64, 0, SYNC).begin();
        let looks = (0..20).take_while(|_| wait.pause(1, now).is_some()).count();
        assert_eq!(looks, EMPTY_LOOKS_MAX as usize);

        // A disk that hung is no measure.
        let mut wait = after(64, 0, Duration::from_secs(30)).begin();
        assert_eq!(wait.pause(1, now), Some(SYNC_MAX / LOOKS));
        assert_eq!(wait.pause(2, now + SYNC_MAX), None);
    }

    #[test]
    fn groups_that_waited_in_vain_wait_more_rarely() {
        let mut patience = after(8, 8, SYNC);
        let now = Instant::now();
        let mut waited = Vec::new();
        for group in 0..40 {
            let mut wait = patience.begin();
            if wait.pause(8, now).is_some() {
                waited.push(group);
            }
            patience.learn(&wait, 8, 8, SYNC);
        }
        assert_eq!(waited, [0, 2, 5, 10, 19, 36]);

        // Once it pays again, so does the next.
        let mut wait = after(8, 8, SYNC).begin();
        wait.pause(8, now);
        patience.learn(&wait, 16, 0, SYNC);
        assert_eq!(patience.skipped, 0);
    }
}
