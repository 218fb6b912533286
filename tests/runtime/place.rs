//! Runs wait for a place of their guests, and that is a part of the time that they have.

use std::future::Future;
use std::pin::pin;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::task::Poll;
use std::time::{Duration, Instant};

use airs_runtime::{
    Capabilities, Capability, Code, EngineConfig, Http, HttpError, HttpRequest, HttpResponse, Limits,
    Request, Room,
};
use airs_tests::{Bench, Script, component_with};
use futures_util::future::BoxFuture;
use serde_json::json;

/// The latest deadline that there is: minutes.
const AMPLE_MS: u64 = Limits::UNRESTRICTED.deadline_ms;
/// Nobody waits longer for what was to end soon, however busy the machine is.
const PATIENCE: Duration = Duration::from_secs(2 * 60);

/// Answers everything with nothing, and tells how long that might have taken.
#[derive(Debug)]
struct Untils(Mutex<Sender<Instant>>);

impl Http for Untils {
    fn send(
        &self,
        _request: Arc<HttpRequest>,
        _granted: Arc<Capabilities>,
        until: Instant,
        _room: Room,
    ) -> BoxFuture<'_, Result<HttpResponse, HttpError>> {
        self.0.lock().unwrap().send(until).unwrap();
        let status = 200;
        Box::pin(async move {
            Ok(HttpResponse {
                status,
                ..HttpResponse::default()
            })
        })
    }
}

/// A runtime with one place, and until when requests for http might have taken.
struct One {
    bench: Bench,
    untils: Receiver<Instant>,
}

impl One {
    fn new() -> Self {
        let engine = EngineConfig {
            instances_max: 4,
            ..EngineConfig::default()
        };
        let limits = Limits {
            deadline_ms: AMPLE_MS,
            ..Limits::default()
        };
        let (tell, untils) = channel();
        let bench = Bench::alone(&["probe"], |builder| {
            builder
                .engine(engine)
                .limits(limits)
                .http(Untils(Mutex::new(tell)))
        });
        let granted =
            Capabilities::from([Capability::Storage]).with_http(["http://127.0.0.1".parse().unwrap()]);
        let driver = component_with("reacher", |manifest| manifest.capabilities = granted.clone());
        bench.runtime.load(&driver, &granted.into()).unwrap();
        bench.bind("/one", "reacher", "null", "operator").unwrap();
        Self { bench, untils }
    }

    /// Does something while a run has the place: until it is told that this is over, or has waited for that too long.
    fn taken<T>(&self, meanwhile: impl FnOnce(Sender<()>) -> T) -> T {
        const LINE: &str = "it has its place";
        let (tell, has_its_place) = channel();
        let (over, is_over) = channel::<()>();
        let place = Mutex::new((tell, is_over));
        self.bench.at(LINE, move || {
            let (tell, is_over) = &*place.lock().unwrap();
            tell.send(()).unwrap();
            let _ = is_over.recv_timeout(PATIENCE);
        });
        std::thread::scope(|scope| {
            let bench = &self.bench;
            let first = scope.spawn(|| bench.perform("alice", Script::new().log(LINE).request()));
            has_its_place.recv().unwrap();
            let done = meanwhile(over);
            first.join().unwrap().result.unwrap();
            done
        })
    }
}

#[test]
fn a_run_for_which_there_is_no_place_before_its_deadline_is_not_begun() {
    let one = One::new();
    let report = one.taken(|over| {
        let other = Script::new().log("now the other").act("loop").request();
        let report = one.bench.perform("alice", other.deadline_ms(100));
        drop(over);
        report
    });
    // If it had waited on until there was a place, it would have said something there.
    assert_eq!(one.bench.lines(&report), [""; 0]);
    let error = report.result.unwrap_err();
    assert_eq!(error.code(), Code::Busy);
    assert!(error.message().starts_with("all places were taken"), "{error}");
}

#[test]
fn the_wait_for_a_place_counts_against_the_deadline() {
    let one = One::new();
    let question = json!(["GET", "http://127.0.0.1/", []]).to_string();
    let request = one
        .bench
        .addressed("operator", Request::control("/one", "ask", question));
    let executor = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let mut run = pin!(one.bench.runtime.perform(request));
    let asked = one.taken(|over| {
        executor.block_on(std::future::poll_fn(|waker| {
            assert!(run.as_mut().poll(waker).is_pending(), "there is no place for it");
            Poll::Ready(())
        }));
        let asked = Instant::now();
        // Only from here on is there a place: a deadline that began with it would be a later one.
        drop(over);
        asked
    });
    executor.block_on(run).result.unwrap();
    let until = one.untils.recv().unwrap();
    let latest = asked + Duration::from_millis(AMPLE_MS);
    assert!(until <= latest, "{:?} too late", until - latest);
}
