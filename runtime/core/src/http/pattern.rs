//! Which requests are allowed.

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

use super::url::authority_of;
use super::{Host, HttpUrl, HttpUrlError, Scheme, path};

/// URLs that a component may ask for: `[SCHEME://]HOST[:PORT][PATH]`.
///
/// - The scheme is https unless `http://` is written, the port is the scheme's own unless it is written.
/// - The host is a name, an address, or `*.` before a name, which stands for one or more whole labels: not for a part
///   of one, and not for none. An address is granted by being written here, and in no other way.
/// - The path is every one unless it is written. `/data/*` is what lies below `/data/`, in whole segments; without
///   `*` it is that path alone.
///
/// ```
/// use airs_core::HttpPattern;
///
/// let pattern: HttpPattern = "*.example.com/data/*".parse()?;
/// let matches = |url: &str| pattern.matches(&url.parse().unwrap());
/// assert!(matches("https://api.example.com/data/1"));
/// assert!(!matches("https://evilexample.com/data/1"));
/// assert!(!matches("https://example.com/data/1"));
/// assert!(!matches("https://api.example.com/database"));
/// assert!(!matches("https://api.example.com/data/../admin"));
/// assert!(!matches("http://api.example.com/data/1"));
/// # Ok::<(), airs_core::HttpUrlError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct HttpPattern {
    scheme: Scheme,
    hosts: Hosts,
    port: u16,
    paths: Paths,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
enum Hosts {
    One(Host),
    /// Every name with whole labels before this one.
    Below(Host),
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
enum Paths {
    All,
    One(String),
    /// Every path that begins with this one, which ends with `/`.
    Below(String),
}

impl HttpPattern {
    /// The longest pattern, in the form in which it is shown: a host is at most 253 bytes.
    pub const BYTES_MAX: usize = 512;

    /// Whether the URL is one of those.
    pub fn matches(&self, url: &HttpUrl) -> bool {
        self.is_for(url.scheme(), url.port()) && self.hosts.has(url.host()) && self.paths.has(url.path())
    }

    /// Whether the URL's scheme, host and port are, whatever its path.
    pub fn matches_origin(&self, url: &HttpUrl) -> bool {
        self.is_for(url.scheme(), url.port()) && self.hosts.has(url.host())
    }

    /// Whether this address, with the URL's scheme, port and path, is written here: what lets a name lead to an address
    /// that is not public. It leads no further than the address does by itself.
    pub fn names_address(&self, url: &HttpUrl, address: IpAddr) -> bool {
        self.is_for(url.scheme(), url.port())
            && self.paths.has(url.path())
            && self.hosts == Hosts::One(Host::Address(address.to_canonical()))
    }

    /// Whether every URL that matches `other` matches this.
    pub fn covers(&self, other: &Self) -> bool {
        self.intersection(other).as_ref() == Some(other)
    }

    /// The URLs that match both, if there can be any.
    #[must_use]
    pub fn intersection(&self, other: &Self) -> Option<Self> {
        if !self.is_for(other.scheme, other.port) {
            return None;
        }
        Some(Self {
            hosts: self.hosts.intersection(&other.hosts)?,
            paths: self.paths.intersection(&other.paths)?,
            ..*self
        })
    }

    fn is_for(&self, scheme: Scheme, port: u16) -> bool {
        (self.scheme, self.port) == (scheme, port)
    }
}

impl Hosts {
    fn has(&self, host: &Host) -> bool {
        match self {
            Self::One(one) => one == host,
            Self::Below(domain) => {
                let mut labels = host.labels();
                domain.labels().all(|label| labels.next() == Some(label)) && labels.next().is_some()
            }
        }
    }

    fn intersection(&self, other: &Self) -> Option<Self> {
        match (self, other) {
            (_, Self::One(host)) => self.has(host).then(|| other.clone()),
            (Self::One(host), _) => other.has(host).then(|| self.clone()),
            (Self::Below(mine), Self::Below(theirs)) if mine == theirs || self.has(theirs) => {
                Some(other.clone())
            }
            (Self::Below(mine), Self::Below(_)) => other.has(mine).then(|| self.clone()),
        }
    }
}

impl Paths {
    fn has(&self, path: &str) -> bool {
        match self {
            Self::All => true,
            Self::One(one) => one == path && !path::is_ambiguous(path),
            Self::Below(folder) => path.starts_with(folder) && !path::is_ambiguous(path),
        }
    }

