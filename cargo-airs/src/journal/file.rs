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
        offset: 0,
    };
    let mut all = entries(&text(&before(path), 0)?);
    all.extend(reader.more()?);
    Ok((all, reader))
}

/// Reads what is new.
#[derive(Debug)]
pub(crate) struct Reader {
    path: PathBuf,
    /// What of the file was read.
    offset: u64,
}

impl Reader {
    /// What was written since the last time.
    pub(crate) fn more(&mut self) -> io::Result<Vec<Entry>> {
        let mut file = match File::open(&self.path) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(error),
        };
        locked(|| file.try_lock_shared())?;
        let mut found = Vec::new();
        if file.metadata()?.len() < self.offset {
            // It has become the one before meanwhile.
            found = entries(&text(&before(&self.path), self.offset)?);
            self.offset = 0;
        }
        file.seek(SeekFrom::Start(self.offset))?;
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes)?;
        // Who was ended in the middle of a line has left a part of it, which the next one goes on after.
        let whole = bytes
            .iter()
            .rposition(|byte| *byte == b'\n')
            .map_or(0, |end| end + 1);
        bytes.truncate(whole);
        self.offset += whole as u64;
        found.extend(entries(&bytes));
        Ok(found)
    }
}

fn text(path: &Path, from: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    match File::open(path) {
        Ok(mut file) => {
            file.seek(SeekFrom::Start(from))?;
            file.read_to_end(&mut bytes)?;
            Ok(bytes)
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(bytes),
        Err(error) => Err(error),
    }
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

    #[test]
    fn what_is_kept_is_bounded_and_read_in_order_across_the_turn() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("local.events.jsonl");
        let (none, mut reader) = read(&path).unwrap();
        assert_eq!(none, []);
        let many: Vec<u8> = (0..10_000).flat_map(|_| lost(0).line()).collect();
        let mut written = 0;
        while !before(&path).exists() {
            append(&path, &many).unwrap();
            written += 10_000;
        }
        append(&path, &lost(7).line()).unwrap();
        // Who follows has seen all of it, once.
        assert_eq!(reader.more().unwrap().len(), 10_001);
        let (all, _) = read(&path).unwrap();
        assert_eq!(all.len(), written + 1);
        assert_eq!(all.last().unwrap().event, Happened::Lost { events: 7 });
        assert!(
            path.metadata().unwrap().len() + before(&path).metadata().unwrap().len() <= 2 * FILE_BYTES_MAX
        );
        append(&path, &lost(8).line()).unwrap();
        assert_eq!(reader.more().unwrap().len(), 1);
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
