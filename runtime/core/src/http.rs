//! Outbound http: where a request goes, and which requests are allowed.

mod host;
mod path;
mod pattern;
mod request;
mod url;

pub use host::Host;
pub use pattern::HttpPattern;
pub use request::{HttpHeader, HttpMethod, HttpRequest, HttpResponse};
pub use url::{HttpUrl, Scheme};

/// What is wrong with a would-be URL, or a pattern of some. It is a part of a sentence, without the text itself,
/// which may hold a secret.
///
/// ```
/// use airs_core::{HttpUrl, HttpUrlError};
///
/// let error: HttpUrlError = "https://münchen.example".parse::<HttpUrl>().unwrap_err();
/// assert_eq!(error.hint_text(), Some("write it as xn--… (punycode)"));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{what}")]
pub struct HttpUrlError {
    what: &'static str,
    hint: Option<&'static str>,
}

impl HttpUrlError {
    const fn new(what: &'static str) -> Self {
        Self { what, hint: None }
    }

    const fn hint(self, hint: &'static str) -> Self {
        Self {
            hint: Some(hint),
            ..self
        }
    }

    /// What could be done about it.
    pub fn hint_text(&self) -> Option<&'static str> {
        self.hint
    }
}
