//! URLs and patterns of them, with what somebody might write who wants to be let through.

use airs_core::{HttpPattern, HttpUrl};

pub(crate) fn pattern(text: &str) -> HttpPattern {
    text.parse().unwrap_or_else(|error| panic!("{text}: {error}"))
}

pub(crate) fn url(text: &str) -> HttpUrl {
    text.parse().unwrap_or_else(|error| panic!("{text}: {error}"))
}

/// A pattern, what it matches, and what it does not.
const MATCHES: &[(&str, &[&str], &[&str])] = &[
    (
        "api.example.com",
        &[
            "https://api.example.com",
            "HTTPS://API.Example.COM.:443/any?x=/../y",
        ],
        &[
            "http://api.example.com",
            "https://api.example.com:8443",
            "https://xapi.example.com",
            "https://api.example.com.evil.example",
            "https://x.api.example.com",
            "https://example.com",
        ],
    ),
    (
        "*.example.com",
        &[
            "https://a.example.com",
            "https://a.b.example.com",
            "https://xn--mnchen-3ya.example.com",
        ],
        &[
            "https://example.com",
            "https://evilexample.com",
            "https://example.com.evil.example",
            "https://example.org",
            "https://com",
        ],
    ),
    (
        "http://localhost:8080/data/*",
        &[
            "http://localhost:8080/data/x",
            "http://localhost:8080/data/",
            "http://localhost:8080/data/x/../y",
            "http://localhost:8080/%64ata/x",
            "http://localhost:8080/admin/%2E%2e/data/x",
        ],
        &[
            "http://localhost:8080/data",
            "http://localhost:8080/database",
            "http://localhost:8080/database/x",
            "http://localhost:8080/Data/x",
            "http://localhost:8080/data/../admin",
            "http://localhost:8080/data/%2e%2E/admin",
            "http://localhost:8080/data/.%2e/admin",
            "http://localhost:8080/data/..%2fadmin",
            "http://localhost:8080/data/%2e%2e%5cadmin",
            "http://localhost:8080/data/%252e%252e/admin",
            "http://localhost:8080/data/..;x=1/admin",
            "http://localhost:8080/data/;/../../admin",
            "http://localhost:8080/data//admin",
            "http://localhost:8080//data/x",
            "http://localhost:8080/data/x%00",
            "http://localhost:8080/data/x%0d%0a",
            "http://localhost:8080/x?/data/y",
        ],
    ),
    (
        "a.example/v1",
        &["https://a.example/v1?x", "https://a.example/x/../v1"],
        &["https://a.example/v1/", "https://a.example/v12"],
    ),
    (
        "127.0.0.1",
        &["https://127.0.0.1", "https://[::ffff:127.0.0.1]/"],
        &["https://127.0.0.2", "https://localhost"],
    ),
    (
        "[::1]:8443",
        &["https://[0:0::1]:8443/"],
        &["https://[::1]", "https://[::2]:8443"],
    ),
];

#[test]
fn a_pattern_matches_whole_labels_and_whole_segments() {
    for (allowed, yes, no) in MATCHES {
        let pattern = pattern(allowed);
        for text in *yes {
            assert!(pattern.matches(&url(text)), "{allowed} {text}");
        }
        for text in *no {
            assert!(!pattern.matches(&url(text)), "{allowed} {text}");
        }
    }
}

/// What is not let through at all, and a part of why.
const REFUSED: &[(&str, &str)] = &[
    ("", "https://"),
    ("//example.com", "https://"),
    ("ftp://example.com", "https://"),
    ("file:///etc/passwd", "https://"),
    ("javascript:https://x", "https://"),
    ("https:/example.com", "https://"),
    (" https://example.com", "https://"),
    ("https://", "no host"),
    ("https:///etc", "no host"),
    ("https://user@example.com", "user information"),
    ("https://good.example@evil.example", "user information"),
    ("https://good.example:443@evil.example", "user information"),
    ("https://evil.example\\@good.example", "user information"),
    ("https://evil.example\\.good.example", "something else"),
    ("https://good.example%2eevil.example", "something else"),
    ("https://good.example%00.evil.example", "something else"),
    ("https://exa mple.com", "something else"),
    ("https://exam\tple.com", "something else"),
    ("https://example.com\r\nx", "something else"),
    ("https://münchen.example", "ASCII"),
    ("https://example。com", "ASCII"),
    ("https://ｅxample.com", "ASCII"),
    ("https://\u{ad}example.com", "ASCII"),
    ("https://*.example.com", "something else"),
    ("https://.example.com", "two dots"),
    ("https://example..com", "two dots"),
    ("https://example.com..", "two dots"),
    ("https://.", "no host"),
    ("https://-a.example", "begins or ends"),
    ("https://127.1", "ends in a number"),
    ("https://127.0.0.1.", "ends in a number"),
    ("https://0177.0.0.1", "ends in a number"),
    ("https://2130706433", "ends in a number"),
    ("https://0x7f000001", "ends in a number"),
    ("https://0x", "ends in a number"),
    ("https://127.0.0.0x1", "ends in a number"),
    ("https://1.2.3.4.5", "ends in a number"),
    ("https://256.0.0.1", "ends in a number"),
    ("https://[::1", "brackets"),
    ("https://[::1]x", "brackets"),
    ("https://[fe80::1%25eth0]", "brackets"),
    ("https://[127.0.0.1]", "brackets"),
    ("https://::1", "port"),
    ("https://example.com:", "port"),
    ("https://example.com:0", "port"),
    ("https://example.com:080", "port"),
    ("https://example.com:+80", "port"),
    ("https://example.com:65536", "port"),
    ("https://example.com:443:80", "port"),
    ("https://example.com/#x", "fragment"),
    ("https://example.com/?x#y", "fragment"),
    ("https://example.com/a b", "character"),
    ("https://example.com/\\..\\x", "character"),
    ("https://example.com/é", "character"),
    ("https://example.com/\r\nHost: x", "character"),
    ("https://example.com/%", "hexadecimal"),
    ("https://example.com/%4", "hexadecimal"),
    ("https://example.com/%zz", "hexadecimal"),
    ("https://example.com/%+1", "hexadecimal"),
    ("https://example.com/?a=%u0041", "hexadecimal"),
    ("https://example.com/?a=\"", "character"),
];

