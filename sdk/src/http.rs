//! Http: what a driver asks servers.
//!
//! A driver reaches the hosts that its manifest declares and its operator grants:
//! `capabilities = { http = ["api.example.com"] }`. Within a run there are `GET` and `HEAD`, which have no effect but
//! their answer; a later attempt of the run gets the answers of the first one. Redirects are answers, and nothing is
//! unpacked. Programs have no http: they reach drivers.
//!
//! ```
//! use airs::{Result, http, testing::{Context, Purse}};
//! use serde::Deserialize;
//!
//! #[derive(Deserialize)]
//! struct Rate {
//!     cents: u32,
//! }
//!
//! fn rate(of: &str) -> Result<u32> {
//!     let answer = http::get(format!("https://api.example.com/rates/{of}")).header("accept", "application/json");
//!     Ok(answer.send()?.successful()?.json::<Rate>()?.cents)
//! }
//!
//! # fn main() -> Result<()> {
//! let context = Context::new();
//! context.answer_http(|request| {
//!     assert_eq!(request.url(), "https://api.example.com/rates/usd");
//!     Ok(http::Response::new(200).with_body(r#"{"cents":92}"#))
//! });
//! assert_eq!(context.inside::<Purse, _>(|| rate("usd"))?, 92);
//! # Ok(())
//! # }
//! ```

use serde::de::DeserializeOwned;

use crate::{Error, Result, host};

/// A request that asks for the content at a URL.
pub fn get(url: impl Into<String>) -> Request {
    Request::new("GET", url)
}

/// A request that asks for the status and the header of what is at a URL.
///
/// ```
/// assert_eq!(airs::http::head("https://a.example").method(), "HEAD");
/// ```
pub fn head(url: impl Into<String>) -> Request {
    Request::new("HEAD", url)
}

/// A request to a server.
///
/// An example is at [`http`](self).
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use = "a request does nothing until it is sent"]
pub struct Request {
    method: String,
    url: String,
    headers: Vec<(String, Vec<u8>)>,
}

impl Request {
    /// A request of any method; within a run all but `GET` and `HEAD` are refused when they are sent.
    pub fn new(method: impl Into<String>, url: impl Into<String>) -> Self {
        Self {
            method: method.into(),
            url: url.into(),
            headers: Vec::new(),
        }
    }

    /// The same request with one more header field. `host`, and what speaks of the connection, is the host's.
    pub fn header(mut self, name: impl AsRef<str>, value: impl Into<Vec<u8>>) -> Self {
        self.headers
            .push((name.as_ref().to_ascii_lowercase(), value.into()));
        self
    }

    /// The method, such as `GET`.
    pub fn method(&self) -> &str {
        &self.method
    }

    /// The URL, as it was written.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The header fields, names in lower case.
    pub fn headers(&self) -> &[(String, Vec<u8>)] {
        &self.headers
    }

    /// Sends it, and waits for the whole response. Whatever its status is, a response is no error.
    ///
    /// # Errors
    /// [`Code::Denied`](crate::Code::Denied) for a host that was not granted;
    /// [`Code::EffectInRun`](crate::Code::EffectInRun) for another method than `GET` and `HEAD`;
    /// [`Code::InvalidInput`](crate::Code::InvalidInput) for a malformed URL or header;
    /// [`Code::LimitExceeded`](crate::Code::LimitExceeded) for a response that is too large, or too many requests;
    /// [`Code::DeadlineExceeded`](crate::Code::DeadlineExceeded); [`Code::Rejected`](crate::Code::Rejected) when no
    /// answer could be had.
    pub fn send(self) -> Result<Response> {
        host::http_send(self)
    }
}

/// What a server answered.
///
/// An example is at [`http`](self).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Response {
    /// The status, such as 200.
    pub status: u16,
    /// The header fields, names in lower case.
    pub headers: Vec<(String, Vec<u8>)>,
    /// The content, as it came.
    pub body: Vec<u8>,
}

impl Response {
    /// A response with this status, for a test to answer with.
    pub fn new(status: u16) -> Self {
        Self {
            status,
            headers: Vec::new(),
            body: Vec::new(),
        }
    }

    /// The same response with one more header field.
    #[must_use]
    pub fn with_header(mut self, name: impl AsRef<str>, value: impl Into<Vec<u8>>) -> Self {
        self.headers
            .push((name.as_ref().to_ascii_lowercase(), value.into()));
        self
    }

    /// The same response with this content.
    #[must_use]
    pub fn with_body(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.body = body.into();
        self
    }

    /// The value of the first header field of a name, if it is there and is text.
    ///
    /// ```
    /// let answer = airs::http::Response::new(200).with_header("Content-Type", "text/csv");
    /// assert_eq!(answer.header("content-type"), Some("text/csv"));
    /// ```
    pub fn header(&self, name: &str) -> Option<&str> {
        let (_, value) = self
            .headers
            .iter()
            .find(|(known, _)| known.eq_ignore_ascii_case(name))?;
        std::str::from_utf8(value).ok()
    }

    /// The response, if its status says that all went well: 200 to 299.
    ///
    /// # Errors
    /// [`Code::Rejected`](crate::Code::Rejected) with the status otherwise.
    ///
    /// ```
    /// use airs::{Code, http::Response};
    ///
    /// assert_eq!(Response::new(404).successful().unwrap_err().code, Code::Rejected);
    /// ```
    pub fn successful(self) -> Result<Self> {
        match self.status {
            200..=299 => Ok(self),
            status => Err(Error::rejected(format!(
                "the server answered with status {status}"
            ))),
        }
    }

    /// The content as text.
    ///
    /// # Errors
    /// [`Code::Rejected`](crate::Code::Rejected) when it is not UTF-8.
    ///
    /// ```
    /// assert_eq!(airs::http::Response::new(200).with_body("hello").text()?, "hello");
    /// # Ok::<(), airs::Error>(())
    /// ```
    pub fn text(&self) -> Result<&str> {
        std::str::from_utf8(&self.body).map_err(|_| Error::rejected("the server's answer is no text"))
    }

    /// The value that the content is the JSON form of.
    ///
    /// # Errors
    /// [`Code::Rejected`](crate::Code::Rejected) when it is not JSON, or does not fit.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T> {
        serde_json::from_slice(&self.body)
            .map_err(|error| Error::rejected(format!("the server's answer does not fit: {error}")))
    }
}
