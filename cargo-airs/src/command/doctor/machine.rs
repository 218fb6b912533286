//! What the machine gives to commands.

use std::path::Path;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use airs_runtime::CodeCache;
use notify::{RecommendedWatcher, RecursiveMode, Watcher};

use super::{Finding, Patient};
use crate::message::size;
use crate::os::{self, socket};
use crate::settings;

/// A run with an id is known by the time in it: a clock that was never set refuses them. The year 2026.
const CLOCK_MIN: Duration = Duration::from_secs(1_767_225_600);

/// A commit, its log and the index of it need that much at the very least.
const FREE_BYTES_MIN: u64 = 16 << 20;
/// What the first build of a project takes.
const FREE_BYTES_GOOD: u64 = 1 << 30;

/// A project of fifty components, with what they depend on by path, has some thousand folders; an editor that watches
/// the same has as many.
const WATCHES_GOOD: u64 = 8_192;

pub(super) fn code_cache(patient: &Patient) -> Finding {
    let Some(folder) = settings::code_folder() else {
        return Finding::skipped(
            "compiled code is not kept: AIRS_CACHE_DIR is empty, or there is no folder for it",
        );
    };
    let shown = patient.shown(&folder);
    if folder.symlink_metadata().is_err() {
        return Finding::good(format!("{shown}: made when it is needed"));
    }
    let Err(error) = CodeCache::open(&folder) else {
        return Finding::good(shown);
    };
    let found = Finding::warning(format!("compiled code is not kept: {error}"));
    let found = match error.hint_text() {
        Some(hint) => found.repair(hint),
        None => found,
    };
    match os::access(&folder) {
        Some(access) if access.mine && access.is_folder && access.mode & 0o777 != 0o700 => {
            found.fix(move || os::set_mode(&folder, 0o700))
        }
        _ => found,
    }
}

pub(super) fn socket_folder(_: &Patient) -> Finding {
    let Some(folder) = socket::place() else {
        return Finding::skipped("this system has no such sockets: commands work beside `cargo airs dev`");
    };
    let shown = folder.display().to_string();
    let elsewhere = "name another folder with XDG_RUNTIME_DIR or TMPDIR";
    // None of the path of a socket may be longer.
    let bytes = socket::length(&folder);
    if bytes > socket::PATH_BYTES_MAX {
        return Finding::warning(format!(
            "{shown} is too long for sockets: {bytes} bytes, and the system takes {}",
            socket::PATH_BYTES_MAX
        ))
        .repair(elsewhere);
    }
    match os::access(&folder) {
        None => Finding::good(format!("{shown}: made when it is needed")),
        Some(access) if access.mine && access.is_folder && access.mode & 0o077 == 0 => Finding::good(shown),
        Some(access) if access.mine && access.is_folder => {
            let found = format!("others can enter {shown}: `cargo airs dev` does not listen there");
            Finding::warning(found)
                .repair(format!("`chmod 700 {shown}`"))
                .fix(move || os::set_mode(&folder, 0o700))
        }
        Some(_) => Finding::warning(format!(
            "{shown} is not a folder of yours: `cargo airs dev` does not listen there"
        ))
        .repair(elsewhere),
    }
}

pub(super) fn file_watching(patient: &Patient) -> Finding {
    let watches = || -> notify::Result<()> {
        let mut watcher = RecommendedWatcher::new(|_| {}, notify::Config::default())?;
        watcher.watch(&patient.start, RecursiveMode::NonRecursive)
    };
    match (watches(), os::file_watches_max()) {
        (Err(cause), _) => Finding::warning(format!(
            "the system does not tell of changes, so that `cargo airs dev` looks for them: {cause}"
        ))
        .repair(
            "end what watches files, or raise fs.inotify.max_user_instances and fs.inotify.max_user_watches",
        ),
        (Ok(()), Some(max)) => enough_watches(max),
        (Ok(()), None) => Finding::good("the system tells of changes"),
    }
}

fn enough_watches(max: u64) -> Finding {
    if max >= WATCHES_GOOD {
        return Finding::good(format!("the system tells of changes, in up to {max} folders"));
    }
    Finding::warning(format!(
        "the system watches {max} folders at most: in a large project `cargo airs dev` looks for changes instead"
    ))
    .repair(format!("`sudo sysctl fs.inotify.max_user_watches={}`", WATCHES_GOOD * 8))
}

pub(super) fn clock(_: &Patient) -> Finding {
    runs(SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default())
}

fn runs(since_1970: Duration) -> Finding {
    if since_1970 >= CLOCK_MIN {
        return Finding::good("it was set");
    }
    Finding::fault("the clock stands before 2026: runs with an id are refused, and Cargo rebuilds or does not, at random")
        .repair("set the clock of this machine")
}

pub(super) fn disk_space(patient: &Patient) -> Finding {
    let wanted = patient.state().unwrap_or_else(|_| patient.start.clone());
    let wanted = std::path::absolute(&wanted).unwrap_or(wanted);
    let there = wanted.ancestors().find(|folder| folder.is_dir());
    match there.and_then(|folder| Some((os::free_bytes(folder)?, folder))) {
        Some((free, folder)) => enough_room(free, folder),
        None => Finding::skipped("this system does not say how much is free"),
    }
}

fn enough_room(free: u64, folder: &Path) -> Finding {
    let found = format!("{} are free at {}", size(free), folder.display());
    match free {
        0..FREE_BYTES_MIN => {
            Finding::fault(format!("{found}: nothing can be committed")).repair("remove something there")
        }
        FREE_BYTES_MIN..FREE_BYTES_GOOD => {
            Finding::warning(format!("{found}: a first build takes {}", size(FREE_BYTES_GOOD)))
                .repair("remove something there; `cargo clean` removes what Cargo has built")
        }
        _ => Finding::good(found),
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;
    use std::time::Duration;

    use super::{enough_room, enough_watches, runs};
    use crate::message::Verdict;

    #[test]
    fn what_cannot_be_brought_about_in_a_test_is_judged_by_its_number() {
        let room = |free| enough_room(free, Path::new("/")).verdict;
        assert_eq!(
            [0, 17 << 20, 2 << 30].map(room),
            [Verdict::Fault, Verdict::Warning, Verdict::Good]
        );
        let watches = |max| enough_watches(max).verdict;
        assert_eq!([100, 8_192].map(watches), [Verdict::Warning, Verdict::Good]);
        let clock = |seconds| runs(Duration::from_secs(seconds)).verdict;
        assert_eq!([0, 1_800_000_000].map(clock), [Verdict::Fault, Verdict::Good]);
    }
}
