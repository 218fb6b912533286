//! What waits for a disk: looking, opening, listing.

use std::io::Read;
use std::sync::Arc;
use std::time::Instant;

use airs_core::{FileStat, FolderError};
use tokio::time::timeout_at;

use super::{Fault, Listing, OPEN_MAX, Open, Place, Result, insert};
use crate::cancelling::Cancelling;
use crate::guest::Guest;

/// The largest file that can be opened, since it is read whole. A guest has four times that for everything, unless it
/// is allowed more.
const FILE_BYTES_MAX: u64 = 16 << 20;
/// What an entry of a listing takes beside its name.
const ENTRY_BYTES: usize = 48;

/// What is at a path below a folder that is open, without its content.
pub(crate) async fn look(guest: &mut Guest, number: u32, path: &str) -> Result<Open> {
    let until = guest.deadline();
    let place = guest.files().0.get(number)?.at(path)?;
    elsewhere(until, move || place.look()).await
}

/// Opens what is at a path below a folder that is open; only a folder, if one is wanted.
pub(crate) async fn open(guest: &mut Guest, number: u32, path: &str, wants_folder: bool) -> Result<u32> {
    let until = guest.deadline();
    let (files, _) = guest.files();
    if files.open.len() >= OPEN_MAX {
        return Err(Fault::Quota);
    }
    let place = files.get(number)?.at(path)?;
    if wants_folder {
        let found = elsewhere(until, move || place.look()).await?;
        if !found.stat.is_folder {
            return Err(FolderError::NotAFolder.into());
        }
        return insert(&mut guest.files().0.open, found);
    }
    let (mut opened, content) = elsewhere(until, move || place.open()).await?;
    if let Some(content) = content {
        let bytes = opened.stat.bytes;
        let size = usize::try_from(bytes).unwrap_or(usize::MAX);
        if !guest.files().1.take(size) {
            return Err(Fault::Memory);
        }
        // What is added to it from now on is not part of what was opened.
        let read = elsewhere(until, move || read(content, bytes, size)).await;
        let (_, meter) = guest.files();
        let read = read.inspect_err(|_| meter.give_back(size))?;
        meter.give_back(size.saturating_sub(read.len()));
        opened.stat.bytes = read.len() as u64;
        opened.content = Some(Arc::new(read));
    }
    insert(&mut guest.files().0.open, opened)
}

/// Begins to list a folder.
pub(crate) async fn list(guest: &mut Guest, number: u32) -> Result<u32> {
    let until = guest.deadline();
    let place = guest.files().0.get(number)?.place.clone();
    let mut entries = elsewhere(until, move || place.folder.list(&place.path)).await?;
    let bytes = entries.iter().map(|(name, _)| name.len() + ENTRY_BYTES).sum();
    let (files, meter) = guest.files();
    if files.listings.len() >= OPEN_MAX {
        return Err(Fault::Quota);
    }
    if !meter.take(bytes) {
        return Err(Fault::Memory);
    }
    entries.reverse();
    insert(&mut files.listings, Listing { entries, bytes })
}

/// Waits for the disk on a thread where no guests execute, until the deadline at most.
async fn elsewhere<T: Send + 'static>(
    until: Instant,
    job: impl FnOnce() -> std::result::Result<T, FolderError> + Send + 'static,
) -> Result<T> {
    // What waits for a thread is not done for a run that is gone; what is being done cannot be stopped.
    let job = Cancelling::of(tokio::task::spawn_blocking(job));
    match timeout_at(until.into(), job).await {
        Ok(Ok(done)) => done.map_err(Fault::Folder),
        // An embedder's folder has panicked.
        Ok(Err(_)) => Err(FolderError::Unreadable.into()),
        Err(_) => Err(Fault::Late),
    }
}

fn read(content: Box<dyn Read + Send>, bytes: u64, size: usize) -> std::result::Result<Vec<u8>, FolderError> {
    let mut read = Vec::with_capacity(size);
    let done = content.take(bytes).read_to_end(&mut read);
    done.map_err(|_| FolderError::Unreadable)?;
    Ok(read)
}

impl Place {
    fn look(self) -> std::result::Result<Open, FolderError> {
        let stat = self.folder.stat(&self.path)?;
        Ok(self.found(stat))
    }

    /// What is there, and the content of a file.
    fn open(self) -> std::result::Result<(Open, Option<Box<dyn Read + Send>>), FolderError> {
        match self.folder.open(&self.path) {
            Ok((stat, _)) if stat.bytes > FILE_BYTES_MAX => Err(FolderError::TooLarge),
            Ok((stat, content)) => Ok((self.found(stat), Some(content))),
            Err(FolderError::NotAFile) => Ok((self.look()?, None)),
            Err(error) => Err(error),
        }
    }

    pub(super) fn found(self, stat: FileStat) -> Open {
        Open {
            place: self,
            stat,
            content: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;
    use std::time::Instant;

    use super::{Fault, elsewhere};
    use crate::executor::Executor;

    #[test]
    fn a_disk_that_hangs_is_waited_for_until_the_deadline() {
        let (answer, hangs) = mpsc::channel::<()>();
        let executor = Executor::start(1).unwrap();
        let done = executor.handle().block_on(async {
            elsewhere(Instant::now(), move || {
                let _ = hangs.recv();
                Ok(())
            })
            .await
        });
        assert_eq!(done, Err(Fault::Late));
        drop(answer);
    }
}
