//! How often changes that come during a build, or a turn, have the next one made at once.
//!
//! A person who saves wants to see what was saved last. But what a build changes itself in what it is made of must neither
//! keep it from ever ending, nor keep a processor busy for ever. Which of the two it was nobody knows; a person seldom
//! saves one file that often within one build.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::Due;

/// How often one file may have a build begun anew; what changes after that is due next.
pub(super) const RESTARTS_MAX: u32 = 10;
/// How often all of them may: there are builds that write files of ever new names.
pub(super) const RESTARTS_ALL_MAX: u32 = 50;

/// How many turns in a row may be due at once to files that had changed in these turns before. Each later one waits longer.
const CHASES_MAX: u32 = 3;
/// How many may be to files that had not: whoever is quick changes some.
const OTHERS_MAX: u32 = 10;
const PAUSE: Duration = Duration::from_millis(500);
/// The longest pause, as a power of two of the shortest: 8 s.
const PAUSE_DOUBLED_MAX: u32 = 4;

/// What has had one build begun anew.
#[derive(Debug, Default)]
pub(super) struct Restarts {
    by: BTreeMap<PathBuf, u32>,
    all: u32,
}

impl Restarts {
    /// Whether a change has it begun anew, once more.
    pub(super) fn allow(&mut self, change: &Due) -> bool {
        let is_new = |file: &Path| self.by.get(file).is_none_or(|count| *count < RESTARTS_MAX);
        // A change without a file is a person's wish, and of no name.
        let mut files: Vec<PathBuf> = change.files.iter().cloned().collect();
        if files.is_empty() {
            files.push(PathBuf::new());
        }
        if self.all >= RESTARTS_ALL_MAX || !files.iter().any(|file| is_new(file)) {
            return false;
        }
        for file in files {
            *self.by.entry(file).or_default() += 1;
        }
        self.all += 1;
        true
    }
}

/// Turns of which each began with changes that came during the one before.
#[derive(Debug, Default)]
pub(super) struct Chain {
    /// What has changed in them.
    files: BTreeSet<PathBuf>,
    chases: u32,
    others: u32,
}

impl Chain {
    /// With one more turn, which begins with this.
    pub(super) fn and(mut self, next: &Due) -> Self {
        if next.files.is_disjoint(&self.files) && self.others < OTHERS_MAX {
            self.others += 1;
        } else {
            self.chases += 1;
        }
        self
    }

    /// The last of them is made of this.
    pub(super) fn is_of(&mut self, due: &Due) {
        self.files.extend(due.files.iter().cloned());
    }

    /// How long the last of them waits.
    pub(super) fn pause(&self) -> Duration {
        match self.chases.checked_sub(CHASES_MAX) {
            None => Duration::ZERO,
            Some(more) => PAUSE * 2_u32.pow(more.min(PAUSE_DOUBLED_MAX)),
        }
    }
}
