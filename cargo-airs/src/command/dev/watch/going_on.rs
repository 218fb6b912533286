//! Something that happens in one go, such as a save, and when it is over.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use notify::event::{AccessKind, AccessMode, CreateKind, ModifyKind};
use notify::{Event, EventKind};

use super::Signal;
use crate::os;

/// What an editor writes in one go, most often.
pub(super) const LULL: Duration = Duration::from_millis(4);
/// What a person does in one go, such as a formatter on save, ends when nothing has happened for so long.
pub(super) const QUIET: Duration = Duration::from_millis(50);
/// Where something happens all the time it is looked nevertheless.
const QUIET_AWAITED_MAX: Duration = Duration::from_millis(500);
/// Who writes closes the file in the end: far later only where the machine is busy. Some never do, such as those who keep a log.
const CLOSE_AWAITED_MAX: Duration = Duration::from_secs(2);

pub(super) struct GoingOn {
    begun: Instant,
    last: Instant,
    /// Whether it is more than that there are other inputs.
    pub(super) asked: bool,
    /// What somebody writes and has not closed: half of a file, or nothing of it yet.
    open: BTreeSet<PathBuf>,
}

impl GoingOn {
    pub(super) fn since(begun: Instant, signal: &Signal) -> Self {
        let mut going_on = Self {
            begun,
            last: begun,
            asked: false,
            open: BTreeSet::new(),
        };
        going_on.also(signal, begun);
        going_on
    }

    /// Something that concerns the inputs has happened, too.
    pub(super) fn also(&mut self, signal: &Signal, now: Instant) {
        // A build that was begun meanwhile has nothing to do with how long a person goes on.
        if matches!(signal, Signal::OtherInputs) {
            return;
        }
        self.last = now;
        self.asked = true;
        if let Signal::Happened(Ok(event)) = signal {
            self.written(event);
        }
    }

    fn written(&mut self, event: &Event) {
        match event.kind {
            EventKind::Modify(ModifyKind::Data(_)) if os::TELLS_OF_CLOSING => {
                self.open.extend(event.paths.iter().cloned());
            }
            // A link has its contents from the beginning.
            EventKind::Create(CreateKind::File) if os::TELLS_OF_CLOSING => {
                let empty = event.paths.iter().filter(|path| is_empty(path));
                self.open.extend(empty.cloned());
            }
            EventKind::Remove(_) | EventKind::Modify(ModifyKind::Name(_)) => {
                self.is_over(event);
            }
            _ => {}
        }
    }

    /// Nobody writes these any more. Whether somebody was seen to.
    fn is_over(&mut self, event: &Event) -> bool {
        let before = self.open.len();
        self.open.retain(|path| !event.paths.contains(path));
        self.open.len() < before
    }

    /// The same of what does not concern the inputs: that a file is whole now is all that it can say.
    pub(super) fn beside(&mut self, signal: &Signal, now: Instant) {
        let Signal::Happened(Ok(event)) = signal else {
            return;
        };
        let is_closed = matches!(
            event.kind,
            EventKind::Access(AccessKind::Close(AccessMode::Write))
        );
        if is_closed && self.is_over(event) {
            self.last = now;
        }
    }

    /// When it is over, unless something more happens: nothing has for so long.
    pub(super) fn end(&self, quiet: Duration) -> Instant {
        if self.open.is_empty() {
            (self.last + quiet).min(self.begun + QUIET_AWAITED_MAX)
        } else {
            self.begun + CLOSE_AWAITED_MAX
        }
    }
}

fn is_empty(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok_and(|file| file.is_file() && file.len() == 0)
}

#[cfg(test)]
mod tests {
    use notify::event::DataChange;

    use super::*;

    const CLOSED: EventKind = EventKind::Access(AccessKind::Close(AccessMode::Write));
    const WRITTEN: EventKind = EventKind::Modify(ModifyKind::Data(DataChange::Any));

    fn signal(kind: EventKind, path: &Path) -> Signal {
        Signal::Happened(Ok(Event::new(kind).add_path(path.to_owned())))
    }

