//! What a driver reaches by http.

use std::sync::Arc;

use airs_core::{Capability, Code, Error, HttpRequest, HttpResponse, Result};
use airs_engine::Http;
use airs_platform::HttpError;

use super::DriverState;
use crate::heard::Refusal;

impl Http for DriverState {
    async fn send(&mut self, request: HttpRequest) -> Result<Arc<HttpResponse>> {
        match &self.transaction {
            None => {
                let message = "http is there while the host calls the driver, and only then";
                return Err(self.guest.denied(Capability::Http, message));
            }
            // Nothing comes of it any more.
            Some(transaction) => transaction.doom().map_or(Ok(()), |doom| Err(doom.clone()))?,
        }
        let (name, until) = (self.guest.shared_name(), self.guest.deadline());
        let memory = self.guest.hold_memory();
        let answer = self
            .asking
            .answer(&name, request, &self.capabilities, until, memory)
            .await;
        answer.map_err(|refusal| match refusal {
            Refusal::Http(error @ (HttpError::NotGranted { .. } | HttpError::NotPublic { .. })) => {
                let denied = self
                    .guest
                    .denied(Capability::Http, format!("driver {name}: {error}"));
                match Error::from(error).hint_text() {
                    Some(hint) => denied.hint(hint),
                    None => denied,
                }
            }
            Refusal::Http(error) => error.into(),
            Refusal::Unreachable => {
                Error::new(Code::Unsupported, "there is no way to servers from this context")
            }
            // A limit of the run: it ends, whatever the driver makes of that.
            Refusal::OverLimit(error) => match self.transaction.as_deref_mut() {
                Some(transaction) => transaction.doomed(error),
                None => error,
            },
        })
    }
}
