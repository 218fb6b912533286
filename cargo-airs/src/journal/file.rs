//! The journal as two files of JSON lines: the one that is written to, and what was written before.

use std::fs::{self, File, TryLockError};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use super::Entry;
use crate::os;

/// When the file has more it becomes the one before, so that twice this is kept at most: some ten thousands of events, which
/// is a day of work and is read in a moment.
const FILE_BYTES_MAX: u64 = 4 << 20;
/// How long other processes are waited for, each of which writes some lines.
const LOCK_MAX: Duration = Duration::from_millis(500);
const LOOK_AGAIN: Duration = Duration::from_millis(1);
/// What tells one file from another: the time of its first entry is in it, and mostly a run.
const HEAD_BYTES: u64 = 256;

/// The file beside, with what was written before.
fn before(path: &Path) -> PathBuf {
    path.with_extension("old.jsonl")
}

/// Adds lines to the file, which only its owner can read.
pub(super) fn append(path: &Path, lines: &[u8]) -> io::Result<()> {
    let mut file = os::private_file(path)?;
    locked(|| file.try_lock())?;
    let bytes = file.metadata()?.len();
    if bytes > 0 && bytes.saturating_add(lines.len() as u64) > FILE_BYTES_MAX {
        turn(&mut file, path)?;
    }
    // Who was ended in the middle of a line has left a part of it: the next one begins on its own.
    if file.seek(SeekFrom::End(0))? > 0 {
        let mut last = [0];
        file.seek(SeekFrom::End(-1))?;
        file.read_exact(&mut last)?;
        if last != *b"\n" {
            file.write_all(b"\n")?;
        }
    }
    file.write_all(lines)
}

/// Makes what was written so far the file before. The file itself stays the same one: others wait for its lock.
fn turn(file: &mut File, path: &Path) -> io::Result<()> {
    let mut written = Vec::new();
    file.seek(SeekFrom::Start(0))?;
    file.read_to_end(&mut written)?;
    let new = path.with_extension("new.jsonl");
    // One that was left behind would be added to.
    let _ = fs::remove_file(&new);
    os::private_file(&new)?.write_all(&written)?;
    fs::rename(new, before(path))?;
    file.set_len(0)
}

/// Takes a lock; it goes with the file.
fn locked(lock: impl Fn() -> Result<(), TryLockError>) -> io::Result<()> {
    let until = Instant::now() + LOCK_MAX;
    loop {
        match lock() {
            Ok(()) => return Ok(()),
            // There is nothing that tells when another process has let it go.
            Err(TryLockError::WouldBlock) if Instant::now() < until => thread::park_timeout(LOOK_AGAIN),
            Err(TryLockError::WouldBlock) => return Err(io::ErrorKind::TimedOut.into()),
            Err(TryLockError::Error(error)) => return Err(error),
        }
    }
}

/// What is kept, the oldest first, and whoever reads on from there. Reading makes no file.
pub(crate) fn read(path: &Path) -> io::Result<(Vec<Entry>, Reader)> {
    let mut reader = Reader {
        path: path.to_owned(),
        before: Vec::new(),
        begins: Vec::new(),
        offset: 0,
    };
    let all = reader.more()?;
    Ok((all, reader))
}

/// Reads what is new. A file is known by how it begins: that it has become the one before is seen there, however much was
/// written since.
#[derive(Debug)]
pub(crate) struct Reader {
    path: PathBuf,
    /// How the file before began, when it was looked at last.
    before: Vec<u8>,
    /// How the file began then.
    begins: Vec<u8>,
    /// What of it was read.
    offset: u64,
}

impl Reader {
    /// What was written since the last time; of what was written and is not kept any more, nothing.
    pub(crate) fn more(&mut self) -> io::Result<Vec<Entry>> {
        let file = open(&self.path)?;
        // Nobody writes, nor makes it the one before, until both are read.
        if let Some(file) = &file {
            locked(|| file.try_lock_shared())?;
        }
        let earlier = open(&before(&self.path))?;
        let (now, then) = (
            bytes(file.as_ref(), 0, HEAD_BYTES)?,
            bytes(earlier.as_ref(), 0, HEAD_BYTES)?,
        );
        let mut found = Vec::new();
        if then != self.before {
            // It is the file that was read from; or, when there was another one in between, a newer one.
            let read = if then.starts_with(&self.begins) {
                self.offset
            } else {
                0
            };
            found = entries(&bytes(earlier.as_ref(), read, u64::MAX)?);
            self.offset = 0;
        }
        if !now.is_empty() && now == then {
            // Who made it the one before was ended before it was emptied.
            self.offset = length(earlier.as_ref())?;
        } else if length(file.as_ref())? < self.offset {
            self.offset = 0;
        }
        let mut new = bytes(file.as_ref(), self.offset, u64::MAX)?;
        // Who was ended in the middle of a line has left a part of it, which the next one goes on after.
        let whole = new
            .iter()
            .rposition(|byte| *byte == b'\n')
            .map_or(0, |end| end + 1);
        new.truncate(whole);
        self.offset += whole as u64;
        (self.before, self.begins) = (then, now);
        found.extend(entries(&new));
        Ok(found)
    }
}

