//! What is asked, and what comes back.

use super::HttpUrl;
use crate::{Code, Error, Result};

/// A header field: its name in lower case, and its value.
pub type HttpHeader = (String, Vec<u8>);

/// The longest name of a header field; the longest in use are below 50 bytes.
const NAME_BYTES_MAX: usize = 256;
/// The most fields of a request, and the most bytes of all of them: servers commonly take no more.
const FIELDS_MAX: usize = 64;
const FIELD_BYTES_MAX: usize = 32 * 1024;

/// Fields that speak of the connection rather than of the request: they are the host's to write. With some of them,
/// two servers on the way could read two different requests out of one.
const RESERVED: [&str; 13] = [
    "connection",
    "content-length",
    "expect",
    "host",
    "http2-settings",
    "keep-alive",
    "proxy-authorization",
    "proxy-connection",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "via",
];

/// Asks for nothing but an answer, so that it can be sent within a run.
///
/// ```
/// use airs_core::HttpMethod;
///
/// assert_eq!(HttpMethod::Get.as_str(), "GET");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum HttpMethod {
    /// The answer, whole.
    Get,
    /// Its status and its header only.
    Head,
}

impl HttpMethod {
    /// `GET` or `HEAD`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Head => "HEAD",
        }
    }
}

/// A request that can be sent within a run: it has no effect but its answer, and nothing in it can be mistaken for
/// another request.
///
/// ```
/// use airs_core::{Code, HttpRequest};
///
/// let ask = |method, header: &str, value: &str| {
///     let headers = vec![(header.to_owned(), value.into())];
///     HttpRequest::new(method, "https://api.example.com/rates", headers, None)
/// };
/// assert_eq!(ask("GET", "accept", "application/json")?.url().origin(), "https://api.example.com");
/// assert_eq!(ask("POST", "accept", "*/*").unwrap_err().code(), Code::EffectInRun);
/// assert_eq!(ask("GET", "host", "elsewhere").unwrap_err().code(), Code::InvalidInput);
/// assert_eq!(ask("GET", "x", "a\r\nhost: b").unwrap_err().code(), Code::InvalidInput);
/// # Ok::<(), airs_core::Error>(())
/// ```
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct HttpRequest {
    method: HttpMethod,
    url: HttpUrl,
    headers: Vec<HttpHeader>,
}

impl HttpRequest {
    /// A request of these parts, as a component gives them.
    ///
    /// # Errors
    /// [`Code::InvalidInput`] when a part is malformed, or is the host's to write; [`Code::EffectInRun`] for another
    /// method than `GET` and `HEAD`.
    pub fn new(method: &str, url: &str, headers: Vec<HttpHeader>, body: Option<&[u8]>) -> Result<Self> {
        let url = url.parse().map_err(|why: super::HttpUrlError| {
            let error = malformed(format!("the request's URL is none: {why}"));
            match why.hint_text() {
                Some(hint) => error.hint(hint),
                None => error,
            }
        })?;
        let method = read_method(method)?;
        if body.is_some() {
            return Err(malformed(format!("a {} request has no body", method.as_str())));
        }
        check(&headers)?;
        Ok(Self { method, url, headers })
    }

    /// What is asked for.
    pub fn method(&self) -> HttpMethod {
        self.method
    }

    /// Where it goes.
    pub fn url(&self) -> &HttpUrl {
        &self.url
    }

    /// Its header fields, in their order.
    pub fn headers(&self) -> &[HttpHeader] {
        &self.headers
    }
}

/// Shows no header and no path: they may hold secrets.
impl std::fmt::Debug for HttpRequest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("HttpRequest")
            .field("method", &self.method)
            .field("origin", &self.url.origin())
            .field("headers", &self.headers.len())
            .finish()
    }
}

fn read_method(method: &str) -> Result<HttpMethod> {
    match method {
        "GET" => Ok(HttpMethod::Get),
        "HEAD" => Ok(HttpMethod::Head),
        // Names of methods are compared letter by letter; the known ones are in capitals.
        _ if !method.is_empty()
            && method.len() <= 32
            && method.bytes().all(|byte| byte.is_ascii_uppercase()) =>
        {
            let message =
                format!("a {method} request may have an effect, and a run has none on the outside world");
            Err(Error::new(Code::EffectInRun, message).hint("within a run there are GET and HEAD"))
        }
        _ => Err(malformed("the request's method is no word in capitals")),
    }
}

fn check(headers: &[HttpHeader]) -> Result<()> {
    let bytes: usize = headers.iter().map(|(name, value)| name.len() + value.len()).sum();
    if headers.len() > FIELDS_MAX || bytes > FIELD_BYTES_MAX {
        let message =
            format!("a request has at most {FIELDS_MAX} header fields of {FIELD_BYTES_MAX} bytes together");
        return Err(Error::new(Code::LimitExceeded, message));
    }
    headers.iter().try_for_each(|(name, value)| {
        // Not the value: it may be a secret.
        let fault = |what: &str| Err(malformed(format!("the request's header field {name:?} {what}")));
        if name.is_empty() || name.len() > NAME_BYTES_MAX || !name.bytes().all(is_in_a_name) {
            return Err(malformed("a header field of the request has no good name")
                .hint("a name has lower-case letters, digits and -"));
        }
        if RESERVED.contains(&name.as_str()) {
            return fault("is the host's to write");
        }
        let inside = value.trim_ascii().len() == value.len();
        if !inside || !value.iter().copied().all(is_in_a_value) {
            return fault("has a line break, another control character or outer white space in its value");
        }
        Ok(())
    })
}

fn is_in_a_name(byte: u8) -> bool {
    byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"!#$%&'*+-.^_`|~".contains(&byte)
}

/// As RFC 9110 has it: what is visible, spaces and tabs, and bytes beyond ASCII.
fn is_in_a_value(byte: u8) -> bool {
    byte == b'\t' || (byte >= b' ' && byte != 0x7f)
}

fn malformed(message: impl Into<String>) -> Error {
    Error::new(Code::InvalidInput, message)
}

/// What a server answered.
///
/// ```
/// use airs_core::HttpResponse;
///
/// let answer = HttpResponse { status: 204, ..HttpResponse::default() };
/// assert_eq!(answer.bytes(), 0);
/// ```
#[derive(Clone, Default, PartialEq, Eq)]
pub struct HttpResponse {
    /// The status, such as 200.
    pub status: u16,
    /// The header fields, in their order, names in lower case.
    pub headers: Vec<HttpHeader>,
    /// The content, as it came.
    pub body: Vec<u8>,
}

impl HttpResponse {
    /// The bytes of its header fields and its body.
    pub fn bytes(&self) -> usize {
        let fields = self.headers.iter().map(|(name, value)| name.len() + value.len());
        fields.sum::<usize>() + self.body.len()
    }
}

/// Shows no content: it belongs to somebody.
impl std::fmt::Debug for HttpResponse {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("HttpResponse")
            .field("status", &self.status)
            .field("bytes", &self.bytes())
            .finish()
    }
}

#[cfg(test)]
mod tests;
