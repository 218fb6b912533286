//! The http service against servers of this machine, honest and hostile. They listen on loopback, where nothing is
//! reached unless its address was granted.
#![cfg(test)]

mod answers;
mod hostile;
mod lookups;
mod places;
mod reach;
mod server;
mod times;
mod tls;

use std::collections::BTreeMap;
use std::io;
use std::net::IpAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use airs_core::{Capabilities, HttpRequest, HttpResponse};
use airs_platform::{Http, HttpError, Network, Resolve, Room, Trust};
use futures_util::future::BoxFuture;

/// Long enough for whatever is to succeed, on a machine that is busy.
const LONG: Duration = Duration::from_secs(20);
/// How long is waited for what never comes.
const SHORT: Duration = Duration::from_millis(200);

/// Names, each with the addresses that it has the first time, the second time and so on.
#[derive(Clone, Debug, Default)]
pub(crate) struct Names {
    known: Arc<Mutex<BTreeMap<String, Vec<Vec<IpAddr>>>>>,
    asked: Arc<AtomicUsize>,
}

impl Names {
    pub(crate) fn with(self, name: &str, answers: &[&[&str]]) -> Self {
        let read = |answer: &&[&str]| answer.iter().map(|address| address.parse().unwrap()).collect();
        let mut known = self.known.lock().unwrap();
        known.insert(name.to_owned(), answers.iter().map(read).collect());
        drop(known);
        self
    }

    /// How often a name was resolved.
    pub(crate) fn asked(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }
}

impl Resolve for Names {
    fn resolve<'a>(&'a self, name: &'a str) -> BoxFuture<'a, io::Result<Vec<IpAddr>>> {
        Box::pin(async move {
            self.asked.fetch_add(1, Ordering::SeqCst);
            let mut known = self.known.lock().unwrap();
            let answers = known.get_mut(name).ok_or(io::ErrorKind::NotFound)?;
            Ok(if answers.len() > 1 {
                answers.remove(0)
            } else {
                answers[0].clone()
            })
        })
    }
}

pub(crate) fn network(names: &Names) -> Network {
    Network::with(names.clone(), Trust::Only(Vec::new()))
}

pub(crate) fn granted(patterns: &[&str]) -> Arc<Capabilities> {
    let patterns = patterns.iter().map(|pattern| pattern.parse().unwrap());
    Arc::new(Capabilities::none().with_http(patterns))
}

pub(crate) fn get(url: &str) -> Arc<HttpRequest> {
    Arc::new(HttpRequest::new("GET", url, Vec::new(), None).unwrap())
}

/// Sends a request of its own on a network of its own, with these patterns granted.
pub(crate) fn ask(url: &str, patterns: &[&str], time: Duration) -> Result<HttpResponse, HttpError> {
    send(&network(&Names::default()), get(url), patterns, time)
}

pub(crate) fn send(
    network: &Network,
    request: Arc<HttpRequest>,
    patterns: &[&str],
    time: Duration,
) -> Result<HttpResponse, HttpError> {
    run(network.send(
        request,
        granted(patterns),
        Instant::now() + time,
        Room::unbounded(),
    ))
}

/// Waits for what happens elsewhere: this executor has neither timers nor a network.
pub(crate) fn run<T>(test: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap()
        .block_on(test)
}
