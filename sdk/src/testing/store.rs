//! Storage in memory, with an undo log.

use std::{any::TypeId, collections::BTreeMap, ops::Bound};

use crate::{Code, Error, Result, storage::Entry};

const KEY_BYTES_MAX: usize = 1024;
const VALUE_BYTES_MAX: usize = 1 << 20;
const KEYS_MAX: usize = 256;
const PAGE_ENTRIES_MAX: u32 = 1000;
/// The limit `host_call_bytes` of who has set none.
const ANSWER_BYTES_MAX: usize = 8 << 20;

/// A key within a driver's own name space.
type Key = (TypeId, Vec<u8>);

/// What all drivers of a context have stored, and how to undo what was written since the last commit.
#[derive(Debug, Default)]
pub(crate) struct Store {
    entries: BTreeMap<Key, Vec<u8>>,
    undo: Vec<(Key, Option<Vec<u8>>)>,
}

/// A state to go back to.
#[derive(Clone, Copy, Debug)]
pub(super) struct Savepoint(usize);

impl Store {
    pub(crate) fn get(&self, driver: TypeId, key: &[u8]) -> Result<Option<Vec<u8>>> {
        check_key(key)?;
        Ok(self.entries.get(&(driver, key.to_vec())).cloned())
    }

    pub(crate) fn get_many(&self, driver: TypeId, keys: &[Vec<u8>]) -> Result<Vec<Option<Vec<u8>>>> {
        if keys.len() > KEYS_MAX {
            return Err(limit(format!(
                "{} keys in one call; at most {KEYS_MAX} are possible",
                keys.len()
            )));
        }
        let values = keys.iter().map(|key| self.get(driver, key));
        let values = values.collect::<Result<Vec<_>>>()?;
        let bytes: usize = values.iter().flatten().map(Vec::len).sum();
        if bytes > ANSWER_BYTES_MAX {
            return Err(limit(format!(
                "the values of these keys have {bytes} bytes; at most 8 MiB are possible"
            )));
        }
        Ok(values)
    }

    pub(crate) fn set(&mut self, driver: TypeId, key: &[u8], value: &[u8]) -> Result<()> {
        check_key(key)?;
        if value.len() > VALUE_BYTES_MAX {
            return Err(limit(format!(
                "a value of {} bytes; at most 1 MiB is possible",
                value.len()
            )));
        }
        self.replace((driver, key.to_vec()), Some(value.to_vec()));
        Ok(())
    }

    pub(crate) fn delete(&mut self, driver: TypeId, key: &[u8]) -> Result<()> {
        check_key(key)?;
        self.replace((driver, key.to_vec()), None);
        Ok(())
    }

    pub(crate) fn scan(
        &self,
        driver: TypeId,
        prefix: &[u8],
        after: Option<&[u8]>,
        limit: u32,
    ) -> (Vec<Entry>, bool) {
        let limit = usize::try_from(limit.min(PAGE_ENTRIES_MAX)).unwrap_or_default();
        let from = match after {
            Some(after) if after >= prefix => Bound::Excluded((driver, after.to_vec())),
            _ => Bound::Included((driver, prefix.to_vec())),
        };
        let mut found = self
            .entries
            .range((from, Bound::Unbounded))
            .take_while(|((owner, key), _)| *owner == driver && key.starts_with(prefix))
            .map(|((_, key), value)| Entry {
                key: key.clone(),
                value: value.clone(),
            });
        let entries = found.by_ref().take(limit).collect();
        (entries, found.next().is_some())
    }

    pub(super) fn savepoint(&self) -> Savepoint {
        Savepoint(self.undo.len())
    }

    /// Undoes what was written since.
    pub(super) fn roll_back(&mut self, to: Savepoint) {
        while self.undo.len() > to.0 {
            if let Some((key, before)) = self.undo.pop() {
                self.put(key, before);
            }
        }
    }

    /// Undoes what was written since the last commit.
    pub(super) fn abort(&mut self) {
        self.roll_back(Savepoint(0));
    }

    /// Whether anything was written since the last commit.
    pub(super) fn has_written(&self) -> bool {
        !self.undo.is_empty()
    }

    /// Makes what was written last.
    pub(super) fn commit(&mut self) {
        self.undo.clear();
    }

    fn replace(&mut self, key: Key, value: Option<Vec<u8>>) {
        let before = self.put(key.clone(), value);
        self.undo.push((key, before));
    }

    fn put(&mut self, key: Key, value: Option<Vec<u8>>) -> Option<Vec<u8>> {
        match value {
            Some(value) => self.entries.insert(key, value),
            None => self.entries.remove(&key),
        }
    }
}

fn check_key(key: &[u8]) -> Result<()> {
    match key.len() {
        0 => Err(Error::invalid_input("a key has at least one byte")),
        1..=KEY_BYTES_MAX => Ok(()),
        long => Err(limit(format!(
            "a key of {long} bytes; at most 1,024 are possible"
        ))),
    }
}

fn limit(message: String) -> Error {
    Error::new(Code::LimitExceeded, message)
}

#[cfg(test)]
mod tests {
    use std::any::TypeId;

    use super::Store;

    const DRIVER: fn() -> TypeId = TypeId::of::<u8>;

    #[test]
    fn a_roll_back_restores_what_was_there() {
        let mut store = Store::default();
        store.set(DRIVER(), b"a", b"1").unwrap();
        store.commit();
        let savepoint = store.savepoint();
        store.set(DRIVER(), b"a", b"2").unwrap();
        store.set(DRIVER(), b"b", b"3").unwrap();
        store.delete(DRIVER(), b"a").unwrap();
        store.roll_back(savepoint);
        assert_eq!(store.get(DRIVER(), b"a").unwrap().unwrap(), b"1");
        assert_eq!(store.get(DRIVER(), b"b").unwrap(), None);
    }

    #[test]
    fn a_scan_goes_page_by_page_and_stays_within_its_prefix_and_driver() {
        let mut store = Store::default();
        for key in ["a", "b1", "b2", "b3", "c"] {
            store.set(DRIVER(), key.as_bytes(), b"").unwrap();
            store.set(TypeId::of::<u16>(), key.as_bytes(), b"").unwrap();
        }
        let keys = |after: Option<&[u8]>, limit| {
            let (page, more) = store.scan(DRIVER(), b"b", after, limit);
            (
                page.into_iter()
                    .map(|entry| String::from_utf8(entry.key).unwrap())
                    .collect::<Vec<_>>(),
                more,
            )
        };
        assert_eq!(keys(None, 2), (vec!["b1".to_owned(), "b2".to_owned()], true));
        assert_eq!(keys(Some(b"b2"), 2), (vec!["b3".to_owned()], false));
        assert_eq!(keys(Some(b"b3"), 2), (vec![], false));
    }
}
