//! How much a commit makes the keys under a prefix grow.

use std::collections::BTreeMap;

use super::{Bytes, Key};

/// Bytes by which what lies under a prefix changes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Growth {
    /// Of what is there afterwards, of the keys that are written.
    more: u64,
    /// Of what was there before, of the same keys.
    less: u64,
}

impl Growth {
    /// What these writes change, when `stored_bytes` tells how long a key's value was before, if it was there.
    pub(crate) fn of<E>(
        writes: &[(Key, Option<Bytes>)],
        prefix: &[u8],
        mut stored_bytes: impl FnMut(&[u8]) -> Result<Option<u64>, E>,
    ) -> Result<Self, E> {
        let mut growth = Self::default();
        let mut count = |key: &[u8], after: Option<u64>| {
            let own = key.len().saturating_sub(prefix.len()) as u64;
            growth.more += after.map_or(0, |value| own + value);
            growth.less += stored_bytes(key)?.map_or(0, |value| own + value);
            Ok(())
        };
        let under = writes
            .iter()
            .filter(|(key, _)| key.starts_with(prefix))
            .map(|(key, value)| (key.as_slice(), value.as_ref().map(|value| value.len() as u64)));
        // In order and each once, as a run writes them: nothing has to be sorted.
        if writes.is_sorted_by(|(one, _), (next, _)| one < next) {
            under.into_iter().try_for_each(|(key, after)| count(key, after))?;
        } else {
            // The last write of a key is the one that counts.
            let last: BTreeMap<_, _> = under.collect();
            last.into_iter().try_for_each(|(key, after)| count(key, after))?;
        }
        Ok(growth)
    }

    /// Whether what had `before` bytes has room for it.
    pub(crate) fn fits(self, before: u64, bytes_max: u64) -> bool {
        self.more <= self.less || self.after(before) <= bytes_max
    }

    /// How many bytes there are afterwards.
    pub(crate) fn after(self, before: u64) -> u64 {
        before.saturating_add(self.more).saturating_sub(self.less)
    }
}
