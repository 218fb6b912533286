//! What goes wrong with a request.

use std::error::Error as StdError;
use std::sync::Arc;

use airs_core::{Capabilities, Code, Error, HttpRequest};

/// Why there is no response.
///
/// The texts name scheme, host and port of a request at most: a path, a header or a query may hold a secret, and the
/// address behind a name is nobody's business.
///
/// An example is at [`Http`](crate::Http).
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum HttpError {
    /// The host, its port, its scheme or the path was not granted. Nothing was sent, and no name was resolved.
    #[error("requests to {origin}{} are not granted", if *.path { " with that path" } else { "" })]
    NotGranted {
        /// Where it was to go.
        origin: String,
        /// Whether only the path was not granted.
        path: bool,
    },
    /// The host has no address that is public, and none that was granted by itself. Nothing was sent.
    #[error("{origin} is not a public address, and is not granted as an address")]
    NotPublic {
        /// Where it was to go.
        origin: String,
    },
    /// The response is larger than may be.
    #[error("the response of {origin} has more than {limit}")]
    TooLarge {
        /// Where it came from.
        origin: String,
        /// How much may be.
        limit: String,
    },
    /// There is no memory for the response; others have taken it.
    #[error("there is no memory left for the response of {origin}")]
    NoRoom {
        /// Where it came from.
        origin: String,
    },
    /// It took too long.
    #[error("{origin} did not answer in time")]
    Late {
        /// Where it went.
        origin: String,
    },
    /// It was not asked: other requests had all places, until the time was over.
    #[error(
        "{origin} was not asked: {each_max} other requests of the component in its context, or {all_max} of all, waited for \
         their servers until there was no time left"
    )]
    NoPlace {
        /// Where it was to go.
        origin: String,
        /// The places of one component in one context.
        each_max: usize,
        /// The places of all.
        all_max: usize,
    },
    /// No answer could be had.
    #[error("{origin} cannot be asked: {what}")]
    Failed {
        /// Where it was to go.
        origin: String,
        /// What failed.
        what: &'static str,
        /// What the network said.
        source: Option<Arc<dyn StdError + Send + Sync>>,
    },
}

impl HttpError {
    /// Checks a request against the patterns that were granted, before anything is resolved or sent.
    ///
    /// # Errors
    /// [`HttpError::NotGranted`] when none matches.
    pub fn check_granted(request: &HttpRequest, granted: &Capabilities) -> Result<(), Self> {
        let url = request.url();
        if granted.http.iter().any(|pattern| pattern.matches(url)) {
            return Ok(());
        }
        Err(Self::NotGranted {
            origin: url.origin(),
            path: granted.http.iter().any(|pattern| pattern.matches_origin(url)),
        })
    }

    /// The code under which components see this.
    pub fn code(&self) -> Code {
        match self {
            Self::NotGranted { .. } | Self::NotPublic { .. } => Code::Denied,
            Self::TooLarge { .. } | Self::NoRoom { .. } => Code::LimitExceeded,
            Self::Late { .. } => Code::DeadlineExceeded,
            Self::NoPlace { .. } => Code::Busy,
            Self::Failed { .. } => Code::Rejected,
        }
    }

    fn hint(&self) -> Option<&'static str> {
        match self {
            Self::NotGranted { .. } => {
                Some("its http is declared in the driver's capabilities, and granted in airs.toml")
            }
            Self::NotPublic { .. } => Some(
                "the address itself can be granted, with its scheme and port, such as http://127.0.0.1:8080",
            ),
            _ => None,
        }
    }
}

impl From<HttpError> for Error {
    fn from(error: HttpError) -> Self {
        let plain = Self::new(error.code(), error.to_string());
        let hinted = match error.hint() {
            Some(hint) => plain.hint(hint),
            None => plain,
        };
        match error {
            HttpError::Failed {
                source: Some(source), ..
            } => hinted.caused_by(source),
            _ => hinted,
        }
    }
}
