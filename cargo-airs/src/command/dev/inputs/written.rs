//! When files were written, as far as that can be told.

use std::fs::{self, File};
use std::path::Path;
use std::time::{Duration, SystemTime};

use crate::os;

/// File systems round times down, by some milliseconds.
const CLOCK_SLACK: Duration = Duration::from_millis(20);

/// When a file was written, or came to be where it is, if it is there.
pub(super) fn at(path: &Path) -> Option<SystemTime> {
    os::written(&path.metadata().ok()?)
}

/// A time that no file states earlier which is written from now on.
pub(in crate::command::dev) fn earliest() -> SystemTime {
    SystemTime::now() - CLOCK_SLACK
}

/// The same, to the next tick of the clock that the file system has: it is asked by writing a file.
pub(in crate::command::dev) fn earliest_as_told_by(file: &Path) -> SystemTime {
    let told = fs::write(file, "The time of this file is when the last build was begun.\n");
    told.ok().and_then(|()| at(file)).unwrap_or_else(earliest)
}

/// Whether a file may have been written after such a time.
pub(super) fn since(path: &Path, earliest: SystemTime) -> bool {
    at(path).is_some_and(|written| written >= earliest)
}

/// Has a file that was changed after a time say so. Cargo goes by what a file says itself, and one that was moved to its place,
/// or copied with its time, says that it is old: what was built would count as new, and the edit would be lost.
pub(super) fn renew(path: &Path, since: Option<SystemTime>) {
    let modified = path.metadata().and_then(|about| about.modified()).ok();
    let says_old = modified
        .zip(since)
        .is_some_and(|(modified, since)| modified <= since);
    if !says_old {
        return;
    }
    // Somebody else's file keeps its time; nothing is worse for it than without the loop.
    let _ = File::open(path).and_then(|file| file.set_modified(SystemTime::now()));
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::time::{Duration, SystemTime};

    use super::{earliest, earliest_as_told_by, renew, since};

    #[test]
    fn a_file_says_that_it_is_new_when_it_is_and_is_left_alone_otherwise() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("lib.rs");
        fs::write(&file, "").unwrap();
        let modified = || file.metadata().unwrap().modified().unwrap();
        let now = SystemTime::now();
        let (old, later) = (now - Duration::from_secs(3600), now + Duration::from_secs(3600));
        let set = |time| fs::File::open(&file).unwrap().set_modified(time).unwrap();
        set(old);
        renew(&file, Some(old - Duration::from_secs(1)));
        assert_eq!(modified(), old);
        renew(&file, None);
        assert_eq!(modified(), old);
        renew(&file, Some(now));
        assert!(modified() >= now - super::CLOCK_SLACK);
        set(later);
        renew(&file, Some(now));
        assert_eq!(modified(), later);
        renew(&folder.path().join("gone.rs"), Some(now));
    }

    #[test]
    fn what_is_written_after_a_build_is_begun_states_no_earlier_time() {
        let folder = tempfile::tempdir().unwrap();
        let (clock, file) = (folder.path().join("clock"), folder.path().join("lib.rs"));
        let gone = folder.path().join("no such folder/clock");
        for _ in 0..100 {
            let told = earliest_as_told_by(&clock);
            let (known, guessed) = (earliest(), earliest_as_told_by(&gone));
            fs::write(&file, "").unwrap();
            assert!(since(&file, told) && since(&file, known) && since(&file, guessed));
        }
        assert!(!since(&file, SystemTime::now() + Duration::from_secs(60)));
        assert!(!since(&gone, SystemTime::UNIX_EPOCH));
    }
}
