//! When files were written, as far as that can be told.

use std::fs::{self, File, FileTimes};
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
    let Some((about, since)) = path.metadata().ok().zip(since) else {
        return;
    };
    let says_old = about.modified().is_ok_and(|modified| modified <= since);
    let Some(accessed) = about.accessed().ok().filter(|_| says_old) else {
        return;
    };
    // Both times: where only the one is set, Linux tells of a file that somebody writes, and it would be waited for until it is closed.
    let times = FileTimes::new()
        .set_accessed(accessed)
        .set_modified(SystemTime::now());
    // Somebody else's file keeps its time; nothing is worse for it than without the loop.
    let _ = File::open(path).and_then(|file| file.set_times(times));
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::sync::mpsc;
    use std::time::{Duration, SystemTime};

    use notify::event::ModifyKind;
    use notify::{EventKind, RecursiveMode, Watcher as _, recommended_watcher};

    use super::os;
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
    fn a_file_that_says_that_it_is_new_is_none_that_somebody_writes() {
        if !os::TELLS_OF_CLOSING {
            return;
        }
        let folder = tempfile::tempdir().unwrap();
        let (file, last) = (folder.path().join("lib.rs"), folder.path().join("last.rs"));
        fs::write(&file, "").unwrap();
        let (tell, told) = mpsc::channel();
        let mut watcher = recommended_watcher(tell).unwrap();
        watcher.watch(folder.path(), RecursiveMode::NonRecursive).unwrap();
        renew(&file, Some(SystemTime::now() + Duration::from_secs(60)));
        fs::write(&last, "").unwrap();
        let told = told.iter().map(Result::unwrap);
        let of_file = told.take_while(|event| !event.paths.contains(&last));
        let kinds: Vec<EventKind> = of_file.map(|event| event.kind).collect();
        let is_of_its_times = |kind: &EventKind| matches!(kind, EventKind::Modify(ModifyKind::Metadata(_)));
        assert!(kinds.iter().any(is_of_its_times), "{kinds:?}");
        let is_of_its_data = |kind: &EventKind| matches!(kind, EventKind::Modify(ModifyKind::Data(_)));
        assert!(!kinds.iter().any(is_of_its_data), "{kinds:?}");
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
