//! Where a request may go, whatever its host is called.

use airs_platform::{Http, HttpError, Room};

use crate::server::Server;
use crate::{LONG, Names, ask, get, granted, network, run, send};

const FINE: &str = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";

fn is_not_public(answer: &Result<airs_core::HttpResponse, HttpError>) -> bool {
    matches!(answer, Err(HttpError::NotPublic { .. }))
}

#[test]
fn a_name_that_leads_to_this_machine_leads_nowhere() {
    let server = Server::saying(FINE);
    for address in [
        "127.0.0.1",
        "::ffff:127.0.0.1",
        "::1",
        "0.0.0.0",
        "64:ff9b::7f00:1",
        "::127.0.0.1",
    ] {
        let names = Names::default().with("api.example", &[&[address]]);
        let url = format!("http://api.example:{}/", server.port);
        let answer = send(&network(&names), get(&url), &[&url], LONG);
        assert!(is_not_public(&answer), "{address}: {answer:?}");
    }
    let names = Names::default().with("localhost", &[&["127.0.0.1", "::1"]]);
    let url = format!("http://localhost:{}/", server.port);
    assert!(is_not_public(&send(&network(&names), get(&url), &[&url], LONG)));
    assert_eq!(server.connections(), 0);
}

#[test]
fn a_name_may_lead_to_an_address_that_was_granted_by_itself() {
    let server = Server::saying(FINE);
    let names = Names::default().with("api.example", &[&["127.0.0.1"]]);
    let (url, address) = (format!("http://api.example:{}", server.port), server.address());
    assert_eq!(
        send(&network(&names), get(&url), &[&url, &address], LONG)
            .unwrap()
            .status,
        200
    );
    assert!(
        server
            .heard()
            .contains(&format!("host: api.example:{}\r\n", server.port))
    );
    // At another port, or by another scheme, it was not.
    let others = [
        format!("http://127.0.0.1:{}", server.port ^ 1),
        format!("https://127.0.0.1:{}", server.port),
    ];
    for other in others {
        assert!(is_not_public(&send(
            &network(&names),
            get(&url),
            &[&url, &other],
            LONG
        )));
    }
    assert_eq!(server.connections(), 1);
}

#[test]
fn a_name_that_changes_its_address_in_between_is_resolved_once() {
    let server = Server::saying(FINE);
    // As one would do it who has the name: an innocent address to be looked at, then the one that is meant.
    let names = Names::default().with("api.example", &[&["127.0.0.1"], &["127.0.0.2"], &["127.0.0.1"]]);
    let url = format!("http://api.example:{}", server.port);
    let (network, address) = (network(&names), server.address());
    assert_eq!(
        send(&network, get(&url), &[&url, &address], LONG).unwrap().status,
        200
    );
    assert_eq!(names.asked(), 1);
    assert!(is_not_public(&send(&network, get(&url), &[&url, &address], LONG)));
    assert_eq!((names.asked(), server.connections()), (2, 1));
}

#[test]
fn of_many_addresses_only_those_that_may_be_are_tried() {
    let (server, neighbour) = (Server::saying(FINE), Server::saying(FINE));
    let names = Names::default().with(
        "api.example",
        &[&["10.255.255.1", "::1", "192.168.0.1", "127.0.0.1"]],
    );
    let url = format!("http://api.example:{}", server.port);
    let answer = send(&network(&names), get(&url), &[&url, &server.address()], LONG);
    assert_eq!(answer.unwrap().status, 200);
    assert_eq!((server.connections(), neighbour.connections()), (1, 0));
}

#[test]
fn an_address_is_reached_when_it_was_granted_and_not_by_a_pattern_of_names() {
    let server = Server::saying(FINE);
    let url = server.url("/");
    for pattern in [
        "http://*.0.0.1.example",
        "http://localhost",
        "https://127.0.0.1",
        "http://127.0.0.1",
    ] {
        let answer = ask(&url, &[pattern], LONG);
        assert!(
            matches!(answer, Err(HttpError::NotGranted { .. })),
            "{pattern}: {answer:?}"
        );
    }
    let mapped = format!("http://[::ffff:127.0.0.1]:{}/", server.port);
    assert_eq!(ask(&mapped, &[&server.address()], LONG).unwrap().status, 200);
    assert_eq!(server.connections(), 1);
}

#[test]
fn what_was_not_granted_is_not_even_resolved() {
    let names = Names::default().with("evil.example", &[&["127.0.0.1"]]);
    let network = network(&names);
    for url in [
        "http://evil.example/",
        "https://evil.example:8443/",
        "https://evil.example/data/../x",
    ] {
        let answer = send(
            &network,
            get(url),
            &["evil.example/data/*", "*.evil.example"],
            LONG,
        );
        assert!(
            matches!(answer, Err(HttpError::NotGranted { .. })),
            "{url}: {answer:?}"
        );
    }
    assert_eq!(names.asked(), 0);
    // Nothing was started for it either.
    assert!(format!("{network:?}").contains("started: false"));
}

#[test]
fn a_name_without_an_address_is_an_answer_that_could_not_be_had() {
    let names = Names::default().with("empty.example", &[&[]]);
    let network = network(&names);
    for name in ["empty.example", "unknown.example"] {
        let url = format!("https://{name}/");
        let answer = send(&network, get(&url), &[name], LONG);
        assert!(matches!(answer, Err(HttpError::Failed { .. })), "{answer:?}");
    }
}

#[test]
fn who_stops_waiting_hangs_up() {
    let (gone, noticed) = std::sync::mpsc::channel();
    let server = Server::doing(move |mut stream| {
        use std::io::Read;
        // Ends when the other side is gone.
        let read = stream.read(&mut [0]);
        gone.send(matches!(read, Ok(0) | Err(_))).unwrap();
    });
    let network = network(&Names::default());
    let until = std::time::Instant::now() + LONG;
    let mut sending = network.send(
        get(&server.url("/")),
        granted(&[&server.address()]),
        until,
        Room::unbounded(),
    );
    run(async {
        assert!(futures_util::future::poll_immediate(&mut sending).await.is_none());
    });
    server.heard();
    drop(sending);
    assert!(noticed.recv().unwrap());
}

/// The environment of another process: its own cannot be changed.
#[test]
fn a_proxy_of_the_environment_is_not_used() {
    const CHILD: &str = "AIRS_TEST_SERVER_PORT";
    if let Ok(port) = std::env::var(CHILD) {
        let url = format!("http://127.0.0.1:{port}/");
        assert_eq!(ask(&url, &[&url], LONG).unwrap().status, 200);
        return;
    }
    let (server, proxy) = (Server::saying(FINE), Server::saying(FINE));
    let this = std::env::current_exe().unwrap();
    let mut child = std::process::Command::new(this);
    for variable in [
        "http_proxy",
        "HTTP_PROXY",
        "https_proxy",
        "HTTPS_PROXY",
        "all_proxy",
        "ALL_PROXY",
    ] {
        child.env(variable, proxy.address());
    }
    child
        .env_remove("no_proxy")
        .env_remove("NO_PROXY")
        .env(CHILD, server.port.to_string());
    let output = child
        .args(["--exact", "reach::a_proxy_of_the_environment_is_not_used"])
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
    assert_eq!((server.connections(), proxy.connections()), (1, 0));
}
