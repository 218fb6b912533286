//! What waits for a disk: looking, opening, listing.
//!
//! The disk is asked on a thread where no guests execute, and cannot be stopped: what a job takes, a place and memory, is
//! its own until it has ended, also when nobody waits for it any more.

use std::io::Read;
use std::sync::Arc;
use std::time::Instant;

use airs_core::{FileStat, FolderError};
use tokio::time::timeout_at;

use super::{Fault, FilePlaces, Listing, OPEN_MAX, Open, Place, Result, insert};
use crate::cancelling::Cancelling;
use crate::guest::Guest;

/// The largest file that can be opened, since it is read whole. A guest has four times that for everything, unless it
/// is allowed more.
const FILE_BYTES_MAX: u64 = 16 << 20;
/// What an entry of a listing takes beside its name.
const ENTRY_BYTES: usize = 48;

/// What is at a path below a folder that is open, without its content.
pub(crate) async fn look(guest: &mut Guest, number: u32, path: &str) -> Result<Open> {
    let place = guest.files().0.get(number)?.at(path)?;
    Disk::of(guest).ask(move || place.look()).await
}

/// Opens what is at a path below a folder that is open; only a folder, if one is wanted.
pub(crate) async fn open(guest: &mut Guest, number: u32, path: &str, wants_folder: bool) -> Result<u32> {
    let disk = Disk::of(guest);
    let (files, _) = guest.files();
    if !files.has_room() {
        return Err(Fault::Quota);
    }
    let place = files.get(number)?.at(path)?;
    if wants_folder {
        let found = disk.ask(move || place.look()).await?;
        if !found.stat.is_folder {
            return Err(FolderError::NotAFolder.into());
        }
        return guest.files().0.insert(found);
    }
    let (mut opened, content) = disk.ask(move || place.open()).await?;
    if let Some(content) = content {
        // What is added to it from now on is not part of what was opened.
        let read = read(guest, &disk, content, opened.stat.bytes).await?;
        opened.stat.bytes = read.len() as u64;
        opened.content = Some(Arc::new(read));
    }
    guest.files().0.insert(opened)
}

/// Reads so many bytes, into memory of the guest's. While they are read that is the job's: of all guests' together, and
/// of the guest's own no more than it has room for, which does not change while it waits.
async fn read(guest: &mut Guest, disk: &Disk, content: Box<dyn Read + Send>, bytes: u64) -> Result<Vec<u8>> {
    let size = usize::try_from(bytes).unwrap_or(usize::MAX);
    let mut held = guest.hold_memory();
    if !guest.meter.has_room(size) || held.cover(size).is_err() {
        return Err(Fault::Memory);
    }
    let job = move || {
        let mut read = Vec::with_capacity(size);
        let done = content.take(bytes).read_to_end(&mut read);
        done.map_err(|_| FolderError::Unreadable)?;
        Ok((read, held))
    };
    let (read, held) = disk.ask(job).await?;
    drop(held);
    if guest.meter.take(read.len()) {
        Ok(read)
    } else {
        Err(Fault::Memory)
    }
}

/// Begins to list a folder.
pub(crate) async fn list(guest: &mut Guest, number: u32) -> Result<u32> {
    let place = guest.files().0.get(number)?.place.clone();
    let disk = Disk::of(guest);
    let mut entries = disk.ask(move || place.list()).await?;
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

/// A guest's way to disks.
struct Disk {
    places: FilePlaces,
    until: Instant,
}

impl Disk {
    fn of(guest: &Guest) -> Self {
        Self {
            places: guest.world().file_places.clone(),
            until: guest.deadline(),
        }
    }

    /// Waits for a place, and then for the disk, until the deadline at most.
    async fn ask<T: Send + 'static>(
        &self,
        job: impl FnOnce() -> std::result::Result<T, FolderError> + Send + 'static,
    ) -> Result<T> {
        let asked = async {
            let place = self.places.take().await.map_err(|_| FolderError::Unreadable)?;
            let job = tokio::task::spawn_blocking(move || {
                let done = job();
                drop(place);
                done
            });
            // What waits for a thread is not done for a run that is gone.
            let done = Cancelling::of(job).await;
            // Or an embedder's folder has panicked.
            done.unwrap_or(Err(FolderError::Unreadable))
        };
        match timeout_at(self.until.into(), asked).await {
            Ok(done) => done.map_err(Fault::Folder),
            Err(_) => Err(Fault::Late),
        }
    }
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

    /// The names in a folder, but for those that cannot be opened.
    fn list(self) -> std::result::Result<Vec<(String, bool)>, FolderError> {
        let mut entries = self.folder.list(&self.path)?;
        entries.retain(|(name, _)| self.path.child(name).is_some());
        Ok(entries)
    }

    pub(super) fn found(self, stat: FileStat) -> Open {
        Open {
            place: self,
            is_given: false,
            stat,
            content: None,
        }
    }
}

#[cfg(test)]
mod tests;
