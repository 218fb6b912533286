//! How long is waited for what does not come.

use std::time::Instant;

use airs_platform::{Http, HttpError, HttpTimes, Network, Room};

use crate::server::Server;
use crate::{LONG, Names, SHORT, get, granted, network, run};

const FINE: &str = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";

fn send(network: &Network, url: &str, patterns: &[&str]) -> Result<airs_core::HttpResponse, HttpError> {
    run(network.send(
        get(url),
        granted(patterns),
        Instant::now() + LONG,
        Room::unbounded(),
    ))
}

#[test]
fn a_request_has_a_time_of_its_own_however_long_its_run_may_take() {
    let server = Server::doing(|mut stream| {
        let _ = std::io::Read::read(&mut stream, &mut [0]);
    });
    let network = network(&Names::default()).within(HttpTimes {
        whole: SHORT,
        ..HttpTimes::MAX
    });
    let answer = send(&network, &server.url("/"), &[&server.address()]);
    assert!(matches!(answer, Err(HttpError::Late { .. })), "{answer:?}");
}

/// All of 127.0.0.0/8 is this machine there.
#[cfg(target_os = "linux")]
mod addresses {
    use std::net::{Ipv4Addr, SocketAddr, TcpStream};

    use super::*;

    /// A server at an address of this machine, and a name that leads there last.
    struct Scene {
        server: Server,
        names: Names,
        patterns: Vec<String>,
    }

    /// The server is behind as many others: 127.0.0.2 and so on.
    fn behind(others: u8) -> Scene {
        let server = Server::saying(FINE);
        let addresses: Vec<_> = (0..others)
            .map(|number| format!("127.0.0.{}", number + 2))
            .collect();
        let mut addresses: Vec<&str> = addresses.iter().map(String::as_str).collect();
        addresses.push("127.0.0.1");
        let pattern = |host: &&str| format!("http://{host}:{}", server.port);
        Scene {
            names: Names::default().with("api.example", &[&addresses]),
            patterns: addresses.iter().chain([&"api.example"]).map(pattern).collect(),
            server,
        }
    }

    impl Scene {
        fn send(&self, times: HttpTimes) -> Result<airs_core::HttpResponse, HttpError> {
            let patterns: Vec<&str> = self.patterns.iter().map(String::as_str).collect();
            let url = format!("http://api.example:{}/", self.server.port);
            send(&network(&self.names).within(times), &url, &patterns)
        }
    }

    #[test]
    fn four_addresses_of_a_name_are_tried() {
        let scene = behind(3);
        assert_eq!(scene.send(HttpTimes::MAX).unwrap().status, 200);
        let scene = behind(4);
        let answer = scene.send(HttpTimes::MAX);
        assert!(
            matches!(
                answer,
                Err(HttpError::Failed {
                    what: "it cannot be connected to",
                    ..
                })
            ),
            "{answer:?}"
        );
        assert_eq!(scene.server.connections(), 0);
    }

    /// Somebody who has as many connections as they take, and answers no more.
    fn full(port: u16) -> (tokio::net::TcpListener, TcpStream) {
        let address = SocketAddr::from((Ipv4Addr::new(127, 0, 0, 2), port));
        let executor = tokio::runtime::Builder::new_current_thread()
            .enable_io()
            .build()
            .unwrap();
        let listener = executor.block_on(async {
            let socket = tokio::net::TcpSocket::new_v4().unwrap();
            socket.bind(address).unwrap();
            socket.listen(0).unwrap()
        });
        // It is there when this is back.
        (listener, TcpStream::connect(address).unwrap())
    }

    #[test]
    fn who_does_not_answer_is_given_up_for_the_next_address() {
        let scene = behind(1);
        let _full = full(scene.server.port);
        let hasty = HttpTimes {
            connect: SHORT,
            ..HttpTimes::MAX
        };
        assert_eq!(scene.send(hasty).unwrap().status, 200);
        // And it did not answer: with all the time there is, but not for that.
        let answer = scene.send(HttpTimes {
            whole: SHORT,
            ..HttpTimes::MAX
        });
        assert!(matches!(answer, Err(HttpError::Late { .. })), "{answer:?}");
    }
}
