//! What is remembered of servers' answers, and how much of it.

use std::sync::Arc;
use std::time::{Instant, SystemTime};

use airs_core::{Capabilities, HttpRequest, HttpResponse, Limits};
use airs_engine::{Allowance, Environment, Guest, MemoryBudget, World};
use airs_platform::{Http, HttpError, Room};
use futures_util::FutureExt;
use futures_util::future::BoxFuture;

use super::{Asking, Code, Heard, REQUESTS_PER_RUN_MAX, RESPONSE_BYTES_PER_RUN_MAX, Refusal};

/// Answers everything with a body of so many bytes.
#[derive(Debug)]
struct Server(usize);

impl Http for Server {
    fn send(
        &self,
        _request: Arc<HttpRequest>,
        _granted: Arc<Capabilities>,
        _until: Instant,
        _room: Room,
    ) -> BoxFuture<'_, Result<HttpResponse, HttpError>> {
        let response = HttpResponse {
            status: 200,
            headers: Vec::new(),
            body: vec![0; self.0],
        };
        async move { Ok(response) }.boxed()
    }
}

/// How many of these requests were answered, one after the other, whatever came of those before.
fn answered(asking: &mut Asking, urls: impl Iterator<Item = String>) -> usize {
    let granted = Capabilities::default().with_http(["http://127.0.0.1".parse().unwrap()]);
    let (driver, granted) = (Arc::new("feed".parse().unwrap()), Arc::new(granted));
    urls.filter(|url| {
        let request = HttpRequest::new("GET", url, Vec::new(), None).unwrap();
        let answer = asking.answer(
            &driver,
            request,
            &granted,
            Instant::now(),
            guest(None).hold_memory(),
        );
        match answer.now_or_never().unwrap() {
            Ok(_) => true,
            Err(Refusal::OverLimit(_)) => false,
            Err(refusal) => panic!("{refusal:?}"),
        }
    })
    .count()
}

/// A guest of a run that takes memory of this budget.
fn guest(memory: Option<MemoryBudget>) -> Guest {
    let allowance = Allowance {
        memory,
        ..Allowance::until(Instant::now())
    };
    let environment = Environment::new("run".into(), None, SystemTime::now(), allowance, Arc::new(|_| ()));
    let name = Arc::new("feed".parse().unwrap());
    Guest::new(name, environment, Arc::new(World::default()), &Limits::default())
}

fn different(count: usize) -> impl Iterator<Item = String> {
    (0..count).map(|number| format!("http://127.0.0.1/?{number}"))
}

#[test]
fn what_is_refused_is_not_remembered() {
    let heard = Heard::default();
    let mut asking = Asking::new(Some(Arc::new(Server(1))), heard.clone());
    assert_eq!(answered(&mut asking, different(1_000)), REQUESTS_PER_RUN_MAX);
    assert_eq!(asking.sent.len(), REQUESTS_PER_RUN_MAX);
    // What was answered once is answered to later attempts, and no more than that.
    let mut later = asking.again();
    assert_eq!(answered(&mut later, different(1_000)), REQUESTS_PER_RUN_MAX);
    assert_eq!(later.sent.len(), REQUESTS_PER_RUN_MAX);
    assert_eq!(heard.inner(|inner| inner.answers.len()), REQUESTS_PER_RUN_MAX);
}

#[test]
fn answers_take_of_the_memory_that_all_runs_have_and_give_it_back() {
    let budget = MemoryBudget::of_node(20 << 20);
    let heard = Heard::default();
    let mut asking = Asking::new(Some(Arc::new(Server(8 << 20))), heard.clone());
    let granted = Arc::new(Capabilities::default().with_http(["http://127.0.0.1".parse().unwrap()]));
    let ask = |asking: &mut Asking, number: u32| {
        let url = format!("http://127.0.0.1/?{number}");
        let request = HttpRequest::new("GET", &url, Vec::new(), None).unwrap();
        let memory = guest(Some(budget.clone())).hold_memory();
        let driver = Arc::new("feed".parse().unwrap());
        let answer = asking.answer(&driver, request, &granted, Instant::now(), memory);
        answer.now_or_never().unwrap().map(|response| response.body.len())
    };
    for number in [1, 2] {
        assert_eq!(ask(&mut asking, number).unwrap(), 8 << 20);
    }
    let Err(Refusal::OverLimit(error)) = ask(&mut asking, 3) else {
        panic!("there is memory for a third one");
    };
    assert_eq!(error.code(), Code::LimitExceeded);
    assert!(
        error
            .message()
            .ends_with("all of the node's 20971520 bytes was taken (node_memory_bytes)"),
        "{error}"
    );
    // What was answered is answered to later attempts, and takes nothing.
    let mut later = asking.again();
    assert_eq!(ask(&mut later, 2).unwrap(), 8 << 20);
    assert_eq!(budget.used_bytes(), 16 << 20);
    drop((asking, later, heard));
    assert_eq!(budget.used_bytes(), 0);
}

#[test]
fn a_run_keeps_so_many_bytes_of_answers_and_no_more() {
    let heard = Heard::default();
    let mut asking = Asking::new(Some(Arc::new(Server(8 << 20))), heard.clone());
    let fitting = RESPONSE_BYTES_PER_RUN_MAX / (8 << 20);
    assert_eq!(answered(&mut asking, different(10)), fitting);
    assert_eq!(heard.inner(|inner| inner.answers.len()), fitting);
}
