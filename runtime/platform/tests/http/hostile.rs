//! Servers that answer slowly, without end, too much, or nonsense.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Instant;

use airs_platform::{Http, HttpError, Room};

use crate::server::Server;
use crate::{LONG, Names, SHORT, ask, get, granted, network, run};

/// Keeps a connection open until the other side ends it.
fn hold(mut stream: TcpStream) {
    let _ = stream.read(&mut [0]);
}

fn asked(server: &Server, time: std::time::Duration) -> Result<airs_core::HttpResponse, HttpError> {
    ask(&server.url("/"), &[&server.address()], time)
}

#[test]
fn a_server_that_says_nothing_is_given_up() {
    let answer = asked(&Server::doing(hold), SHORT);
    assert!(matches!(answer, Err(HttpError::Late { .. })), "{answer:?}");
}

#[test]
fn a_server_that_stops_halfway_is_given_up() {
    for beginning in [
        "HTTP/1.1 200 OK\r\nContent-Le",
        "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhal",
        "HTTP/1.1 100 Continue\r\n\r\n",
    ] {
        let server = Server::doing(move |mut stream| {
            stream.write_all(beginning.as_bytes()).unwrap();
            hold(stream);
        });
        let answer = asked(&server, SHORT);
        assert!(
            matches!(answer, Err(HttpError::Late { .. })),
            "{beginning:?}: {answer:?}"
        );
    }
}

#[test]
fn an_answer_is_read_as_far_as_there_is_room_for_it() {
    let server = Server::doing(|mut stream| {
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf");
        hold(stream);
    });
    // Also when the rest never comes: the header field takes 17 bytes.
    for (bytes_max, is_there) in [(20, false), (21, true)] {
        let room = Room::new(move |bytes| bytes <= bytes_max);
        let network = network(&Names::default());
        let until = Instant::now() + if is_there { SHORT } else { LONG };
        let answer = run(network.send(get(&server.url("/")), granted(&[&server.address()]), until, room));
        match answer {
            Err(HttpError::NoRoom { .. }) => assert!(!is_there),
            Err(HttpError::Late { .. }) => assert!(is_there),
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn an_answer_without_end_is_cut() {
    for head in [
        "HTTP/1.1 200 OK\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
    ] {
        let chunked = head.contains("chunked");
        let server = Server::doing(move |mut stream| {
            let filler = [b'x'; 0x1_0000];
            let mut alive = stream.write_all(head.as_bytes());
            while alive.is_ok() {
                let chunk = if chunked { &b"10000\r\n"[..] } else { &[] };
                let end = if chunked { &b"\r\n"[..] } else { &[] };
                alive = stream.write_all(&[chunk, &filler, end].concat());
            }
        });
        let answer = asked(&server, LONG);
        assert!(matches!(answer, Err(HttpError::TooLarge { .. })), "{answer:?}");
    }
}

#[test]
fn an_answer_that_says_that_it_is_huge_is_not_read() {
    let server = Server::doing(|mut stream| {
        stream
            .write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 10000000000\r\n\r\n")
            .unwrap();
        hold(stream);
    });
    let answer = asked(&server, LONG);
    assert!(matches!(answer, Err(HttpError::TooLarge { .. })), "{answer:?}");
    let most = Server::saying(
        [
            b"HTTP/1.1 200 OK\r\nContent-Length: 8388608\r\n\r\n".as_slice(),
            &vec![b'x'; 8 << 20],
        ]
        .concat(),
    );
    assert_eq!(asked(&most, LONG).unwrap().body.len(), 8 << 20);
}

#[test]
fn header_fields_have_a_number_and_a_size() {
    let fields = |count: usize| {
        (0..count)
            .map(|number| format!("x-{number}: y\r\n"))
            .collect::<String>()
    };
    let answer = |head: &str| asked(&Server::saying(format!("HTTP/1.1 200 OK\r\n{head}\r\n")), LONG);
    assert_eq!(answer(&fields(128)).unwrap().headers.len(), 128);
    for head in [
        fields(129),
        fields(40_000),
        format!("x: {}\r\n", "y".repeat(64 * 1024)),
    ] {
        let answer = answer(&head);
        assert!(matches!(answer, Err(HttpError::TooLarge { .. })), "{answer:?}");
    }
    // Without a line's end either.
    let server = Server::doing(|mut stream| while stream.write_all(&[b'x'; 4096]).is_ok() {});
    let answer = asked(&server, LONG);
    assert!(
        matches!(answer, Err(HttpError::TooLarge { .. } | HttpError::Failed { .. })),
        "{answer:?}"
    );
}

#[test]
fn nonsense_is_no_answer() {
    for nonsense in [
        "",
        "\r\n\r\n\r\n",
        "hello\r\n\r\n",
        "HTTP/1.1\r\n\r\n",
        "HTTP/1.1 20 OK\r\n\r\n",
        "HTTP/1.1 99999 OK\r\n\r\n",
        "HTTP/9.9 200 OK\r\n\r\n",
        "HTTP/1.1 200 OK\r\nno colon\r\n\r\n",
        "HTTP/1.1 200 OK\r\nbad name: x\r\n\r\n",
        "HTTP/1.1 200 OK\r\nx: a\0b\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 1, 2\r\n\r\nab",
        "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
        "HTTP/1.1 200 OK\r\nContent-Length: 18446744073709551616\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhalf",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffffff\r\n",
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n",
        "\u{16}\u{3}\u{1}\u{0}",
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    ] {
        let answer = asked(&Server::saying(nonsense), LONG);
        assert!(
            matches!(answer, Err(HttpError::Failed { .. })),
            "{nonsense:?}: {answer:?}"
        );
    }
}

#[test]
fn every_byte_of_an_answer_may_be_another() {
    let good = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nx-y: z\r\n\r\nhello".to_vec();
    for at in 0..good.len() {
        let mut bytes = good.clone();
        bytes[at] ^= 0x20;
        // Whatever it is then, it is an answer or an error.
        match asked(&Server::saying(bytes), LONG) {
            Ok(answer) => assert!(answer.bytes() < 100),
            Err(error) => assert!(
                matches!(error, HttpError::Failed { .. } | HttpError::TooLarge { .. }),
                "{error:?}"
            ),
        }
    }
}
