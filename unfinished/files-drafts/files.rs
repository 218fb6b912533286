//! What a guest has open of the folders that it was given.
//!
//! A file's content is read when the file is opened, and kept until it is closed: what a guest sees of it does not
//! change in between, and nothing of the host but memory is held. That memory counts as the guest's.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

use airs_core::{FileStat, Folder, FolderError, FolderName, FolderPath};
use slab::Slab;

use crate::meter::MemoryMeter;

/// The largest file that can be opened. It is read whole, on the thread that guests execute on.
const FILE_BYTES_MAX: u64 = 16 << 20;
/// The most files, streams and listings that a guest has open at once, each.
const OPEN_MAX: usize = 64;
/// What an entry of a listing takes beside its name.
const ENTRY_BYTES: usize = 48;

/// What is open, by the numbers that handles have. Streams begin with 1: 0 is standard input.
#[derive(Debug, Default)]
pub(crate) struct Files {
    open: Slab<Open>,
    streams: Slab<Stream>,
    listings: Slab<Listing>,
}

/// A file or a folder that is open.
#[derive(Clone, Debug)]
pub(crate) struct Open {
    name: FolderName,
    folder: Arc<dyn Folder>,
    path: FolderPath,
    stat: FileStat,
    /// Of a file.
    content: Option<Arc<[u8]>>,
}

#[derive(Debug)]
struct Stream {
    content: Arc<[u8]>,
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
}

impl From<FolderError> for Fault {
    fn from(error: FolderError) -> Self {
        Self::Folder(error)
    }
}

type Result<T> = std::result::Result<T, Fault>;

impl Files {
    /// Opens a folder itself.
    pub(crate) fn enter(&mut self, name: &FolderName, folder: &Arc<dyn Folder>) -> Result<u32> {
        let path = FolderPath::root();
        let stat = folder.stat(&path)?;
        insert(
            &mut self.open,
            Open {
                name: name.clone(),
                folder: Arc::clone(folder),
                path,
                stat,
                content: None,
            },
        )
    }

    /// What is open under a number.
    pub(crate) fn get(&self, number: u32) -> Result<&Open> {
        self.open.get(index(number)).ok_or(Fault::Handle)
    }

    /// Opens what is at a path below a folder that is open.
    pub(crate) fn open(&mut self, number: u32, path: &str, meter: &mut MemoryMeter) -> Result<u32> {
        if self.open.len() >= OPEN_MAX {
            return Err(Fault::Quota);
        }
        let mut opened = self.get(number)?.at(path)?;
        if !opened.stat.is_folder {
            let content = opened.folder.read(&opened.path, FILE_BYTES_MAX)?;
            if !meter.take(content.len()) {
                return Err(Fault::Memory);
            }
            // It may have grown since it was looked at.
            opened.stat.bytes = content.len() as u64;
            opened.content = Some(content.into());
        }
        insert(&mut self.open, opened)
    }

    /// Begins to read a file from an offset on; the number of the stream.
    pub(crate) fn stream(&mut self, number: u32, offset: u64) -> Result<u32> {
        let content = Arc::clone(self.get(number)?.content()?);
        let at = usize::try_from(offset).unwrap_or(usize::MAX);
        insert(&mut self.streams, Stream { content, at }).map(|number| number + 1)
    }

    /// The next bytes of a stream, at most so many; none at its end.
    pub(crate) fn read(&mut self, stream: u32, bytes_max: usize) -> Option<Vec<u8>> {
        let stream = self.streams.get_mut(index(stream.checked_sub(1)?))?;
        let rest = stream.content.get(stream.at..)?;
        let bytes = rest.get(..bytes_max.min(rest.len()))?.to_vec();
        stream.at += bytes.len();
        let is_over = rest.is_empty();
        (!is_over).then_some(bytes)
    }

    /// Begins to list a folder.
    pub(crate) fn list(&mut self, number: u32, meter: &mut MemoryMeter) -> Result<u32> {
        let open = self.get(number)?;
        let mut entries = open.folder.list(&open.path)?;
        let bytes = entries.iter().map(|(name, _)| name.len() + ENTRY_BYTES).sum();
        if self.listings.len() >= OPEN_MAX {
            return Err(Fault::Quota);
        }
        if !meter.take(bytes) {
            return Err(Fault::Memory);
        }
        entries.reverse();
        insert(&mut self.listings, Listing { entries, bytes })
    }

    /// The next name of a listing, and whether it is a folder.
    pub(crate) fn next(&mut self, listing: u32) -> Result<Option<(String, bool)>> {
        let listing = self.listings.get_mut(index(listing)).ok_or(Fault::Handle)?;
        Ok(listing.entries.pop())
    }

    pub(crate) fn close(&mut self, number: u32, meter: &mut MemoryMeter) {
        let closed = self.open.try_remove(index(number));
        if let Some(content) = closed.and_then(|open| open.content) {
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
    /// What is at a path below this folder, without its content.
    pub(crate) fn at(&self, path: &str) -> Result<Self> {
        if !self.stat.is_folder {
            return Err(FolderError::NotAFolder.into());
        }
        let path = self.path.join(path)?;
        let stat = self.folder.stat(&path)?;
        if path.is_folder() && !stat.is_folder {
            return Err(FolderError::NotAFolder.into());
        }
        Ok(Self {
            path,
            stat,
            content: None,
            ..self.clone()
        })
    }

    pub(crate) fn stat(&self) -> FileStat {
        self.stat
    }

    /// The name of the folder that it is in.
    pub(crate) fn folder_name(&self) -> &FolderName {
        &self.name
    }

    pub(crate) fn content(&self) -> Result<&Arc<[u8]>> {
        self.content.as_ref().ok_or(Fault::Folder(FolderError::NotAFile))
    }

    pub(crate) fn is_same(&self, other: &Self) -> bool {
        (&self.name, &self.path) == (&other.name, &other.path)
    }

    /// Two numbers that change when the file does.
    pub(crate) fn hash(&self) -> (u64, u64) {
        let hash = |salt: u8| {
            let mut hasher = DefaultHasher::new();
            (salt, self.name.as_str(), self.path.segments(), self.stat.bytes, self.stat.modified).hash(&mut hasher);
            hasher.finish()
        };
        (hash(0), hash(1))
    }
}

/// Gives memory back, unless somebody else still reads it.
fn release(content: &Arc<[u8]>, meter: &mut MemoryMeter) {
    if Arc::strong_count(&content) == 1 {
        meter.give_back(content.len());
    }
}

fn insert<T>(all: &mut Slab<T>, one: T) -> Result<u32> {
    if all.len() >= OPEN_MAX {
        return Err(Fault::Quota);
    }
    u32::try_from(all.insert(one)).map_err(|_| Fault::Quota)
}

fn index(number: u32) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}
