//! What is sent and what is not.

use super::{FIELD_BYTES_MAX, FIELDS_MAX, HttpRequest};
use crate::Code;

fn with(headers: Vec<(String, Vec<u8>)>) -> Option<Code> {
    let request = HttpRequest::new("GET", "https://a.example/", headers, None);
    request.err().map(|error| error.code())
}

#[test]
fn only_what_asks_is_sent_within_a_run() {
    let method = |method: &str| {
        let request = HttpRequest::new(method, "https://a.example/", Vec::new(), None);
        request.err().map(|error| error.code())
    };
    assert_eq!((method("GET"), method("HEAD")), (None, None));
    for effect in [
        "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "CONNECT", "TRACE", "QUERY",
    ] {
        assert_eq!(method(effect), Some(Code::EffectInRun), "{effect}");
    }
    for none in [
        "",
        "get",
        "Get",
        "GET ",
        " GET",
        "GET\r\n",
        "GET / HTTP/1.1\r\n",
        "GÉT",
        &"A".repeat(33),
    ] {
        assert_eq!(method(none), Some(Code::InvalidInput), "{none:?}");
    }
    let body = HttpRequest::new("GET", "https://a.example/", Vec::new(), Some(b""));
    assert_eq!(body.unwrap_err().code(), Code::InvalidInput);
    let secret = HttpRequest::new("GET", "https://a.example/t0ken?k=s3cret#", Vec::new(), None).unwrap_err();
    assert!(!format!("{secret:?}").contains("s3cret") && secret.code() == Code::InvalidInput);
}

#[test]
fn a_header_cannot_hold_another_one() {
    for good in ["", "a b", "a\tb", "é", "\u{80}", "a: b", "\"quoted\""] {
        assert_eq!(with(vec![("x-y".into(), good.into())]), None, "{good:?}");
    }
    for bad in [
        "\r",
        "\n",
        "a\r\nhost: b",
        "a\n b",
        "\0",
        "\u{7f}",
        "\u{1b}",
        " a",
        "a ",
        "a\t",
    ] {
        assert_eq!(
            with(vec![("x-y".into(), bad.into())]),
            Some(Code::InvalidInput),
            "{bad:?}"
        );
    }
    for bad in [
        "",
        "X-Y",
        "x y",
        "x:",
        "x\r\n",
        "x\0",
        "é",
        ":method",
        "(x)",
        &"x".repeat(257),
    ] {
        assert_eq!(
            with(vec![(bad.into(), b"a".to_vec())]),
            Some(Code::InvalidInput),
            "{bad:?}"
        );
    }
    for reserved in super::RESERVED {
        assert_eq!(
            with(vec![(reserved.into(), b"a".to_vec())]),
            Some(Code::InvalidInput),
            "{reserved:?}"
        );
    }
    let secret = HttpRequest::new(
        "GET",
        "https://a.example/",
        vec![("key".into(), b"s3cret\n".to_vec())],
        None,
    );
    assert!(!secret.unwrap_err().message().contains("s3cret"));
}

#[test]
fn headers_have_a_number_and_a_size() {
    let field = |name: usize| (format!("x-{name}"), b"a".to_vec());
    assert_eq!(with((0..FIELDS_MAX).map(field).collect()), None);
    assert_eq!(
        with((0..=FIELDS_MAX).map(field).collect()),
        Some(Code::LimitExceeded)
    );
    let long = |bytes: usize| with(vec![("x".into(), vec![b'a'; bytes])]);
    assert_eq!(
        (long(FIELD_BYTES_MAX - 1), long(FIELD_BYTES_MAX)),
        (None, Some(Code::LimitExceeded))
    );
}
