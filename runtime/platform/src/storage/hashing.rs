//! How maps of keys hash.

use std::collections::hash_map;
use std::hash::{BuildHasher, Hasher as _};
use std::sync::LazyLock;

use foldhash::SharedSeed;
use foldhash::quality::{FoldHasher, SeedableRandomState};

/// A secret of this process, of the operating system's randomness; foldhash itself would take addresses for it.
static SECRET: LazyLock<SharedSeed> = LazyLock::new(|| SharedSeed::from_u64(chance()));

/// How maps of [`Key`](crate::Key)s hash: with secrets of the process and of each map, at a fifth of what the standard
/// library's takes.
///
/// Guests choose the keys. The hash is none for cryptography: who could measure how long look-ups take could learn the
/// secret in time. In a run no time passes, so that guests cannot.
///
/// ```
/// use std::collections::HashMap;
/// use airs_platform::{Key, KeyHash};
///
/// let mut versions: HashMap<Key, u64, KeyHash> = HashMap::default();
/// versions.insert(b"/accounts/alice/usd".to_vec(), 7);
/// assert_eq!(versions.get(b"/accounts/alice/usd".as_slice()), Some(&7));
/// ```
#[derive(Clone, Debug)]
pub struct KeyHash(SeedableRandomState);

impl Default for KeyHash {
    fn default() -> Self {
        // Its own randomness is enough to tell the maps of a process from each other.
        let of_this_map = foldhash::quality::RandomState::default().build_hasher().finish();
        Self(SeedableRandomState::with_seed(of_this_map, &SECRET))
    }
}

impl BuildHasher for KeyHash {
    type Hasher = FoldHasher<'static>;

    fn build_hasher(&self) -> Self::Hasher {
        self.0.build_hasher()
    }
}

/// The standard library asks the operating system.
fn chance() -> u64 {
    hash_map::RandomState::new().build_hasher().finish()
}
