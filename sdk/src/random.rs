//! Random numbers of the run.
//!
//! The host fixes the seed with the run: every attempt of one run draws the same numbers.

use crate::host;

/// A random number, each as likely as any other.
///
/// ```
/// let winner = airs::random::u64() % 3;
/// # assert!(winner < 3);
/// ```
pub fn u64() -> u64 {
    host::random_u64()
}

/// `N` random bytes.
///
/// ```
/// let token: [u8; 16] = airs::random::bytes();
/// # assert_eq!(token.len(), 16);
/// ```
pub fn bytes<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    for chunk in bytes.chunks_mut(8) {
        for (byte, random) in chunk.iter_mut().zip(u64().to_le_bytes()) {
            *byte = random;
        }
    }
    bytes
}
