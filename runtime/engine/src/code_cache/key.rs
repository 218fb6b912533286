//! The key of the cache.

use std::io::{self, ErrorKind, Read as _, Write as _};
use std::path::Path;

use super::folder::{self, Folder};

const FILE: &str = "key";
const KEY_BYTES: usize = 32;

/// What tells an entry that was written here from one that was put here. It has no debug form.
pub(super) struct Key([u8; KEY_BYTES]);

impl Key {
    /// The key of a folder, which is made the first time. One that is damaged is replaced: all entries are compiled
    /// again then.
    pub(super) fn open(folder: &Folder) -> io::Result<Self> {
        let path = folder.path().join(FILE);
        let is_damaged = match read(&path) {
            Ok(Some(key)) => return Ok(Self(key)),
            Ok(None) => true,
            Err(error) if error.kind() == ErrorKind::NotFound => false,
            Err(error) => return Err(error),
        };
        let mut key = [0; KEY_BYTES];
        getrandom::fill(&mut key).map_err(io::Error::other)?;
        let mut made = folder::temporary(folder.path())?;
        made.file.write_all(&key)?;
        made.file.sync_all()?;
        if is_damaged {
            // In one step: another process may do the same, and finds one key or the other.
            made.rename(&path)?;
        } else {
            // Whoever comes first makes the key; the others take it.
            match made.link(&path) {
                Ok(()) => {}
                Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
                Err(error) => return Err(error),
            }
        }
        let taken = read(&path)?;
        taken
            .map(Self)
            .ok_or_else(|| io::Error::new(ErrorKind::InvalidData, "its key is damaged"))
    }

    pub(super) fn bytes(&self) -> &[u8; KEY_BYTES] {
        &self.0
    }
}

/// The key in a file, if it is one that nobody else can read.
fn read(path: &Path) -> io::Result<Option<[u8; KEY_BYTES]>> {
    let Some((mut file, about)) = folder::open_own(path)? else {
        return Ok(None);
    };
    if about.len() != KEY_BYTES as u64 {
        return Ok(None);
    }
    let mut key = [0; KEY_BYTES];
    file.read_exact(&mut key)?;
    Ok(Some(key))
}