fn open(path: &Path) -> io::Result<Option<File>> {
    match File::open(path) {
        Ok(file) => Ok(Some(file)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

fn length(file: Option<&File>) -> io::Result<u64> {
    file.map_or(Ok(0), |file| Ok(file.metadata()?.len()))
}

/// So many bytes of a file from a place on, or all that there are.
fn bytes(file: Option<&File>, from: u64, most: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    if let Some(mut file) = file {
        file.seek(SeekFrom::Start(from))?;
        file.take(most).read_to_end(&mut bytes)?;
    }
    Ok(bytes)
}

/// The entries among lines. What another version has written, or nobody of this program, is left out.
fn entries(bytes: &[u8]) -> Vec<Entry> {
    let lines = bytes.split(|byte| *byte == b'\n');
    lines
        .filter_map(|line| serde_json::from_slice(line).ok())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::{FILE_BYTES_MAX, append, before, read};
    use crate::journal::{Entry, Happened};

    fn lost(events: u64) -> Entry {
        Entry::now(Happened::Lost { events })
    }

    /// Entries of so many bytes in all, each with a number of its own, and the next number.
    fn numbered(from: u64, bytes: u64) -> (Vec<u8>, u64) {
        let (mut lines, mut next) = (Vec::new(), from);
        while (lines.len() as u64) < bytes {
            let event = Happened::Log {
                component: "ledger".to_owned(),
                run: next.to_string(),
                attempt: 1,
                line: "x".repeat(900),
            };
            lines.extend(Entry::now(event).line());
            next += 1;
        }
        (lines, next)
    }

    fn numbers(entries: Vec<Entry>) -> Vec<u64> {
        let number = |entry: Entry| entry.event.run().unwrap().parse().unwrap();
        entries.into_iter().map(number).collect()
    }

    #[test]
    fn what_is_kept_is_bounded_and_followed_across_each_turn_without_a_gap_or_a_double() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("local.events.jsonl");
        let (none, mut reader) = read(&path).unwrap();
        assert_eq!(none, []);
        let (mut next, mut followed) = (0, Vec::new());
        // After some of these turns the file is longer than what was read of the one before, after others shorter.
        for kilobytes in [1, 100, 3_000, 1_000, 4_000, 1, 4_000, 2_000, 2_000, 3_000, 3_500] {
            let (lines, after) = numbered(next, kilobytes << 10);
            append(&path, &lines).unwrap();
            // And now and then nobody has looked in between.
            if kilobytes != 100 {
                followed.extend(numbers(reader.more().unwrap()));
                assert_eq!(followed.last(), Some(&(after - 1)));
            }
            next = after;
            let kept =
                path.metadata().unwrap().len() + before(&path).metadata().map_or(0, |before| before.len());
            assert!(kept <= 2 * FILE_BYTES_MAX, "{kept}");
        }
        assert_eq!(followed, Vec::from_iter(0..next));
        let kept = numbers(read(&path).unwrap().0);
        assert_eq!(kept, Vec::from_iter(kept[0]..next));
    }

    #[test]
    fn who_looks_after_two_turns_is_told_what_is_still_kept() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("local.events.jsonl");
        let (lines, mut next) = numbered(0, 1 << 10);
        append(&path, &lines).unwrap();
        let (_, mut reader) = read(&path).unwrap();
        for _ in 0..3 {
            let (lines, after) = numbered(next, FILE_BYTES_MAX - (10 << 10));
            append(&path, &lines).unwrap();
            next = after;
        }
        assert_eq!(numbers(reader.more().unwrap()), numbers(read(&path).unwrap().0));
    }

    #[test]
    fn a_turn_that_was_not_seen_through_doubles_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("local.events.jsonl");
        let (lines, next) = numbered(0, FILE_BYTES_MAX - (10 << 10));
        append(&path, &lines).unwrap();
        let (_, mut reader) = read(&path).unwrap();
        // Who did it was ended before the file was emptied.
        std::fs::copy(&path, before(&path)).unwrap();
        assert_eq!(numbers(read(&path).unwrap().0).len() as u64, next);
        assert_eq!(reader.more().unwrap(), []);
        // The next one who writes turns it again.
        let (lines, after) = numbered(next, 20 << 10);
        append(&path, &lines).unwrap();
        assert_eq!(numbers(reader.more().unwrap()), Vec::from_iter(next..after));
        assert_eq!(numbers(read(&path).unwrap().0), Vec::from_iter(0..after));
    }

    #[test]
    fn half_a_line_and_a_foreign_one_are_left_out() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("local.events.jsonl");
        let line = lost(1).line();
        append(&path, &line[..5]).unwrap();
        let (none, mut reader) = read(&path).unwrap();
        assert_eq!(none, []);
        // Who wrote it has ended.
        append(&path, &line).unwrap();
        append(&path, b"{\"kind\":\"other\"}\n").unwrap();
        assert_eq!(reader.more().unwrap().len(), 1);
        assert_eq!(reader.more().unwrap().len(), 0);
    }
}
