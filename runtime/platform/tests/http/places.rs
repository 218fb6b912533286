//! Places for requests, and who has them.

use std::sync::mpsc::channel;
use std::sync::{Arc, Mutex};
use std::time::Instant;

use airs_core::{Capabilities, Code, HttpResponse};
use airs_platform::{Http, HttpError, Network, Room};
use futures_util::future::{BoxFuture, join_all};

use crate::server::Server;
use crate::{LONG, Names, get, granted, network, run};

const FINE: &str = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";

type Sent<'n> = BoxFuture<'n, Result<HttpResponse, HttpError>>;

/// A server that answers when it is let.
struct Slow {
    server: Server,
    let_go: std::sync::mpsc::Sender<()>,
}

impl Slow {
    fn new() -> Self {
        let (let_go, until_let) = channel::<()>();
        let until_let = Mutex::new(until_let);
        let server = Server::doing(move |mut stream| {
            // Ends for all when the other side is gone.
            let _ = until_let.lock().unwrap().recv();
            let _ = std::io::Write::write_all(&mut stream, FINE.as_bytes());
        });
        Self { server, let_go }
    }

    /// Somebody of their own who may ask it.
    fn granted(&self) -> Arc<Capabilities> {
        granted(&[&self.server.address()])
    }

    fn ask<'n>(&self, network: &'n Network, whose: &Arc<Capabilities>, until: Instant) -> Sent<'n> {
        let url = get(&self.server.url("/"));
        network.send(url, Arc::clone(whose), until, Room::unbounded())
    }

    /// Waits until it has so many connections; not for ever.
    fn expect(&self, connections: usize) {
        let begun = Instant::now();
        while self.server.connections() < connections {
            assert!(
                begun.elapsed() < LONG,
                "{} of {connections}",
                self.server.connections()
            );
            std::thread::yield_now();
        }
    }
}

/// Has everybody send so many requests to a slow server, and looks when they have all that they get.
fn crowd(
    everybody: usize,
    each: usize,
    reached: usize,
    look: impl FnOnce(&Slow, &Network, &[Arc<Capabilities>]),
) {
    let slow = Slow::new();
    let network = network(&Names::default());
    let everybody: Vec<_> = (0..everybody).map(|_| slow.granted()).collect();
    let until = Instant::now() + LONG;
    std::thread::scope(|scope| {
        let (slow, network, everybody) = (&slow, &network, &everybody);
        let all = scope.spawn(move || {
            let one = |whose| (0..each).map(move |_| slow.ask(network, whose, until));
            run(join_all(everybody.iter().flat_map(one)))
        });
        slow.expect(reached);
        look(slow, network, everybody);
        // Others did not come to it in the meantime.
        assert_eq!(slow.server.connections(), reached);
        for _ in 0..everybody.len() * each {
            slow.let_go.send(()).unwrap();
        }
        // Who waited comes through then.
        for answer in all.join().unwrap() {
            assert_eq!(answer.unwrap().status, 200);
        }
    });
    assert_eq!(slow.server.connections(), everybody.len() * each);
}

fn is_without_a_place(answer: &Result<HttpResponse, HttpError>) -> bool {
    matches!(answer, Err(error @ HttpError::NoPlace { .. }) if error.code() == Code::Busy)
}

#[test]
fn whose_servers_are_slow_keeps_others_from_nothing() {
    crowd(1, 40, 16, |slow, network, all| {
        let fast = Server::saying(FINE);
        let others = granted(&[&fast.address()]);
        let answer = run(network.send(
            get(&fast.url("/")),
            others,
            Instant::now() + LONG,
            Room::unbounded(),
        ));
        assert_eq!(answer.unwrap().status, 200);
        // Who has all that they may have and no time is told so, and nobody is asked for it.
        let answer = run(slow.ask(network, &all[0], Instant::now()));
        assert!(is_without_a_place(&answer), "{answer:?}");
        let text = answer.unwrap_err().to_string();
        let (asked, max) = (
            slow.server.address(),
            "was not asked: 16 other requests of the component",
        );
        assert!(text.starts_with(&format!("{asked} {max}")), "{text}");
    });
}

#[test]
fn so_many_requests_are_made_at_once_whoever_makes_them() {
    crowd(9, 16, 128, |slow, network, _| {
        let answer = run(slow.ask(network, &slow.granted(), Instant::now()));
        assert!(is_without_a_place(&answer), "{answer:?}");
    });
}
