//! How an attempt ends that cannot be committed.

use airs_core::Error;
use airs_driver::Session;

/// Why an attempt cannot be committed.
pub(crate) struct Failed {
    pub(crate) error: Error,
    /// Whether it is that a driver's data has been migrated for a newer generation of it.
    pub(crate) outdated: bool,
}

impl Failed {
    pub(crate) fn of(error: Error, session: &Session) -> Self {
        Self {
            error,
            outdated: session.is_outdated(),
        }
    }
}

impl From<Error> for Failed {
    fn from(error: Error) -> Self {
        Self {
            error,
            outdated: false,
        }
    }
}
