//! What a guest has open of the folders that it was given.
//!
//! A file's content is read when the file is opened, and kept until it is closed: what a guest sees of it does not
//! change in between, and nothing of the host is held but memory. That memory counts as the guest's.

mod disk;
mod places;

use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

use airs_core::{FileStat, Folder, FolderError, FolderPath, Name};
use slab::Slab;

pub(crate) use disk::{list, look, open};
pub use places::FilePlaces;

use crate::meter::MemoryMeter;

/// The most files and folders that a guest has open at once, beside those that it was given; the same for streams, and for
/// listings. More than a program that walks through a tree needs.
const OPEN_MAX: usize = 64;

/// What is open, by the numbers that handles have. Streams begin with 1: 0 is standard input.
#[derive(Debug, Default)]
pub(crate) struct Files {
    open: Slab<Open>,
    /// How many of those are folders that it was given. A guest that asks for them again and again is bounded by its handles.
    given: usize,
    streams: Slab<Stream>,
    listings: Slab<Listing>,
}

/// A file or a folder that is open, or that was looked at.
#[derive(Clone, Debug)]
pub(crate) struct Open {
    place: Place,
    is_given: bool,
    stat: FileStat,
    /// Of a file that is open.
    content: Option<Arc<Vec<u8>>>,
}

/// Where something is.
#[derive(Clone, Debug)]
struct Place {
    name: Name,
    folder: Arc<dyn Folder>,
    path: FolderPath,
}

#[derive(Debug)]
struct Stream {
    content: Arc<Vec<u8>>,
    at: usize,
}

#[derive(Debug)]
struct Listing {
    /// What is left, the next one last.
    entries: Vec<(String, bool)>,
    bytes: usize,
}

/// Why something cannot be done with a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    Folder(FolderError),
    /// The handle is none.
    Handle,
    /// Too much is open.
    Quota,
    /// The guest has no memory left for it.
    Memory,
    /// It was not there by the run's deadline.
    Late,
}

impl From<FolderError> for Fault {
    fn from(error: FolderError) -> Self {
        Self::Folder(error)
    }
}

type Result<T> = std::result::Result<T, Fault>;

impl Files {
    /// Opens a folder that the guest was given. However many there are, it can open as much in them as in one.
    pub(crate) fn enter(&mut self, name: &Name, folder: &Arc<dyn Folder>) -> Result<u32> {
        let root = Place {
            name: name.clone(),
            folder: Arc::clone(folder),
            path: FolderPath::root(),
        };
        let mut root = root.found(FileStat::FOLDER);
        root.is_given = true;
        let number = add(&mut self.open, root)?;
        self.given += 1;
        Ok(number)
    }

    /// Whether the guest may open one more.
    fn has_room(&self) -> bool {
        self.open.len() - self.given < OPEN_MAX
    }

    fn insert(&mut self, opened: Open) -> Result<u32> {
        if !self.has_room() {
            return Err(Fault::Quota);
        }
        add(&mut self.open, opened)
    }

    /// What is open under a number.
    pub(crate) fn get(&self, number: u32) -> Result<&Open> {
        self.open.get(index(number)).ok_or(Fault::Handle)
    }

    /// Begins to read a file from an offset on; the number of the stream.
    pub(crate) fn stream(&mut self, number: u32, offset: u64) -> Result<u32> {
        let content = Arc::clone(self.get(number)?.content()?);
        let at = usize::try_from(offset).unwrap_or(usize::MAX);
        insert(&mut self.streams, Stream { content, at }).map(|number| number + 1)
    }

    /// The next bytes of a stream, at most so many; none at its end.
    pub(crate) fn read(&mut self, stream: u32, bytes_max: u64) -> Option<&[u8]> {
        let stream = self.streams.get_mut(index(stream.checked_sub(1)?))?;
        let rest = stream.content.get(stream.at..).filter(|rest| !rest.is_empty())?;
        let length = usize::try_from(bytes_max).unwrap_or(usize::MAX).min(rest.len());
        stream.at += length;
        rest.get(..length)
    }

    /// The next name of a listing, and whether it is a folder.
    pub(crate) fn next(&mut self, listing: u32) -> Result<Option<(String, bool)>> {
        let listing = self.listings.get_mut(index(listing)).ok_or(Fault::Handle)?;
        Ok(listing.entries.pop())
    }

    pub(crate) fn close(&mut self, number: u32, meter: &mut MemoryMeter) {
        let Some(closed) = self.open.try_remove(index(number)) else {
            return;
        };
        self.given -= usize::from(closed.is_given);
        if let Some(content) = closed.content {
            release(&content, meter);
        }
    }

    pub(crate) fn close_stream(&mut self, stream: u32, meter: &mut MemoryMeter) {
        let number = stream.checked_sub(1).map(index);
        if let Some(closed) = number.and_then(|number| self.streams.try_remove(number)) {
            release(&closed.content, meter);
        }
    }

    pub(crate) fn close_listing(&mut self, listing: u32, meter: &mut MemoryMeter) {
        if let Some(closed) = self.listings.try_remove(index(listing)) {
            meter.give_back(closed.bytes);
        }
    }
}

impl Open {
    /// Where a path below this folder leads.
    fn at(&self, path: &str) -> Result<Place> {
        if !self.stat.is_folder {
            return Err(FolderError::NotAFolder.into());
        }
        Ok(Place {
            path: self.place.path.join(path)?,
            ..self.place.clone()
        })
    }

    pub(crate) fn stat(&self) -> FileStat {
        self.stat
    }

    /// The name of the folder that it is in.
    pub(crate) fn folder_name(&self) -> &Name {
        &self.place.name
    }

    pub(crate) fn content(&self) -> Result<&Arc<Vec<u8>>> {
        self.content.as_ref().ok_or(Fault::Folder(FolderError::NotAFile))
    }

    pub(crate) fn is_same(&self, other: &Self) -> bool {
        (&self.place.name, &self.place.path) == (&other.place.name, &other.place.path)
    }

    /// Two numbers that change when the file does.
    pub(crate) fn hash(&self) -> (u64, u64) {
        let hash = |salt: u8| {
            let mut hasher = DefaultHasher::new();
            let (name, path) = (self.place.name.as_str(), self.place.path.segments());
            (salt, name, path, self.stat.bytes, self.stat.modified).hash(&mut hasher);
            hasher.finish()
        };
        (hash(0), hash(1))
    }
}

/// Gives memory back, unless somebody else still reads it.
fn release(content: &Arc<Vec<u8>>, meter: &mut MemoryMeter) {
    if Arc::strong_count(content) == 1 {
        meter.give_back(content.len());
    }
}

fn insert<T>(all: &mut Slab<T>, one: T) -> Result<u32> {
    if all.len() >= OPEN_MAX {
        return Err(Fault::Quota);
    }
    add(all, one)
}

fn add<T>(all: &mut Slab<T>, one: T) -> Result<u32> {
    u32::try_from(all.insert(one)).map_err(|_| Fault::Quota)
}

fn index(number: u32) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}
