//! Who is asked: a name, or an address.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::HttpUrlError;

/// The longest name that the domain name system has.
const NAME_BYTES_MAX: usize = 253;
/// The longest part of a name between two dots.
const LABEL_BYTES_MAX: usize = 63;

/// The host of a URL, in the one form in which it is compared: a name in lower case without a dot at its end, or
/// an address. An IPv4 address inside of an IPv6 one is that IPv4 address.
///
/// ```
/// use airs_core::{Host, HttpUrl};
///
/// let url: HttpUrl = "https://[::ffff:10.0.0.1]/".parse()?;
/// assert_eq!(url.host(), &Host::Address([10, 0, 0, 1].into()));
/// # Ok::<(), airs_core::HttpUrlError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Host {
    /// A name. It has ASCII letters, digits, `-` and `_`; others are written as the domain name system does,
    /// with `xn--`.
    Name(String),
    /// An address.
    Address(IpAddr),
}

impl Host {
    /// Reads a host as it stands in a URL: an IPv6 address in brackets, an IPv4 address in four decimal numbers.
    pub(super) fn parse(text: &str) -> Result<Self, HttpUrlError> {
        if let Some(inside) = text.strip_prefix('[') {
            let address = inside
                .strip_suffix(']')
                .and_then(|inside| inside.parse::<Ipv6Addr>().ok());
            let address = address.ok_or(HttpUrlError::new("the address in brackets is no IPv6 address"))?;
            return Ok(Self::Address(IpAddr::V6(address).to_canonical()));
        }
        let name = text.strip_suffix('.').unwrap_or(text).to_ascii_lowercase();
        check(&name)?;
        if !ends_in_number(&name) {
            return Ok(Self::Name(name));
        }
        // Resolvers take 127.1, 0177.0.0.1, 2130706433 and 0x7f000001 for addresses. Here there is one way.
        match text.parse::<Ipv4Addr>() {
            Ok(address) => Ok(Self::Address(address.into())),
            Err(_) => Err(HttpUrlError::new(
                "the host ends in a number, and is no IPv4 address of four decimal numbers",
            )),
        }
    }

    /// The labels of a name, the last one first; none of an address.
    pub(super) fn labels(&self) -> impl Iterator<Item = &str> {
        match self {
            Self::Name(name) => Some(name.rsplit('.')),
            Self::Address(_) => None,
        }
        .into_iter()
        .flatten()
    }
}

fn check(name: &str) -> Result<(), HttpUrlError> {
    if name.is_empty() {
        return Err(HttpUrlError::new("it names no host"));
    }
    if name.len() > NAME_BYTES_MAX {
        return Err(HttpUrlError::new("the host has more than 253 bytes"));
    }
    if !name.is_ascii() {
        return Err(
            HttpUrlError::new("the host has letters that are not ASCII").hint("write it as xn--… (punycode)")
        );
    }
    for label in name.split('.') {
        if label.is_empty() {
            return Err(HttpUrlError::new(
                "the host has two dots in a row, or begins with one",
            ));
        }
        if label.len() > LABEL_BYTES_MAX {
            return Err(HttpUrlError::new("a part of the host has more than 63 bytes"));
        }
        let fits =
            |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'-' | b'_');
        if !label.bytes().all(fits) {
            return Err(HttpUrlError::new(
                "the host has something else than letters, digits, - and _",
            ));
        }
        if label.starts_with('-') || label.ends_with('-') {
            return Err(HttpUrlError::new("a part of the host begins or ends with -"));
        }
    }
    Ok(())
}

fn ends_in_number(name: &str) -> bool {
    let last = name.rsplit('.').next().unwrap_or_default();
    let hexadecimal = last
        .strip_prefix("0x")
        .is_some_and(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit()));
    hexadecimal || last.bytes().all(|byte| byte.is_ascii_digit())
}

/// As it stands in a URL.
impl fmt::Display for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Name(name) => f.write_str(name),
            Self::Address(IpAddr::V4(address)) => write!(f, "{address}"),
            Self::Address(IpAddr::V6(address)) => write!(f, "[{address}]"),
        }
    }
}
