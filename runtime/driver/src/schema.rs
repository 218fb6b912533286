//! The schema version of what a driver has stored: a row of the host for each driver of a context.
//!
//! Every run reads the row when it first uses the driver, and a migration writes it: a run of an older generation
//! that comes too late conflicts like any other, and one that would begin now is told that it is too old.

use airs_core::{Code, Error, Result};
use airs_platform::Bytes;

use crate::catalog::Driver;
use crate::transaction::Transaction;

/// What is stored has this version; 0 when nothing was ever migrated.
pub(crate) async fn version(transaction: &mut Transaction, driver: &Driver) -> Result<u32> {
    match transaction.get(driver.version_key.as_slice()).await? {
        None => Ok(0),
        Some(row) => row.as_ref().try_into().map(u32::from_le_bytes).map_err(|_| {
            let message = format!("the schema version of driver {} cannot be read", driver.name());
            Error::new(Code::StorageCorrupt, message)
                .hint("the state was damaged, or written by a newer version")
        }),
    }
}

/// Writes the version with all that a migration has changed.
pub(crate) fn set_version(transaction: &mut Transaction, driver: &Driver, version: u32) -> Result<()> {
    let row: Bytes = version.to_le_bytes().into();
    transaction.put(driver.version_key.clone(), Some(row))
}

/// What is said of a driver that knows less than was stored.
pub(crate) fn too_old(knows: u32, stored: u32) -> Error {
    let message = format!("it knows schema version {knows}, and what is stored has version {stored} already");
    Error::new(Code::Rejected, message)
        .hint("put the version of the driver into service that wrote it, or a newer one; nothing was changed")
}

/// What is said to a run whose driver was put into service for another version than is stored.
pub(crate) fn outdated(driver: &Driver, knows: u32, stored: u32) -> Error {
    let name = driver.name();
    let message = format!(
        "driver {name} was put into service for schema version {knows}, and what is stored has version {stored}"
    );
    Error::new(Code::Rejected, message)
        .hint("a load of another version has migrated it, here or in another process: load that version")
}