    fn intersection(&self, other: &Self) -> Option<Self> {
        match (self, other) {
            (Self::All, _) => Some(other.clone()),
            (_, Self::All) => Some(self.clone()),
            (_, Self::One(path)) => self.has(path).then(|| other.clone()),
            (Self::One(path), _) => other.has(path).then(|| self.clone()),
            (Self::Below(mine), Self::Below(theirs)) if theirs.starts_with(mine) => Some(other.clone()),
            (Self::Below(mine), Self::Below(theirs)) => mine.starts_with(theirs).then(|| self.clone()),
        }
    }
}

impl FromStr for HttpPattern {
    type Err = HttpUrlError;

    fn from_str(text: &str) -> Result<Self, HttpUrlError> {
        const TOO_LONG: HttpUrlError = HttpUrlError::new("it has more than 512 bytes, with its scheme");
        if text.len() > Self::BYTES_MAX {
            return Err(TOO_LONG);
        }
        let (scheme, rest) = match Scheme::split(text) {
            Some(split) => split,
            None if text.contains("://") => {
                return Err(HttpUrlError::new("its scheme is neither https nor http"));
            }
            None => (Scheme::Https, text),
        };
        if rest.contains(['?', '#']) {
            return Err(HttpUrlError::new("it has a query or a fragment")
                .hint("a pattern ends with the path; every query is allowed"));
        }
        let (authority, after) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
        let (host, port) = authority_of(authority)?;
        let read = Self {
            scheme,
            hosts: hosts(host)?,
            port: port.unwrap_or_else(|| scheme.port()),
            paths: paths(after)?,
        };
        // It is kept as it is shown, and read again.
        if read.to_string().len() > Self::BYTES_MAX {
            return Err(TOO_LONG);
        }
        Ok(read)
    }
}

fn hosts(text: &str) -> Result<Hosts, HttpUrlError> {
    let (below, name) = match text.strip_prefix("*.") {
        Some(name) => (true, name),
        None => (false, text),
    };
    if name.contains('*') {
        return Err(HttpUrlError::new("a * in the host is not *. at its beginning")
            .hint("*.example.com stands for all names below example.com"));
    }
    match (below, Host::parse(name)?) {
        (true, Host::Address(_)) => Err(HttpUrlError::new("there are no names below an address")),
        (true, domain) => Ok(Hosts::Below(domain)),
        (false, host) => Ok(Hosts::One(host)),
    }
}

fn paths(text: &str) -> Result<Paths, HttpUrlError> {
    if matches!(text, "" | "/*") {
        return Ok(Paths::All);
    }
    let (below, path) = match text.strip_suffix("/*") {
        Some(folder) => (true, format!("{folder}/")),
        None => (false, text.to_owned()),
    };
    if path.contains('*') {
        return Err(HttpUrlError::new("a * in the path is not /* at its end")
            .hint("/data/* stands for all paths below /data/"));
    }
    let normalised = path::normalised(&path)?;
    if normalised.len() != path.len() || path::is_ambiguous(&normalised) {
        return Err(HttpUrlError::new(
            "the path has more than one meaning, such as . or .. or // or %2F",
        ));
    }
    Ok(if below {
        Paths::Below(normalised)
    } else {
        Paths::One(normalised)
    })
}

/// In the one form that two equal patterns share: with its scheme, and its port when that is not the scheme's.
impl fmt::Display for HttpPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}://", self.scheme)?;
        match &self.hosts {
            Hosts::One(host) => write!(f, "{host}")?,
            Hosts::Below(domain) => write!(f, "*.{domain}")?,
        }
        if self.port != self.scheme.port() {
            write!(f, ":{}", self.port)?;
        }
        match &self.paths {
            Paths::All => Ok(()),
            Paths::One(path) => f.write_str(path),
            Paths::Below(folder) => write!(f, "{folder}*"),
        }
    }
}
