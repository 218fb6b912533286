//! When files were written, as far as that can be told.

use std::fs::File;
use std::path::Path;
use std::time::{Duration, SystemTime};

use crate::os;

/// File systems round times down, by some milliseconds.
const CLOCK_SLACK: Duration = Duration::from_millis(20);

/// When a file was written, or came to be where it is, if it is there.
pub(super) fn at(path: &Path) -> Option<SystemTime> {
    os::written(&path.metadata().ok()?)
}

/// Whether a file may have been written after a time.
pub(super) fn since(path: &Path, time: SystemTime) -> bool {
    at(path).is_some_and(|written| may_be_since(written, time))
}

/// Whether what was written at one time may have been written after another.
pub(in crate::command::dev) fn may_be_since(written: SystemTime, time: SystemTime) -> bool {
    // A file may say that it was written at the end of time.
    written
        .checked_add(CLOCK_SLACK)
        .is_none_or(|latest| latest >= time)
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

    use super::renew;

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
    fn a_file_may_say_that_it_is_of_the_end_of_time() {
        let end = Duration::new(i64::MAX.unsigned_abs(), 999_999_999);
        // Where there are such times.
        let end = SystemTime::UNIX_EPOCH.checked_add(end);
        assert!(end.is_none_or(|end| super::may_be_since(end, SystemTime::now())));
        assert!(!super::may_be_since(SystemTime::UNIX_EPOCH, SystemTime::now()));
    }
}