#[test]
fn what_a_browser_would_guess_at_is_refused() {
    for (text, why) in REFUSED {
        let error = text.parse::<HttpUrl>().expect_err(text).to_string();
        assert!(error.contains(why), "{text:?}: {error}");
    }
    let long = format!("https://example.com/{}", "a".repeat(8 * 1024));
    assert!(long.parse::<HttpUrl>().is_err());
    let label = format!("https://{}.example", "a".repeat(64));
    assert!(label.parse::<HttpUrl>().is_err());
    let name = format!("https://{}example", "a.".repeat(130));
    assert!(name.parse::<HttpUrl>().is_err());
}

#[test]
fn a_url_has_one_form() {
    for (text, form) in [
        ("https://example.com", "https://example.com/"),
        ("https://example.com?x=1", "https://example.com/?x=1"),
        ("http://example.com:80/a/./b/../c/.", "http://example.com/a/c/"),
        (
            "http://example.com:8080/%7euser/%c3%a9",
            "http://example.com:8080/~user/%C3%A9",
        ),
        ("http://example.com/../../a/..", "http://example.com/"),
        ("http://[::FFFF:10.0.0.1]:81/", "http://10.0.0.1:81/"),
        ("http://[2001:DB8:0::1]/", "http://[2001:db8::1]/"),
        ("https://EXAMPLE.com./?q=%2B+%41", "https://example.com/?q=%2B+A"),
    ] {
        let read = url(text);
        assert_eq!(read.to_string(), form);
        assert_eq!(url(form), read);
    }
    let read = url("https://example.com:444/secret?token=1");
    assert_eq!(
        (read.origin().as_str(), read.authority().as_str()),
        ("https://example.com:444", "example.com:444")
    );
    assert_eq!(read.target(), "/secret?token=1");
}

#[test]
fn a_pattern_says_what_is_wrong_with_it() {
    for (text, why) in [
        ("*", "*. at its beginning"),
        ("*example.com", "*. at its beginning"),
        ("a.*.example.com", "*. at its beginning"),
        ("*.*.example.com", "*. at its beginning"),
        ("*.", "no host"),
        ("*.10.0.0.1", "no names below an address"),
        ("ftp://example.com", "neither https nor http"),
        ("example.com/a*", "/* at its end"),
        ("example.com/*/b", "/* at its end"),
        ("example.com/a/../b", "more than one meaning"),
        ("example.com//b", "more than one meaning"),
        ("example.com/%2fb", "more than one meaning"),
        ("example.com/a?b", "query"),
        ("example.com:*", "port"),
        ("user@example.com", "user information"),
        ("10.0.0.0/8/x y", "character"),
        ("", "no host"),
    ] {
        let error = text.parse::<HttpPattern>().expect_err(text).to_string();
        assert!(error.contains(why), "{text:?}: {error}");
    }
}

#[test]
fn an_address_that_is_not_public_is_granted_by_being_written() {
    let local = "127.0.0.1".parse().unwrap();
    let mapped = "::ffff:127.0.0.1".parse().unwrap();
    let by_address = pattern("http://127.0.0.1:8080");
    assert!(by_address.names_address(&url("http://anything.example:8080"), local));
    assert!(by_address.names_address(&url("http://anything.example:8080"), mapped));
    assert!(!by_address.names_address(&url("http://anything.example:8081"), local));
    assert!(!by_address.names_address(&url("https://anything.example:8080"), local));
    assert!(!pattern("http://localhost:8080").names_address(&url("http://localhost:8080"), local));
    // It grants of the address what it says, under whichever name.
    let health = pattern("http://127.0.0.1:8080/health");
    assert!(health.names_address(&url("http://anything.example:8080/health?now"), local));
    assert!(!health.names_address(&url("http://anything.example:8080/admin/keys"), local));
    assert!(!health.names_address(&url("http://anything.example:8080/"), local));
}

#[test]
fn a_url_is_shown_without_what_may_be_secret() {
    let shown = format!("{:?}", url("https://example.com/secret?token=1"));
    assert!(shown.contains("https://example.com"), "{shown}");
    assert!(!shown.contains("secret") && !shown.contains("token"), "{shown}");
}
