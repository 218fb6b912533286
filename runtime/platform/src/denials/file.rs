//! Denials in two files: one that is written to, and what was written before.

use std::fs::{self, File, TryLockError};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use super::line::End;
use super::{Denial, Denials, before};
use crate::os;

/// When the file has more it becomes the one before, so that twice this is kept at most, and some thousand denials at
/// least.
const FILE_BYTES_MAX: u64 = 1 << 20;
/// More than a line has.
const LINE_BYTES_MAX: u64 = 16 << 10;
/// How long other processes are waited for, each of which writes one line. One may have been stopped while it did:
/// whoever has waited in vain does not wait again until it was let in.
pub(super) const LOCK_MAX: Duration = Duration::from_secs(1);
const LOOK_AGAIN: Duration = Duration::from_micros(200);

/// Adds a denial to the file, in one write, after waiting so long at most.
pub(super) fn append(path: &Path, denial: Denial, wait_max: Duration) -> io::Result<()> {
    let mut options = File::options();
    let options = options.read(true).write(true).create(true).truncate(false);
    let mut file = os::private(options).open(path)?;
    locked(|| file.try_lock(), wait_max)?;
    let (end, mut bytes) = end(&mut file)?;
    let line = end.line(denial)?;
    if bytes + line.len() as u64 > FILE_BYTES_MAX {
        turn(&mut file, bytes, path)?;
        bytes = 0;
    }
    // Whatever is behind the last whole line was torn when it was written.
    file.set_len(bytes)?;
    file.seek(SeekFrom::Start(bytes))?;
    file.write_all(line.as_bytes())
}

/// What the next line follows, and where it goes.
fn end(file: &mut File) -> io::Result<(End, u64)> {
    let length = file.metadata()?.len();
    let from = length.saturating_sub(LINE_BYTES_MAX);
    file.seek(SeekFrom::Start(from))?;
    let mut tail = Vec::new();
    Read::take(&mut *file, LINE_BYTES_MAX).read_to_end(&mut tail)?;
    let Some(end) = tail.iter().rposition(|byte| *byte == b'\n') else {
        // One that was torn has to be the first; what else there is nobody here has written.
        let first = (End::default(), 0);
        return if from == 0 {
            Ok(first)
        } else {
            Err(io::ErrorKind::InvalidData.into())
        };
    };
    let whole = tail.get(..end).unwrap_or_default();
    let line = whole.rsplit(|byte| *byte == b'\n').next().unwrap_or_default();
    let (after, _) = End::default().after(&String::from_utf8_lossy(line));
    Ok((after, from + end as u64 + 1))
}

/// Makes what was written so far the file before. When the process ends in between it is in both.
fn turn(file: &mut File, bytes: u64, path: &Path) -> io::Result<()> {
    let mut written = Vec::new();
    file.seek(SeekFrom::Start(0))?;
    Read::take(&mut *file, bytes).read_to_end(&mut written)?;
    let new = path.with_extension("new.jsonl");
    let mut options = File::options();
    let options = options.write(true).create(true).truncate(true);
    os::private(options).open(&new)?.write_all(&written)?;
    fs::rename(new, before(path))
}

/// What is kept in both files.
pub(super) fn read(path: &Path) -> io::Result<Denials> {
    let mut file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            return Ok(Denials {
                all: Vec::new(),
                intact: !before(path).exists(),
            });
        }
        Err(error) => return Err(error),
    };
    locked(|| file.try_lock_shared(), LOCK_MAX)?;
    let now = text(&mut file)?;
    let earlier = match File::open(before(path)) {
        Ok(mut file) => text(&mut file)?,
        Err(error) if error.kind() == io::ErrorKind::NotFound => String::new(),
        Err(error) => return Err(error),
    };
    let earlier = if earlier == now { "" } else { &earlier };
    let mut kept = Denials {
        all: Vec::new(),
        intact: true,
    };
    let mut end: Option<End> = None;
    for line in earlier.lines().chain(now.lines()) {
        let (after, read) = end.clone().unwrap_or_default().after(line);
        let (denial, follows) = match read {
            Some((denial, follows)) => (Some(denial), follows),
            None => (None, false),
        };
        // What the first one follows is gone.
        kept.intact &= follows || (end.is_none() && denial.is_some());
        kept.all.extend(denial);
        end = Some(after);
    }
    Ok(kept)
}

fn text(file: &mut File) -> io::Result<String> {
    let mut bytes = Vec::new();
    Read::take(file, FILE_BYTES_MAX).read_to_end(&mut bytes)?;
    // What was torn at the end is none.
    let end = bytes
        .iter()
        .rposition(|byte| *byte == b'\n')
        .map_or(0, |end| end + 1);
    bytes.truncate(end);
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// Takes a lock; it goes with the file.
fn locked(lock: impl Fn() -> Result<(), TryLockError>, wait_max: Duration) -> io::Result<()> {
    let until = Instant::now() + wait_max;
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

#[cfg(test)]
mod tests;
