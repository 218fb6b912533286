//! One file of the cache: code, and a keyed hash of it at the end.

use std::fs::{self, File};
use std::hash::{Hash, Hasher};
use std::io::{ErrorKind, Read, Write as _};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use super::folder::{self, ENDING};
use super::key::Key;
use super::seen::Seen;
use crate::os;

/// Set before what is hashed: another format has another hash.
const FORMAT: &[u8] = b"airs compiled code 1\0";
const HASH_BYTES: usize = 32;
/// An entry that is used is marked at most so often: it costs a write.
const MARK_EVERY: Duration = Duration::from_secs(3_600);
/// Large enough that hashing uses the processor's widest registers.
const BUFFER_BYTES: usize = 128 << 10;

/// A component's place in the cache.
pub(super) struct Entry {
    path: PathBuf,
    name: String,
}

/// Why an entry is not taken.
#[derive(Debug, thiserror::Error)]
pub(super) enum Refusal {
    #[error("it cannot be read: {0}")]
    Unreadable(std::io::Error),
    #[error("it is no file of the cache's")]
    Foreign,
    #[error("it is not as it was written")]
    Changed,
    #[error("the engine does not take it: {0}")]
    Code(wasmtime::Error),
}

impl Refusal {
    /// Whether it would be refused again; what cannot be read now may be read soon.
    pub(super) fn is_for_ever(&self) -> bool {
        !matches!(self, Self::Unreadable(_))
    }
}

/// What an entry is of: a component, by its digest, and the compiler, its version and its settings. Code of another
/// engine is not even looked at.
pub(crate) struct CodeName<'n> {
    pub(crate) digest: &'n [u8; HASH_BYTES],
    pub(crate) engine: &'n [u8; HASH_BYTES],
}

impl Entry {
    pub(super) fn new(folder: &Path, name: &CodeName<'_>) -> Self {
        let text = [&hex::encode(name.digest), "-", &hex::encode(name.engine), ENDING].concat();
        Self {
            path: folder.join(&text),
            name: text,
        }
    }

    /// The file, when it is there and is as it was written.
    pub(super) fn verify(&self, key: &Key, seen: &Seen) -> Result<Option<&Path>, Refusal> {
        let (file, about) = match folder::open_own(&self.path) {
            Ok(Some(own)) => own,
            Ok(None) => return Err(Refusal::Foreign),
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(Refusal::Unreadable(error)),
        };
        let identity = os::identity(&about);
        if !identity
            .as_ref()
            .is_some_and(|identity| seen.has(&self.name, identity))
        {
            self.check_hash(key, &file, about.len())?;
            if let Some(identity) = identity {
                seen.remember(&self.name, identity, SystemTime::now());
            }
        }
        self.mark(&file, about.modified().ok());
        Ok(Some(&self.path))
    }

    fn check_hash(&self, key: &Key, mut file: &File, bytes: u64) -> Result<(), Refusal> {
        let code_bytes = bytes.checked_sub(HASH_BYTES as u64).ok_or(Refusal::Changed)?;
        let mut hasher = self.hasher(key);
        let mut buffer = vec![0; BUFFER_BYTES];
        let mut rest = (&mut file).take(code_bytes);
        loop {
            let read = rest.read(&mut buffer).map_err(Refusal::Unreadable)?;
            match buffer.get(..read) {
                Some([]) | None => break,
                Some(bytes) => hasher.update(bytes),
            };
        }
        let mut hash = [0; HASH_BYTES];
        file.read_exact(&mut hash).map_err(|_| Refusal::Changed)?;
        // The comparison takes as long whatever it finds.
        if hasher.finalize() != hash {
            return Err(Refusal::Changed);
        }
        Ok(())
    }

    /// Says that it was used, for who makes room.
    fn mark(&self, file: &File, marked: Option<SystemTime>) {
        let now = SystemTime::now();
        let long_ago = marked.is_none_or(|at| now.duration_since(at).is_ok_and(|age| age > MARK_EVERY));
        if long_ago {
            // Without it, it goes a little early.
            let _ = file.set_modified(now);
        }
    }

    /// Writes it beside its place, and moves it there in one step.
    pub(super) fn write(&self, key: &Key, code: &[u8]) -> std::io::Result<()> {
        let mut hasher = self.hasher(key);
        hasher.update(code);
        let folder = self.path.parent().unwrap_or_else(|| Path::new("."));
        let mut made = folder::temporary(folder)?;
        made.file.write_all(code)?;
        made.file.write_all(hasher.finalize().as_bytes())?;
        made.rename(&self.path)
    }

    pub(super) fn remove(&self) {
        // It is refused again if it stays.
        let _ = fs::remove_file(&self.path);
    }

    fn hasher(&self, key: &Key) -> blake3::Hasher {
        let mut hasher = blake3::Hasher::new_keyed(key.bytes());
        hasher.update(FORMAT).update(self.name.as_bytes());
        hasher
    }
}

/// What becomes of a component before it is compiled: other bytes whenever that becomes otherwise. Code that was made of
/// other bytes would have other lines, too.
const PREPARED: &[u8] = b"copies divided 1";

/// What tells engines apart whose code does not fit together.
pub(crate) fn fingerprint(engine: &wasmtime::Engine) -> [u8; HASH_BYTES] {
    struct Fingerprint(blake3::Hasher);

    impl Hasher for Fingerprint {
        fn write(&mut self, bytes: &[u8]) {
            self.0.update(&(bytes.len() as u64).to_le_bytes()).update(bytes);
        }

        fn finish(&self) -> u64 {
            0
        }
    }

    let mut fingerprint = Fingerprint(blake3::Hasher::new());
    fingerprint.write(PREPARED);
    engine.precompile_compatibility_hash().hash(&mut fingerprint);
    *fingerprint.0.finalize().as_bytes()
}
