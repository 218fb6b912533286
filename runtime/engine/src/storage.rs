//! Storage, as drivers import it (`wit/storage.wit`).

use airs_core::Result;
use wasmtime::StoreContextMut;
use wasmtime::component::{ComponentType, Linker, Lower};

use crate::abi;
use crate::guest::GuestState;

/// The interface's name.
pub(crate) const INTERFACE: &str = "airs:storage/storage@0.1.0";

/// A part of a scan.
///
/// An example is at [`Storage`].
#[derive(Clone, Debug, Default)]
pub struct Page {
    /// Keys and values, in the order of the keys' bytes.
    pub entries: Vec<(Vec<u8>, Vec<u8>)>,
    /// Whether there are entries after the last one.
    pub more: bool,
}

/// What stands behind a driver's storage. Keys are the driver's own, without any prefix.
///
/// ```
/// use std::collections::BTreeMap;
/// use airs_core::Result;
/// use airs_engine::{Guest, GuestState, Page, Storage};
///
/// /// One driver's keys, for as long as its instance lives.
/// struct Fleeting {
///     guest: Guest,
///     stored: BTreeMap<Vec<u8>, Vec<u8>>,
/// }
///
/// impl GuestState for Fleeting {
///     fn guest(&mut self) -> &mut Guest {
///         &mut self.guest
///     }
/// }
///
/// impl Storage for Fleeting {
///     async fn get(&mut self, key: Vec<u8>) -> Result<Option<Vec<u8>>> {
///         Ok(self.stored.get(&key).cloned())
///     }
///     async fn get_many(&mut self, keys: Vec<Vec<u8>>) -> Result<Vec<Option<Vec<u8>>>> {
///         Ok(keys.iter().map(|key| self.stored.get(key).cloned()).collect())
///     }
///     async fn put(&mut self, key: Vec<u8>, value: Option<Vec<u8>>) -> Result<()> {
///         match value {
///             Some(value) => self.stored.insert(key, value),
///             None => self.stored.remove(&key),
///         };
///         Ok(())
///     }
///     async fn scan(&mut self, prefix: Vec<u8>, after: Option<Vec<u8>>, limit: u32) -> Result<Page> {
///         let start = after.as_ref().map_or(&prefix, |after| after.max(&prefix));
///         let found = self.stored.range(start.clone()..).filter(|(key, _)| Some(*key) != after.as_ref());
///         let mut found = found.take_while(|(key, _)| key.starts_with(&prefix));
///         let entries = found.by_ref().take(limit as usize).map(|(key, value)| (key.clone(), value.clone()));
///         Ok(Page { entries: entries.collect(), more: found.next().is_some() })
///     }
/// }
/// ```
pub trait Storage: GuestState {
    /// The value of a key.
    fn get(&mut self, key: Vec<u8>) -> impl Future<Output = Result<Option<Vec<u8>>>> + Send;
    /// The values of several keys, in their order.
    fn get_many(&mut self, keys: Vec<Vec<u8>>) -> impl Future<Output = Result<Vec<Option<Vec<u8>>>>> + Send;
    /// Sets a key, or with no value removes it.
    fn put(&mut self, key: Vec<u8>, value: Option<Vec<u8>>) -> impl Future<Output = Result<()>> + Send;
    /// Entries by prefix.
    fn scan(
        &mut self,
        prefix: Vec<u8>,
        after: Option<Vec<u8>>,
        limit: u32,
    ) -> impl Future<Output = Result<Page>> + Send;
}

#[derive(ComponentType, Lower)]
#[component(record)]
struct AbiEntry {
    key: Vec<u8>,
    value: Vec<u8>,
}

#[derive(ComponentType, Lower)]
#[component(record)]
struct AbiPage {
    entries: Vec<AbiEntry>,
    more: bool,
}

impl From<Page> for AbiPage {
    fn from(page: Page) -> Self {
        let entries = page
            .entries
            .into_iter()
            .map(|(key, value)| AbiEntry { key, value })
            .collect();
        Self {
            entries,
            more: page.more,
        }
    }
}

/// Defines storage in a driver's linker.
pub(crate) fn link<T: Storage>(linker: &mut Linker<T>) -> wasmtime::Result<()> {
    let mut storage = linker.instance(INTERFACE)?;
    storage.func_wrap_async("get", |mut store: StoreContextMut<'_, T>, (key,): (Vec<u8>,)| {
        Box::new(async move { Ok((store.data_mut().get(key).await.map_err(abi::Error::from),)) })
    })?;
    storage.func_wrap_async(
        "get-many",
        |mut store: StoreContextMut<'_, T>, (keys,): (Vec<Vec<u8>>,)| {
            Box::new(async move { Ok((store.data_mut().get_many(keys).await.map_err(abi::Error::from),)) })
        },
    )?;
    storage.func_wrap_async(
        "set",
        |mut store: StoreContextMut<'_, T>, (key, value): (Vec<u8>, Vec<u8>)| {
            Box::new(async move {
                let result = store.data_mut().put(key, Some(value)).await;
                Ok((result.map_err(abi::Error::from),))
            })
        },
    )?;
    storage.func_wrap_async(
        "delete",
        |mut store: StoreContextMut<'_, T>, (key,): (Vec<u8>,)| {
            Box::new(async move { Ok((store.data_mut().put(key, None).await.map_err(abi::Error::from),)) })
        },
    )?;
    storage.func_wrap_async(
        "scan",
        |mut store: StoreContextMut<'_, T>, (prefix, after, limit): (Vec<u8>, Option<Vec<u8>>, u32)| {
            Box::new(async move {
                let result = store.data_mut().scan(prefix, after, limit).await;
                Ok((result.map(AbiPage::from).map_err(abi::Error::from),))
            })
        },
    )
}
