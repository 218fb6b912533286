//! What is in the folder: the guest knows it, and the proof lays it out.

/// The length of the longest file: more than is read at once.
pub(crate) const LONG: u64 = 100_000;
/// The files by path, and how long they are: no two are as long as each other. Beside the folder is more, with lengths of its own,
/// and `out` leads there where there are links.
pub(crate) const FILES: [(&str, u64); 3] = [("a", LONG), ("b/c", 10), ("empty", 0)];

/// What each byte of a file is: no two files have the same beginning.
pub(crate) fn byte(length: u64, at: u64) -> u8 {
    ((length + at) % 251) as u8
}
