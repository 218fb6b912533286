//! Servers that have to prove who they are.
//!
//! The certificates are of two authorities of these tests, made with openssl for a hundred years. The server's is for
//! `api.example` and `127.0.0.1`.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::Arc;

use airs_core::HttpResponse;
use airs_platform::{HttpError, Network, Trust};
use rustls::pki_types::{CertificateDer, PrivatePkcs8KeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};

use crate::{LONG, Names, get, send};

const AUTHORITY: &[u8] = include_bytes!("certificates/authority.der");
const OTHER_AUTHORITY: &[u8] = include_bytes!("certificates/other-authority.der");
const SERVER: &[u8] = include_bytes!("certificates/server.der");
const SERVER_KEY: &[u8] = include_bytes!("certificates/server-key.der");

fn config() -> Arc<ServerConfig> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
    let config = config.unwrap().with_no_client_auth();
    let key = PrivatePkcs8KeyDer::from(SERVER_KEY.to_vec());
    Arc::new(
        config
            .with_single_cert(vec![CertificateDer::from(SERVER)], key.into())
            .unwrap(),
    )
}

/// A server that speaks TLS, on a connection that it takes itself.
fn server() -> (std::net::TcpListener, u16) {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    (listener, port)
}

fn serve(stream: TcpStream, config: &Arc<ServerConfig>) -> std::io::Result<()> {
    let connection = ServerConnection::new(Arc::clone(config)).map_err(std::io::Error::other)?;
    let mut stream = StreamOwned::new(connection, stream);
    let mut request = [0; 1024];
    let _ = stream.read(&mut request)?;
    stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nsecret")?;
    stream.conn.send_close_notify();
    stream.flush()
}

fn ask(host: &str, trust: &[u8]) -> Result<HttpResponse, HttpError> {
    let (listener, port) = server();
    let config = config();
    std::thread::spawn(move || {
        for stream in listener.incoming().take(1).flatten() {
            // A client that does not trust it hangs up.
            let _ = serve(stream, &config);
        }
    });
    let names = Names::default()
        .with("api.example", &[&["127.0.0.1"]])
        .with("other.example", &[&["127.0.0.1"]]);
    let network = Network::with(names, Trust::Only(vec![trust.to_vec()]));
    let (url, address) = (
        format!("https://{host}:{port}"),
        format!("https://127.0.0.1:{port}"),
    );
    send(&network, get(&url), &[&url, &address], LONG)
}

#[test]
fn a_server_that_proves_who_it_is_is_heard() {
    for host in ["api.example", "127.0.0.1"] {
        assert_eq!(ask(host, AUTHORITY).unwrap().body, b"secret");
    }
}

#[test]
fn a_server_that_nobody_vouches_for_is_not_heard() {
    let answer = ask("api.example", OTHER_AUTHORITY);
    assert!(
        matches!(answer, Err(HttpError::Failed { what, .. }) if what.contains("prove")),
        "{answer:?}"
    );
}

#[test]
fn a_server_of_another_name_is_not_heard() {
    let answer = ask("other.example", AUTHORITY);
    assert!(
        matches!(answer, Err(HttpError::Failed { what, .. }) if what.contains("prove")),
        "{answer:?}"
    );
}

#[test]
fn a_server_that_speaks_in_the_clear_is_not_heard() {
    let (listener, port) = server();
    std::thread::spawn(move || {
        for mut stream in listener.incoming().take(1).flatten() {
            let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
        }
    });
    let network = Network::with(Names::default(), Trust::Only(vec![AUTHORITY.to_vec()]));
    let url = format!("https://127.0.0.1:{port}");
    let answer = send(&network, get(&url), &[&url], LONG);
    assert!(matches!(answer, Err(HttpError::Failed { .. })), "{answer:?}");
}

#[test]
fn without_anybody_to_trust_nobody_is() {
    let (_listener, port) = server();
    let network = Network::with(Names::default(), Trust::Only(Vec::new()));
    let url = format!("https://127.0.0.1:{port}");
    let answer = send(&network, get(&url), &[&url], LONG);
    assert!(
        matches!(answer, Err(HttpError::Failed { what, .. }) if what.contains("trust")),
        "{answer:?}"
    );
}
