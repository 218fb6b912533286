//! Where a request goes.

use std::fmt;
use std::str::FromStr;

use super::{Host, HttpUrlError, path};

/// How a server is spoken to.
///
/// ```
/// use airs_core::{HttpUrl, Scheme};
///
/// let url: HttpUrl = "http://example.com/".parse()?;
/// assert_eq!((url.scheme(), url.port()), (Scheme::Http, 80));
/// # Ok::<(), airs_core::HttpUrlError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Scheme {
    /// In the clear.
    Http,
    /// Encrypted, with a server that proves who it is.
    Https,
}

impl Scheme {
    /// `http` or `https`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Http => "http",
            Self::Https => "https",
        }
    }

    /// The port that is meant when none is said.
    pub const fn port(self) -> u16 {
        match self {
            Self::Http => 80,
            Self::Https => 443,
        }
    }

    /// The scheme that `text` begins with, and what follows `://`.
    pub(super) fn split(text: &str) -> Option<(Self, &str)> {
        let (scheme, rest) = text.split_once("://")?;
        let known = [Self::Http, Self::Https].into_iter();
        let scheme = known
            .into_iter()
            .find(|known| scheme.eq_ignore_ascii_case(known.as_str()))?;
        Some((scheme, rest))
    }
}

impl fmt::Display for Scheme {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// An absolute URL of a request, read once and in one way: what is checked is what is sent.
///
/// There is no user information and no fragment in it, its host is a [`Host`], and its path has neither `.` nor `..`
/// in it, however they were written. What a browser would guess at is refused.
///
/// ```
/// use airs_core::HttpUrl;
///
/// let url: HttpUrl = "HTTPS://API.example.com./a/%2e%2e/rates?of=usd".parse()?;
/// assert_eq!(url.to_string(), "https://api.example.com/rates?of=usd");
/// assert!("https://api.example.com@evil.example".parse::<HttpUrl>().is_err());
/// # Ok::<(), airs_core::HttpUrlError>(())
/// ```
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct HttpUrl {
    scheme: Scheme,
    host: Host,
    port: u16,
    path: String,
    query: Option<String>,
}

impl HttpUrl {
    /// The longest URL; servers commonly take no longer ones.
    pub const BYTES_MAX: usize = 8 * 1024;

    /// How the server is spoken to.
    pub fn scheme(&self) -> Scheme {
        self.scheme
    }

    /// Who is asked.
    pub fn host(&self) -> &Host {
        &self.host
    }

    /// The port, the scheme's own if none was written.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The path, which begins with `/`.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// What a request asks the server for: the path, and the query if there is one.
    pub fn target(&self) -> String {
        match &self.query {
            Some(query) => format!("{}?{query}", self.path),
            None => self.path.clone(),
        }
    }

    /// The host, and the port unless it is the scheme's own: the content of a request's `Host`.
    pub fn authority(&self) -> String {
        if self.port == self.scheme.port() {
            self.host.to_string()
        } else {
            format!("{}:{}", self.host, self.port)
        }
    }

    /// Scheme, host and port: what can be shown of a URL, whose path and query may hold a secret.
    pub fn origin(&self) -> String {
        format!("{}://{}", self.scheme, self.authority())
    }
}

impl FromStr for HttpUrl {
    type Err = HttpUrlError;

    fn from_str(text: &str) -> Result<Self, HttpUrlError> {
        const TOO_LONG: HttpUrlError = HttpUrlError::new("it has more than 8,192 bytes, with its path");
        if text.len() > Self::BYTES_MAX {
            return Err(TOO_LONG);
        }
        let (scheme, rest) = Scheme::split(text)
            .ok_or(HttpUrlError::new("it does not begin with https:// or http://").hint("write it whole"))?;
        let (authority, after) = rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
        let (host, port) = authority_of(authority)?;
        if after.contains('#') {
            return Err(HttpUrlError::new("it has a fragment, which is never sent")
                .hint("leave out # and what follows"));
        }
        let (path, query) = match after.split_once('?') {
            Some((path, query)) => (path, Some(path::query(query)?)),
            None => (after, None),
        };
        let read = Self {
            scheme,
            host: Host::parse(host)?,
            port: port.unwrap_or_else(|| scheme.port()),
            path: path::normalised(if path.is_empty() { "/" } else { path })?,
            query,
        };
        // The path that is not written is sent.
        if read.to_string().len() > Self::BYTES_MAX {
            return Err(TOO_LONG);
        }
        Ok(read)
    }
}

/// The host and the port of what stands between `//` and the path.
pub(super) fn authority_of(text: &str) -> Result<(&str, Option<u16>), HttpUrlError> {
    if text.contains('@') {
        return Err(HttpUrlError::new("it has user information before the host")
            .hint("credentials go into a header of the request"));
    }
    // An IPv6 address has colons of its own, inside its brackets.
    let end = if text.starts_with('[') {
        text.find(']').map_or(text.len(), |bracket| bracket + 1)
    } else {
        0
    };
    let after = text.get(end..).unwrap_or_default();
    let Some(colon) = after.find(':') else {
        return Ok((text, None));
    };
    let (host, port) = text.split_at(end + colon);
    let digits = port.strip_prefix(':').unwrap_or_default();
    let is_plain = !digits.starts_with('0') && digits.bytes().all(|byte| byte.is_ascii_digit());
    match digits.parse() {
        Ok(port) if is_plain => Ok((host, Some(port))),
        _ => Err(HttpUrlError::new("the port is no number from 1 to 65535")),
    }
}

impl fmt::Display for HttpUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.origin(), self.target())
    }
}

/// Shows the [origin](HttpUrl::origin).
impl fmt::Debug for HttpUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("HttpUrl").field(&self.origin()).finish()
    }
}