    fn after(begun: Instant, milliseconds: u64) -> Instant {
        begun + Duration::from_millis(milliseconds)
    }

    #[test]
    fn what_happens_all_the_time_is_looked_at_nevertheless() {
        let begun = Instant::now();
        let other = Signal::Noticed;
        let mut going_on = GoingOn::since(begun, &other);
        assert_eq!(going_on.end(QUIET), begun + QUIET);
        for milliseconds in (0..490).step_by(40) {
            let now = after(begun, milliseconds);
            going_on.also(&other, now);
            assert_eq!(going_on.end(QUIET), (now + QUIET).min(begun + QUIET_AWAITED_MAX));
        }
    }

    #[test]
    fn a_build_that_is_begun_is_not_waited_for() {
        let begun = Instant::now();
        let mut going_on = GoingOn::since(begun, &Signal::OtherInputs);
        assert!(!going_on.asked);
        going_on.also(&Signal::OtherInputs, after(begun, 10));
        assert_eq!(going_on.end(QUIET), begun + QUIET);
        going_on.also(&Signal::Noticed, after(begun, 10));
        assert!(going_on.asked);
        assert_eq!(going_on.end(QUIET), after(begun, 10) + QUIET);
    }

    #[test]
    fn half_of_a_file_is_waited_for() {
        if !os::TELLS_OF_CLOSING {
            return;
        }
        let (one, other) = (Path::new("/a/lib.rs"), Path::new("/a/log"));
        let begun = Instant::now();
        let mut going_on = GoingOn::since(begun, &signal(WRITTEN, one));
        assert_eq!(going_on.end(LULL), begun + CLOSE_AWAITED_MAX);
        going_on.beside(&signal(CLOSED, other), after(begun, 1));
        assert_eq!(
            going_on.end(LULL),
            begun + CLOSE_AWAITED_MAX,
            "it is another file that is whole"
        );
        let read = EventKind::Access(AccessKind::Close(AccessMode::Read));
        going_on.beside(&signal(read, one), after(begun, 2));
        assert_eq!(going_on.end(LULL), begun + CLOSE_AWAITED_MAX, "it was only read");
        going_on.also(&signal(WRITTEN, one), after(begun, 300));
        going_on.beside(&signal(CLOSED, one), after(begun, 310));
        assert_eq!(going_on.end(LULL), after(begun, 310) + LULL);
        assert_eq!(going_on.end(QUIET), after(begun, 310) + QUIET);
        // Of what nobody was seen to write, that it is closed says nothing.
        going_on.beside(&signal(CLOSED, other), after(begun, 320));
        assert_eq!(going_on.end(QUIET), after(begun, 310) + QUIET);
    }

    #[test]
    fn a_file_that_is_gone_is_not_waited_for() {
        let path = Path::new("/a/lib.rs");
        let begun = Instant::now();
        for kind in [
            EventKind::Remove(notify::event::RemoveKind::File),
            EventKind::Modify(ModifyKind::Name(notify::event::RenameMode::From)),
        ] {
            let mut going_on = GoingOn::since(begun, &signal(WRITTEN, path));
            going_on.also(&signal(kind, path), after(begun, 20));
            assert_eq!(going_on.end(QUIET), after(begun, 20) + QUIET);
        }
    }

    #[test]
    fn a_new_file_is_waited_for_while_it_is_empty() {
        if !os::TELLS_OF_CLOSING {
            return;
        }
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("new.rs");
        let created = EventKind::Create(CreateKind::File);
        let begun = Instant::now();
        let none = GoingOn::since(begun, &signal(created, &file));
        assert_eq!(none.end(QUIET), begun + QUIET, "it is gone already");
        fs::write(&file, "").unwrap();
        let empty = GoingOn::since(begun, &signal(created, &file));
        assert_eq!(empty.end(QUIET), begun + CLOSE_AWAITED_MAX);
        fs::write(&file, "all of it").unwrap();
        let whole = GoingOn::since(begun, &signal(created, &file));
        assert_eq!(whole.end(QUIET), begun + QUIET);
    }
}
