//! The context of a test, reached through the run that is active on this thread.

use std::time::SystemTime;

use crate::{Receipt, Result, Rights, Value, http, storage::Entry, testing::active};

/// An open descriptor of a program.
#[derive(Debug)]
pub(crate) struct Descriptor(active::Handle);

pub(crate) fn intend(path: &str, rights: Rights) -> Result<Descriptor> {
    active::intend(path, rights).map(Descriptor)
}

impl Descriptor {
    pub(crate) fn view(&self) -> Result<Value> {
        active::view(self.0)
    }

    pub(crate) fn transfer(&self, to: &Self, value: Value) -> Result<Receipt> {
        active::transfer(self.0, to.0, value)
    }

    pub(crate) fn control(&self, operation: &str, input: &str) -> Result<String> {
        active::control(self.0, operation, input)
    }

    pub(crate) fn done(self) -> Result<()> {
        active::done(self.0)
    }
}

impl Drop for Descriptor {
    fn drop(&mut self) {
        active::dropped(self.0);
    }
}

pub(crate) fn storage_get(key: &[u8]) -> Result<Option<Vec<u8>>> {
    active::with_storage(|store, driver| store.get(driver, key))
}

pub(crate) fn storage_get_many(keys: &[Vec<u8>]) -> Result<Vec<Option<Vec<u8>>>> {
    active::with_storage(|store, driver| store.get_many(driver, keys))
}

pub(crate) fn storage_set(key: &[u8], value: &[u8]) -> Result<()> {
    active::with_storage(|store, driver| store.set(driver, key, value))
}

pub(crate) fn storage_delete(key: &[u8]) -> Result<()> {
    active::with_storage(|store, driver| store.delete(driver, key))
}

/// A page of the entries under `prefix`, and whether there are more.
pub(crate) fn storage_scan(prefix: &[u8], after: Option<&[u8]>, limit: u32) -> Result<(Vec<Entry>, bool)> {
    active::with_storage(|store, driver| Ok(store.scan(driver, prefix, after, limit)))
}

pub(crate) fn http_send(request: http::Request) -> Result<http::Response> {
    active::http_send(&request)
}

pub(crate) fn random_u64() -> u64 {
    active::random_u64()
}

pub(crate) fn now() -> SystemTime {
    active::now()
}

/// Writes a line where the test harness captures it.
#[expect(clippy::print_stderr, reason = "only this way the test harness captures it")]
pub(crate) fn write_line(line: &str) {
    eprintln!("{line}");
}
