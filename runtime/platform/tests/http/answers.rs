//! What is sent, and what comes back.

use std::sync::Arc;

use airs_core::{Code, Error, HttpRequest};
use airs_platform::HttpError;

use crate::server::Server;
use crate::{LONG, Names, ask, network, send};

#[test]
fn an_answer_comes_back_whole() {
    let server =
        Server::saying("HTTP/1.1 200 OK\r\nX-One: 1\r\nContent-Length: 5\r\nx-one: 2\r\n\r\nhelloand more");
    let answer = ask(&server.url("/a/../b?c=%20"), &[&server.address()], LONG).unwrap();
    assert_eq!(
        (answer.status, answer.body.as_slice()),
        (200, b"hello".as_slice())
    );
    let ones: Vec<&[u8]> = answer
        .headers
        .iter()
        .filter(|(name, _)| name == "x-one")
        .map(|(_, value)| value.as_slice())
        .collect();
    assert_eq!(ones, [b"1", b"2"]);
    let request = format!(
        "GET /b?c=%20 HTTP/1.1\r\nhost: 127.0.0.1:{}\r\nconnection: close\r\nuser-agent: airs/{}\r\naccept: */*\r\n\r\n",
        server.port,
        env!("CARGO_PKG_VERSION")
    );
    assert_eq!(server.heard(), request);
}

#[test]
fn a_request_has_its_own_headers_and_the_hosts() {
    let server = Server::saying("HTTP/1.1 204 No Content\r\n\r\n");
    let headers = [
        ("authorization", "Bearer x"),
        ("user-agent", "mine"),
        ("accept", "text/csv"),
        ("x", "\u{e9}"),
    ];
    let headers = headers.map(|(name, value)| (name.to_owned(), value.as_bytes().to_vec()));
    let request = HttpRequest::new("HEAD", &server.url("/"), headers.into(), None).unwrap();
    let network = network(&Names::default());
    assert_eq!(
        send(&network, Arc::new(request), &[&server.address()], LONG)
            .unwrap()
            .status,
        204
    );
    let heard = server.heard();
    assert!(heard.starts_with("HEAD / HTTP/1.1\r\n"), "{heard}");
    assert!(
        heard.contains("authorization: Bearer x\r\nuser-agent: mine\r\naccept: text/csv\r\nx: \u{e9}\r\n"),
        "{heard}"
    );
    assert!(!heard.contains("airs/") && !heard.contains("*/*"), "{heard}");
}

#[test]
fn a_redirect_is_an_answer_and_is_not_followed() {
    let server = Server::saying(
        "HTTP/1.1 302 Found\r\nLocation: http://169.254.169.254/latest/meta-data/\r\nContent-Length: 0\r\n\r\n",
    );
    let answer = ask(&server.url("/"), &[&server.address()], LONG).unwrap();
    assert_eq!(answer.status, 302);
    assert!(
        answer
            .headers
            .iter()
            .any(|(name, value)| name == "location" && value.starts_with(b"http://169.254"))
    );
    assert_eq!(server.connections(), 1);
}

#[test]
fn nothing_is_unpacked_and_no_cookie_is_kept() {
    let packed = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0];
    let head = "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nSet-Cookie: id=1\r\nContent-Length: 20\r\n\r\n";
    let server = Server::saying([head.as_bytes(), &packed].concat());
    let network = network(&Names::default());
    for _ in 0..2 {
        let answer = send(&network, crate::get(&server.url("/")), &[&server.address()], LONG).unwrap();
        assert_eq!(answer.body, packed);
        let heard = server.heard();
        assert!(
            !heard.contains("cookie") && !heard.contains("encoding"),
            "{heard}"
        );
    }
    assert_eq!(server.connections(), 2);
}

#[test]
fn an_answer_in_chunks_or_until_the_end_is_one() {
    let chunks = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2;x=y\r\nde\r\n0\r\nTrailer: x\r\n\r\n";
    let server = Server::saying(chunks);
    assert_eq!(
        ask(&server.url("/"), &[&server.address()], LONG).unwrap().body,
        b"abcde"
    );
    let server = Server::saying("HTTP/1.0 200 OK\r\n\r\nabcde");
    assert_eq!(
        ask(&server.url("/"), &[&server.address()], LONG).unwrap().body,
        b"abcde"
    );
    let server = Server::saying("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\na");
    assert_eq!(
        ask(&server.url("/"), &[&server.address()], LONG).unwrap().body,
        b"a"
    );
}

#[test]
fn an_error_says_what_to_do_and_shows_no_secret() {
    let granted = ask("https://a.example/s3cret?s3cret", &["https://b.example"], LONG).unwrap_err();
    let path = ask(
        "https://a.example/s3cret?s3cret",
        &["https://a.example/data/*"],
        LONG,
    )
    .unwrap_err();
    let public = ask("http://127.0.0.1:1/s3cret", &["http://127.0.0.1:1"], LONG).unwrap_err();
    assert_eq!(
        granted.to_string(),
        "requests to https://a.example are not granted"
    );
    assert_eq!(
        path.to_string(),
        "requests to https://a.example with that path are not granted"
    );
    assert!(matches!(public, HttpError::Failed { .. }), "{public:?}");
    for error in [granted, path, public] {
        assert!(
            !format!("{error:?} {:?}", Error::from(error.clone())).contains("s3cret"),
            "{error:?}"
        );
    }
    let denied = Error::from(ask("http://10.0.0.1", &["http://10.0.0.2"], LONG).unwrap_err());
    assert!(
        denied.code() == Code::Denied && denied.hint_text().is_some(),
        "{denied:?}"
    );
}
