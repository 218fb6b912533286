//! What a driver's instance holds, and the storage that it sees.

mod http;

use std::sync::Arc;

use airs_core::{Access, Capabilities, Capability, Code, Error, Result};
use airs_engine::{Guest, GuestState, Page, Storage};

use crate::heard::Asking;
use crate::namespace;
use crate::transaction::Transaction;

/// Long enough for an asset's path and a word before it.
const KEY_BYTES_MAX: usize = 1_024;
/// A transaction of many of these still fits into memory several times over.
const VALUE_BYTES_MAX: usize = 1 << 20;
const KEYS_PER_CALL_MAX: usize = 256;
const SCAN_ENTRIES_MAX: u32 = 1_000;

/// The state of one driver instance. While the driver is being called, the run's transaction is here.
///
/// An example is at [`Driver`](crate::Driver).
#[derive(Debug)]
pub struct DriverState {
    guest: Guest,
    capabilities: Arc<Capabilities>,
    space: Arc<[u8]>,
    asking: Asking,
    transaction: Option<Box<Transaction>>,
}

impl DriverState {
    pub(crate) fn new(
        guest: Guest,
        capabilities: Arc<Capabilities>,
        space: Arc<[u8]>,
        asking: Asking,
    ) -> Self {
        Self {
            guest,
            capabilities,
            space,
            asking,
            transaction: None,
        }
    }

    pub(crate) fn lend(&mut self, transaction: Box<Transaction>) {
        self.transaction = Some(transaction);
    }

    pub(crate) fn give_back(&mut self) -> Option<Box<Transaction>> {
        self.transaction.take()
    }

    fn transaction(&mut self) -> Result<&mut Transaction> {
        let guest = &mut self.guest;
        self.transaction.as_deref_mut().ok_or_else(|| {
            let message = "storage is there while the host calls the driver, and only then";
            guest.denied(Capability::Storage, message)
        })
    }

    /// Whether the driver may do this with its storage.
    fn check_storage(&self, wanted: Access) -> Result<()> {
        let held = self.capabilities.storage.map(|storage| storage.access);
        if held >= Some(wanted) {
            return Ok(());
        }
        let name = self.guest.name();
        let message = match held {
            None => format!("driver {name} has no storage"),
            Some(_) => format!("driver {name} may read its storage, and not write to it"),
        };
        let error = self.guest.denied(Capability::Storage, message);
        Err(error.hint("it is declared in the driver's capabilities, and granted in airs.toml"))
    }

    fn quota_bytes(&self) -> u64 {
        self.capabilities.storage.map_or(0, |storage| storage.quota_bytes)
    }

    fn key(&self, key: &[u8]) -> Result<Vec<u8>> {
        if key.is_empty() {
            return Err(Error::new(Code::InvalidInput, "a storage key is empty"));
        }
        self.within(key)
    }

    /// A key, or the beginning of some, under the driver's own prefix.
    fn within(&self, key: &[u8]) -> Result<Vec<u8>> {
        if key.len() > KEY_BYTES_MAX {
            let message = format!(
                "a storage key of {} bytes is over the limit of {KEY_BYTES_MAX}",
                key.len()
            );
            return Err(Error::new(Code::LimitExceeded, message));
        }
        Ok(namespace::key(&self.space, key))
    }
}

/// Whether a value may be handed to a guest in one call.
fn check_bytes(bytes: usize, bytes_max: usize) -> Result<()> {
    if bytes <= bytes_max {
        return Ok(());
    }
    let message = format!("a value of {bytes} bytes is over the limit of {bytes_max} (host_call_bytes)");
    Err(Error::new(Code::LimitExceeded, message))
}

impl GuestState for DriverState {
    fn guest(&mut self) -> &mut Guest {
        &mut self.guest
    }
}

impl Storage for DriverState {
    async fn get(&mut self, key: Vec<u8>) -> Result<Option<Vec<u8>>> {
        self.check_storage(Access::Read)?;
        let key = self.key(&key)?;
        let bytes_max = self.guest.host_call_bytes();
        let value = self.transaction()?.get(key).await?;
        check_bytes(value.as_deref().map_or(0, <[u8]>::len), bytes_max)?;
        Ok(value.map(|value| value.to_vec()))
    }

    async fn get_many(&mut self, keys: Vec<Vec<u8>>) -> Result<Vec<Option<Vec<u8>>>> {
        self.check_storage(Access::Read)?;
        if keys.len() > KEYS_PER_CALL_MAX {
            let message = format!(
                "{} keys in one call are over the limit of {KEYS_PER_CALL_MAX}",
                keys.len()
            );
            return Err(Error::new(Code::LimitExceeded, message));
        }
        let keys = keys.iter().map(|key| self.key(key)).collect::<Result<Vec<_>>>()?;
        let bytes_max = self.guest.host_call_bytes();
        let Some(values) = self.transaction()?.get_many(keys, bytes_max).await? else {
            let message =
                format!("the values of these keys have more than {bytes_max} bytes (host_call_bytes)");
            return Err(Error::new(Code::LimitExceeded, message).hint("ask for fewer keys at once"));
        };
        let values = values.into_iter();
        Ok(values.map(|value| value.map(|value| value.to_vec())).collect())
    }

    async fn put(&mut self, key: Vec<u8>, value: Option<Vec<u8>>) -> Result<()> {
        self.check_storage(Access::ReadWrite)?;
        let bytes = value.as_ref().map_or(0, Vec::len);
        if bytes > VALUE_BYTES_MAX {
            let message = format!("a value of {bytes} bytes is over the limit of {VALUE_BYTES_MAX}");
            return Err(Error::new(Code::LimitExceeded, message));
        }
        let key = self.key(&key)?;
        let (space, quota_bytes) = (Arc::clone(&self.space), self.quota_bytes());
        let transaction = self.transaction()?;
        if transaction
            .put_within(&space, quota_bytes, key, value.map(Arc::from))
            .await?
        {
            return Ok(());
        }
        let name = self.guest.name();
        let message = format!("driver {name} would keep more than its quota of {quota_bytes} bytes");
        let error = self.guest.denied(Capability::Storage, message);
        Err(error.hint(
            "quota_bytes of its storage, in its capabilities and in airs.toml, says how much it may keep",
        ))
    }

    async fn scan(&mut self, prefix: Vec<u8>, after: Option<Vec<u8>>, limit: u32) -> Result<Page> {
        self.check_storage(Access::Read)?;
        let prefix = self.within(&prefix)?;
        let after = after.map(|after| self.within(&after)).transpose()?;
        let (space_bytes, bytes_max) = (self.space.len(), self.guest.host_call_bytes());
        let limit = limit.min(SCAN_ENTRIES_MAX);
        let (entries, more) = self.transaction()?.scan(prefix, after, limit, bytes_max).await?;
        // The first one is there, however long it is.
        check_bytes(entries.first().map_or(0, |(_, value)| value.len()), bytes_max)?;
        let own = |key: Vec<u8>| key.get(space_bytes..).unwrap_or_default().to_vec();
        let entries = entries
            .into_iter()
            .map(|(key, value)| (own(key), value.to_vec()))
            .collect();
        Ok(Page { entries, more })
    }
}
