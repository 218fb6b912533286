//! Answers to runs that were given an id.

use airs_core::{Guard, Result};

use super::Session;
use crate::answers::{self, Identity};

impl Session {
    /// The answer that was kept when a run of the caller with this id was committed, if one was.
    ///
    /// # Errors
    /// [`Code::IdReused`](airs_core::Code::IdReused) when that was another request;
    /// [`Code::IdExpired`](airs_core::Code::IdExpired) when it would have been forgotten.
    pub async fn kept_answer(&mut self, identity: &Identity) -> Result<Option<Vec<u8>>> {
        if !self.context.guards().has(Guard::IdRow) {
            return Ok(None);
        }
        answers::kept(self.instances.transaction()?, identity, &self.call.caller.id).await
    }

    /// Keeps an answer, which is committed with all that the run wrote.
    ///
    /// # Errors
    /// [`Code::LimitExceeded`](airs_core::Code::LimitExceeded) when it is too long.
    pub fn keep_answer(&mut self, identity: &Identity, answer: &[u8]) -> Result<()> {
        answers::keep(
            self.instances.transaction()?,
            identity,
            &self.call.caller.id,
            answer,
        )
    }
}
