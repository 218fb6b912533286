//! A driver that is put into service where something is stored already.

use std::any::TypeId;

use super::{Context, active};
use crate::{Driver, Error, Result};

impl Context {
    /// Has the driver `D` bring what it has stored here from a schema version to its own, as when it is put into
    /// service: all or nothing. Answers with its version.
    ///
    /// What an older version would have stored is put there with [`inside`](Self::inside). An example is at
    /// [`Driver::migrate`].
    ///
    /// # Errors
    /// What the driver answers; [`Code::Rejected`](crate::Code::Rejected) when its version is below `from`, or when it
    /// writes and stays at `from`.
    pub fn migrate<D: Driver>(&self, from: u32) -> Result<u32> {
        self.transaction(self.call(super::context::OPERATOR, "/"), || {
            let to = active::ask(TypeId::of::<D>(), || D::migrate(from))?;
            if to < from {
                let message = format!("it knows schema version {to}, and what is stored has version {from}");
                return Err(Error::rejected(message));
            }
            if to == from && active::has_written()? {
                let message = format!("it migrates what it has stored, and stays at schema version {from}");
                return Err(
                    Error::rejected(message).hint("a migration answers with a version above the one before")
                );
            }
            Ok(to)
        })
    }
}
