//! What an attempt has touched.

use std::hash::{BuildHasher, RandomState};

use airs_platform::{Check, Commit, Key};

/// Turns keys into numbers; nobody who chooses keys can choose their numbers. Two keys with one number make two
/// attempts wait for each other that need not, and no more.
#[derive(Debug, Default)]
pub(super) struct Marks(RandomState);

/// What an attempt has read and written.
///
/// An example is at [`Ticket`](crate::Ticket).
#[derive(Clone, Debug, Default)]
pub struct Footprint {
    /// The marks of all keys that were read, in ascending order.
    reads: Vec<u64>,
    /// The marks of all keys that were written, in ascending order.
    writes: Vec<u64>,
    /// The prefixes of all ranges that were read.
    ranges: Vec<Key>,
    /// The keys that were written, in ascending order, to be compared with others' ranges.
    written: Vec<Key>,
}

impl Footprint {
    pub(super) fn of(commit: &Commit, marks: &Marks) -> Self {
        let mut footprint = Self::default();
        for check in &commit.checks {
            match check {
                Check::Key { key, .. } => footprint.reads.push(marks.0.hash_one(key)),
                Check::Range { range, .. } => footprint.ranges.push(range.prefix.clone()),
                // Two who take room do not change what the other one read.
                Check::Room { .. } => {}
            }
        }
        for (key, _) in &commit.writes {
            footprint.writes.push(marks.0.hash_one(key));
            footprint.written.push(key.clone());
        }
        footprint.sorted()
    }

    /// This one and what another has touched.
    #[must_use]
    pub fn and(mut self, other: &Self) -> Self {
        self.reads.extend_from_slice(&other.reads);
        self.writes.extend_from_slice(&other.writes);
        self.ranges.extend_from_slice(&other.ranges);
        self.written.extend_from_slice(&other.written);
        self.sorted()
    }

    /// Whether one of the two writes what the other reads or writes.
    pub(super) fn clashes(&self, other: &Self) -> bool {
        self.is_touched_by(other) || self.is_read_by(other)
    }

    /// Whether the other writes what this one reads or writes.
    pub(super) fn is_touched_by(&self, other: &Self) -> bool {
        meet(&self.writes, &other.writes) || other.is_read_by(self)
    }

    /// Whether the other reads what this one writes.
    fn is_read_by(&self, other: &Self) -> bool {
        meet(&self.writes, &other.reads) || other.searches(&self.written)
    }

    /// Whether one of these keys, in ascending order, is in a range. It is asked while everybody in the line is kept
    /// waiting: the keys are not looked at one by one.
    fn searches(&self, keys: &[Key]) -> bool {
        self.ranges.iter().any(|prefix| {
            let first = keys.partition_point(|key| key < prefix);
            keys.get(first).is_some_and(|key| key.starts_with(prefix))
        })
    }

    fn sorted(mut self) -> Self {
        for marks in [&mut self.reads, &mut self.writes] {
            marks.sort_unstable();
            marks.dedup();
        }
        for keys in [&mut self.ranges, &mut self.written] {
            keys.sort_unstable();
            keys.dedup();
        }
        self
    }
}

/// Whether two ascending lists have something in common.
fn meet(one: &[u64], other: &[u64]) -> bool {
    let (mut one, mut other) = (one.iter().peekable(), other.iter().peekable());
    while let (Some(left), Some(right)) = (one.peek(), other.peek()) {
        match left.cmp(right) {
            std::cmp::Ordering::Less => drop(one.next()),
            std::cmp::Ordering::Greater => drop(other.next()),
            std::cmp::Ordering::Equal => return true,
        }
    }
    false
}
