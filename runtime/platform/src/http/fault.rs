//! What goes wrong with a server, as it is told.

use std::error::Error as StdError;
use std::sync::Arc;

use super::HttpError;
use super::exchange::{RESPONSE_FIELDS_MAX, RESPONSE_HEAD_BYTES_MAX};
use super::network::{REQUESTS_AT_ONCE_MAX, REQUESTS_EACH_MAX};

/// What hyper says when a response has more header fields or bytes of them; its question for it is there for servers only.
const HEAD_TOO_LARGE_TEXT: &str = "message head is too large";

/// Says what went wrong with which server.
pub(super) struct Fault {
    pub(super) origin: String,
}

impl Fault {
    pub(super) fn of(&self, error: hyper::Error) -> HttpError {
        if error.to_string().contains(HEAD_TOO_LARGE_TEXT) {
            return self.too_large(format!(
                "{RESPONSE_FIELDS_MAX} header fields, or {RESPONSE_HEAD_BYTES_MAX} bytes of them"
            ));
        }
        let what = if error.is_incomplete_message() {
            "it broke off its answer"
        } else if error.is_parse() {
            "its answer is no http"
        } else {
            "the connection failed"
        };
        self.failed(what, error)
    }

    pub(super) fn late(&self) -> HttpError {
        HttpError::Late {
            origin: self.origin.clone(),
        }
    }

    pub(super) fn no_place(&self) -> HttpError {
        HttpError::NoPlace {
            origin: self.origin.clone(),
            each_max: REQUESTS_EACH_MAX,
            all_max: REQUESTS_AT_ONCE_MAX,
        }
    }

    pub(super) fn failed(
        &self,
        what: &'static str,
        error: impl StdError + Send + Sync + 'static,
    ) -> HttpError {
        HttpError::Failed {
            origin: self.origin.clone(),
            what,
            source: Some(Arc::new(error)),
        }
    }

    pub(super) fn failed_plainly(&self, what: &'static str) -> HttpError {
        HttpError::Failed {
            origin: self.origin.clone(),
            what,
            source: None,
        }
    }

    pub(super) fn no_room(&self) -> HttpError {
        HttpError::NoRoom {
            origin: self.origin.clone(),
        }
    }

    pub(super) fn too_large(&self, limit: String) -> HttpError {
        HttpError::TooLarge {
            origin: self.origin.clone(),
            limit,
        }
    }
}
