//! Entries by prefix, page by page.

use std::vec;

use super::Entry;
use crate::{Result, host};

/// Entries a page: enough to be one question for most drivers, few enough to stay small in memory.
const PAGE_ENTRIES: u32 = 256;

/// The entries whose keys begin with `prefix`, in the order of the keys' bytes.
///
/// Pages are fetched as the iterator goes on; after an error it ends. Entries that are set or removed
/// meanwhile are seen when they lie ahead.
///
/// ```
/// # use airs::{storage, testing::{Context, Purse}};
/// # Context::new().inside::<Purse, _>(|| {
/// storage::set("seat/7", "alice")?;
/// storage::set("seat/9", "bob")?;
/// for entry in storage::scan("seat/") {
///     let entry = entry?;
///     assert!(entry.key.starts_with(b"seat/"));
/// }
/// # assert_eq!(storage::scan("seat/").count(), 2);
/// # Ok(()) })?;
/// # Ok::<(), airs::Error>(())
/// ```
pub fn scan(prefix: impl AsRef<[u8]>) -> Scan {
    Scan {
        prefix: prefix.as_ref().to_vec(),
        after: None,
        page: Vec::new().into_iter(),
        more: true,
    }
}

/// The iterator of [`scan`].
#[derive(Debug)]
pub struct Scan {
    prefix: Vec<u8>,
    after: Option<Vec<u8>>,
    page: vec::IntoIter<Entry>,
    more: bool,
}

impl Iterator for Scan {
    type Item = Result<Entry>;

    fn next(&mut self) -> Option<Self::Item> {
        while self.page.len() == 0 && self.more {
            match host::storage_scan(&self.prefix, self.after.as_deref(), PAGE_ENTRIES) {
                Ok((entries, more)) => {
                    self.more = more && !entries.is_empty();
                    self.after = entries.last().map(|entry| entry.key.clone());
                    self.page = entries.into_iter();
                }
                Err(error) => {
                    self.more = false;
                    return Some(Err(error));
                }
            }
        }
        self.page.next().map(Ok)
    }
}
