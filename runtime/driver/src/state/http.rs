//! What a driver reaches by http.

use std::sync::Arc;

use airs_core::{Capability, Code, Error, HttpRequest, HttpResponse, Result};
use airs_engine::Http;
use airs_platform::HttpError;

use super::DriverState;
use crate::heard::Refusal;

impl Http for DriverState {
    async fn send(&mut self, request: HttpRequest) -> Result<Arc<HttpResponse>> {
        if self.transaction.is_none() {
            let message = "http is there while the host calls the driver, and only then";
            return Err(Error::new(Code::Denied, message));
        }
        let (name, until) = (self.guest.shared_name(), self.guest.deadline());
        let answer = self
            .asking
            .answer(&name, request, &self.capabilities, until)
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
            Refusal::Run(error) => error,
        })
    }
}
