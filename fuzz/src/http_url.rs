//! Where requests go, and which are granted: a pattern, and a URL in the next line.

use airs_core::{Host, HttpPattern, HttpRequest, HttpUrl};

use crate::refusal;

pub(crate) fn body(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    let (pattern, url) = text.split_once('\n').unwrap_or((text, text));
    let pattern = match pattern.parse::<HttpPattern>() {
        Ok(read) => Some(good_pattern(read)),
        Err(error) => {
            refusal::expect_a_line(&error.to_string(), "");
            None
        }
    };
    let read = url.parse::<HttpUrl>();
    // A request goes there or nowhere.
    let request = HttpRequest::new("GET", url, Vec::new(), None);
    assert_eq!(request.is_ok(), read.is_ok());
    match read {
        Ok(read) => {
            assert_eq!(request.unwrap().url(), &read);
            good_url(&read);
            if let Some(pattern) = pattern {
                matched(&pattern, &read);
            }
        }
        // What was written may hold a secret, and is no part of it.
        Err(error) => refusal::expect_a_line(&error.to_string(), ""),
    }
}

fn good_url(url: &HttpUrl) {
    let shown = url.to_string();
    assert_eq!(shown.parse::<HttpUrl>().as_ref(), Ok(url));
    assert!(shown.bytes().all(|byte| byte.is_ascii_graphic()), "{shown:?}");
    assert!(!shown.contains(['#', '\\', '"', '<', '>']), "{shown:?}");
    assert_eq!(shown, format!("{}{}", url.origin(), url.target()));
    assert!(shown.len() <= HttpUrl::BYTES_MAX);
    assert_eq!(format!("{url:?}"), format!("HttpUrl({:?})", url.origin()));
    assert!(!url.authority().contains('@') && url.port() > 0);
    assert!(url.path().starts_with('/') && !url.path().contains('?'));
    let is_a_step = |segment: &str| matches!(segment.replace("%2E", ".").as_str(), "." | "..");
    assert!(!url.path().split('/').any(is_a_step), "{shown:?}");
    if let Host::Name(name) = url.host() {
        assert_eq!(*name, name.trim_end_matches('.').to_ascii_lowercase());
        assert!(
            (1..=253).contains(&name.len()) && name.split('.').all(|label| (1..=63).contains(&label.len()))
        );
        // Nothing that a resolver takes for an address.
        let last = name.rsplit('.').next().unwrap();
        assert!(!last.bytes().all(|byte| byte.is_ascii_digit()), "{name:?}");
        assert!(name.parse::<std::net::IpAddr>().is_err());
    }
}

fn good_pattern(pattern: HttpPattern) -> HttpPattern {
    let shown = pattern.to_string();
    assert_eq!(shown.parse::<HttpPattern>().as_ref(), Ok(&pattern));
    assert!(shown.bytes().all(|byte| byte.is_ascii_graphic()), "{shown:?}");
    assert!(pattern.covers(&pattern));
    assert_eq!(pattern.intersection(&pattern).as_ref(), Some(&pattern));
    pattern
}

/// Whether a URL is one of a pattern's, said in another way than the pattern does: by its text.
fn matched(pattern: &HttpPattern, url: &HttpUrl) {
    let shown = pattern.to_string();
    let (scheme, rest) = shown.split_once("://").unwrap();
    let (authority, paths) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    let port = if url.port() == url.scheme().port() {
        String::new()
    } else {
        format!(":{}", url.port())
    };
    let host = url.host().to_string();
    let is_host = match authority.strip_prefix('*') {
        Some(below) => {
            let below = below.strip_suffix(port.as_str()).unwrap_or_default();
            matches!(url.host(), Host::Name(_))
                && !below.is_empty()
                && host.len() > below.len()
                && host.ends_with(below)
        }
        None => authority == url.authority(),
    };
    // A pattern without a port has none that is left over, and the other way round.
    let is_port =
        authority.ends_with(&port) && (!port.is_empty() || authority == authority_without_port(authority));
    let is_origin = scheme == url.scheme().as_str() && is_host && is_port;
    assert_eq!(pattern.matches_origin(url), is_origin, "{shown} {url}");
    let is_path = match paths.strip_suffix('*') {
        Some(folder) => url.path().starts_with(folder),
        None => paths.is_empty() || paths == url.path(),
    };
    if pattern.matches(url) {
        assert!(is_origin && is_path, "{shown} {url}");
        if !paths.is_empty() {
            stays_below(paths.trim_end_matches('*'), url);
        }
    } else if is_origin && is_path {
        // What has two meanings matches where no path was written, and nowhere else.
        let odd = ["%2F", "%5C", "%25", "%3B", "%0", "%1", "%7F", "//", ";"];
        assert!(
            !paths.is_empty() && odd.iter().any(|odd| url.path().contains(odd)),
            "{shown} {url}"
        );
    }
    let address = match url.host() {
        Host::Address(address) => *address,
        Host::Name(_) => [127, 0, 0, 1].into(),
    };
    if pattern.names_address(url, address) {
        assert!(
            !shown.contains("*.") && authority_without_port(authority).contains(['.', ':']),
            "{shown} {url}"
        );
    }
}

/// However often a server decodes it.
fn stays_below(folder: &str, url: &HttpUrl) {
    let mut path = url.path().to_owned();
    for _ in 0..3 {
        for (code, character) in [
            ("%2F", "/"),
            ("%2f", "/"),
            ("%5C", "/"),
            ("%5c", "/"),
            ("%2E", "."),
            ("%2e", "."),
            ("%25", "%"),
        ] {
            path = path.replace(code, character);
        }
        let is_up = |segment: &str| segment.split(';').next() == Some("..");
        assert!(!path.split(['/', '\\']).any(is_up), "{url}");
        assert!(path.starts_with(folder), "{url}");
    }
}

fn authority_without_port(authority: &str) -> &str {
    let end = authority.rfind(']').map_or(0, |bracket| bracket + 1);
    authority[end..]
        .find(':')
        .map_or(authority, |colon| &authority[..end + colon])
}
