//! What servers answer.

/// What the server of a URL answers.
///
/// ```
/// use airs_testing::Response;
///
/// let rate = Response::new(200, r#"{"usd": 1.16}"#).header("content-type", "application/json");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use = "it is answered when a builder is told of it"]
pub struct Response {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Response {
    /// A status, from 200 to 599, and a body: text, or any bytes.
    pub fn new(status: u16, body: impl Into<Vec<u8>>) -> Self {
        Self {
            status,
            headers: Vec::new(),
            body: body.into(),
        }
    }

    /// The same with one more header field.
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_ascii_lowercase(), value.to_owned()));
        self
    }
}
