//! Storage: where a driver keeps what is to last.
//!
//! Keys and values are those of one driver in one context: no other driver reaches them. Reads see the
//! state as it was when the run began, and what the run itself wrote. Writes become visible to others with
//! the run's commit. Make keys of the path that the host passes, never of data that a person chose.
//!
//! A key has 1 to 1,024 bytes, a value up to 1 MiB. Programs have no storage: they reach drivers.
//!
//! ```
//! use airs::{Result, storage};
//!
//! fn visit(path: &str) -> Result<u32> {
//!     let visits = storage::get_json::<u32>(path)?.unwrap_or(0) + 1;
//!     storage::set_json(path, &visits)?;
//!     Ok(visits)
//! }
//!
//! # use airs::testing::{Context, Purse};
//! # Context::new().inside::<Purse, _>(|| { assert_eq!((visit("/a")?, visit("/a")?), (1, 2)); Ok(()) })?;
//! # Ok::<(), airs::Error>(())
//! ```

mod scan;

use serde::{Serialize, de::DeserializeOwned};

pub use self::scan::{Scan, scan};
use crate::{Error, Result, host};

/// The value of a key, or none.
///
/// # Errors
/// [`Code::LimitExceeded`](crate::Code::LimitExceeded) for a key that is too long;
/// [`Code::StorageUnavailable`](crate::Code::StorageUnavailable).
pub fn get(key: impl AsRef<[u8]>) -> Result<Option<Vec<u8>>> {
    host::storage_get(key.as_ref())
}

/// The values of several keys, in their order, for the cost of one question; at most 256 keys.
///
/// # Errors
/// As [`get`]; and [`Code::LimitExceeded`](crate::Code::LimitExceeded) for more keys, or when the values have more
/// bytes together than the driver's limit `host_call_bytes`, 8 MiB unless it is set.
///
/// ```
/// # use airs::{storage, testing::{Context, Purse}};
/// # Context::new().inside::<Purse, _>(|| {
/// storage::set("a", "1")?;
/// assert_eq!(storage::get_many(["a", "b"])?, [Some(b"1".to_vec()), None]);
/// # Ok(()) })?;
/// # Ok::<(), airs::Error>(())
/// ```
pub fn get_many<K: AsRef<[u8]>>(keys: impl IntoIterator<Item = K>) -> Result<Vec<Option<Vec<u8>>>> {
    let keys: Vec<Vec<u8>> = keys.into_iter().map(|key| key.as_ref().to_vec()).collect();
    host::storage_get_many(&keys)
}

/// Sets a key to a value.
///
/// # Errors
/// [`Code::LimitExceeded`](crate::Code::LimitExceeded) for a key or a value that is too long, or when the
/// run writes too much.
pub fn set(key: impl AsRef<[u8]>, value: impl AsRef<[u8]>) -> Result<()> {
    host::storage_set(key.as_ref(), value.as_ref())
}

/// Removes a key; a key that is not there is no error.
///
/// # Errors
/// As [`set`].
pub fn delete(key: impl AsRef<[u8]>) -> Result<()> {
    host::storage_delete(key.as_ref())
}

/// The value of a key that [`set_json`] set, or none.
///
/// # Errors
/// As [`get`]; and [`Code::Internal`](crate::Code::Internal) when something else was stored there.
pub fn get_json<T: DeserializeOwned>(key: impl AsRef<[u8]>) -> Result<Option<T>> {
    let Some(bytes) = get(&key)? else { return Ok(None) };
    serde_json::from_slice(&bytes).map(Some).map_err(|error| {
        let key = String::from_utf8_lossy(key.as_ref()).into_owned();
        Error::internal(format!("what is stored under {key:?} does not fit: {error}"))
    })
}

/// Sets a key to the JSON form of a value.
///
/// # Errors
/// As [`set`]; and [`Code::Internal`](crate::Code::Internal) when the value has no JSON form.
pub fn set_json<T: Serialize + ?Sized>(key: impl AsRef<[u8]>, value: &T) -> Result<()> {
    let bytes =
        serde_json::to_vec(value).map_err(|error| Error::internal(format!("no JSON form: {error}")))?;
    set(key, bytes)
}

/// A key and its value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The key, with the prefix that was scanned for.
    pub key: Vec<u8>,
    /// The value.
    pub value: Vec<u8>,
}
