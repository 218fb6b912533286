//! Names whose servers do not answer.

use std::future::pending;
use std::io;
use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use airs_core::Capabilities;
use airs_platform::{Http, HttpError, Network, Resolve, Room, Trust};
use futures_util::future::{BoxFuture, join_all};

use crate::server::Server;
use crate::{LONG, SHORT, get, granted, run};

/// Knows this machine, and says nothing of anybody else.
#[derive(Clone, Debug, Default)]
struct Silent(Arc<AtomicUsize>);

impl Silent {
    fn asked(&self) -> usize {
        self.0.load(Ordering::SeqCst)
    }
}

impl Resolve for Silent {
    fn resolve<'a>(&'a self, name: &'a str) -> BoxFuture<'a, io::Result<Vec<IpAddr>>> {
        Box::pin(async move {
            if name == "known.example" {
                return Ok(vec![[127, 0, 0, 1].into()]);
            }
            self.0.fetch_add(1, Ordering::SeqCst);
            pending().await
        })
    }
}

/// Asks for so many names that nobody answers for, all at once.
fn ask_in_vain(network: &Network, allowed: &Arc<Capabilities>, names: usize, time: Duration) {
    let requests = (0..names).map(|number| {
        let request = get(&format!("http://n{number}.silent.example/"));
        network.send(
            request,
            Arc::clone(allowed),
            Instant::now() + time,
            Room::unbounded(),
        )
    });
    for answer in run(join_all(requests)) {
        assert!(matches!(answer, Err(HttpError::Late { .. })), "{answer:?}");
    }
}

#[test]
fn names_that_nobody_answers_for_keep_others_from_nothing() {
    let server = Server::saying("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
    let names = Silent::default();
    let network = Network::with(names.clone(), Trust::Only(Vec::new()));
    let allowed = granted(&["http://*.silent.example"]);
    // More than there are places for requests, one after the other and together.
    ask_in_vain(&network, &allowed, 200, SHORT);
    ask_in_vain(&network, &allowed, 40, SHORT);
    assert_eq!(names.asked(), 4);
    let url = format!("http://known.example:{}", server.port);
    let others = granted(&[&url, &server.address()]);
    let answer = run(network.send(get(&url), others, Instant::now() + LONG, Room::unbounded()));
    assert_eq!(answer.unwrap().status, 200);
}

#[test]
fn so_many_names_are_resolved_at_once_whoever_asks() {
    let names = Silent::default();
    let network = Network::with(names.clone(), Trust::Only(Vec::new()));
    let allowed = [(); 6].map(|()| granted(&["http://*.silent.example"]));
    for allowed in &allowed {
        ask_in_vain(&network, allowed, 10, SHORT);
    }
    assert_eq!(names.asked(), 16);
}
