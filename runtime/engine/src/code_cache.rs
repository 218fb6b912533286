//! Compiled code, kept on disk.
//!
//! Loading it is executing it, so nothing is loaded that this cache did not write: it is in a folder that only its
//! owner can change, each entry carries a keyed hash of all of it, and the key never leaves the folder. What does not
//! fit is compiled again. A process hashes an entry when it first loads it, and whenever it was changed since.

mod entry;
mod folder;
mod key;
mod seen;

use std::fmt;
use std::path::Path;
use std::sync::Arc;

use airs_core::{Code, Error, Result};
use wasmtime::component::Component;

pub(crate) use entry::{CodeName, fingerprint};
use entry::{Entry, Refusal};
use folder::Folder;
use key::Key;
use seen::Seen;

use crate::compiler::{self, Origin};

/// Compiled code on disk: each component is compiled once, for all runtimes of one user that have the folder.
///
/// ```no_run
/// use airs_engine::CodeCache;
///
/// let cache = CodeCache::open("/var/cache/shop/code")?.bytes_max(64 << 20);
/// # Ok::<(), airs_core::Error>(())
/// ```
#[derive(Clone)]
pub struct CodeCache {
    folder: Folder,
    key: Arc<Key>,
    seen: Arc<Seen>,
    bytes_max: u64,
}

impl CodeCache {
    /// Room for code unless said otherwise: some 3,000 plain components.
    pub const BYTES_MAX: u64 = 512 << 20;

    /// Opens a folder, which is made when it is not there. Nobody but its owner may be able to look into it, or to write
    /// to a folder above it. On Windows the access control lists that it inherits have to see to that.
    ///
    /// # Errors
    /// [`Code::InvalidConfig`] when somebody else could write to the folder or put another one in its place,
    /// [`Code::StorageUnavailable`] when the owner cannot.
    pub fn open(folder: impl AsRef<Path>) -> Result<Self> {
        let path = folder.as_ref();
        let unavailable = |cause: std::io::Error| {
            let message = format!("the code cache {} cannot be used", path.display());
            Error::new(Code::StorageUnavailable, message).caused_by(cause)
        };
        let folder = Folder::open(path).map_err(unavailable)?.map_err(|why| {
            let message = format!("the code cache {} is not private: {why}", path.display());
            Error::new(Code::InvalidConfig, message).hint(
                "code in it is executed: nobody but you may be able to write to it, or to a folder above it",
            )
        })?;
        Ok(Self {
            key: Arc::new(Key::open(&folder).map_err(unavailable)?),
            seen: Arc::default(),
            folder,
            bytes_max: Self::BYTES_MAX,
        })
    }

    /// The same cache with room for so many bytes of code. What was not used for longest goes first.
    #[must_use]
    pub fn bytes_max(mut self, bytes: u64) -> Self {
        self.bytes_max = bytes;
        self
    }

    /// The code of a component, by the digest of its bytes; why an entry that is there was not taken.
    pub(crate) fn load(
        &self,
        engine: &wasmtime::Engine,
        name: &CodeName<'_>,
    ) -> std::result::Result<Option<Component>, String> {
        let entry = Entry::new(self.folder.path(), name);
        let component = match entry.verify(&self.key, &self.seen) {
            Ok(Some(path)) => match compiler::load(engine, Origin::Cache(path)) {
                // Another process has made room in between.
                Err(_) if matches!(path.try_exists(), Ok(false)) => return Ok(None),
                loaded => loaded.map_err(Refusal::Code),
            },
            Ok(None) => return Ok(None),
            Err(refusal) => Err(refusal),
        };
        component.map(Some).map_err(|refusal| {
            if refusal.is_for_ever() {
                entry.remove();
            }
            refusal.to_string()
        })
    }

    /// Keeps the code of a component. What cannot be kept is compiled again the next time.
    pub(crate) fn store(&self, name: &CodeName<'_>, code: &[u8]) -> std::io::Result<()> {
        let bytes = code.len() as u64;
        if bytes > self.bytes_max {
            return Ok(());
        }
        self.folder.make_room(bytes, self.bytes_max)?;
        Entry::new(self.folder.path(), name).write(&self.key, code)
    }
}

impl fmt::Debug for CodeCache {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CodeCache")
            .field("folder", &self.folder.path())
            .field("bytes_max", &self.bytes_max)
            .finish_non_exhaustive()
    }
}
