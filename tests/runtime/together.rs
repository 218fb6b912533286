//! Many runs that are asked for together.

use std::sync::Mutex;
use std::sync::mpsc::channel;

use airs_runtime::{Code, EngineConfig, Event, Report, Request, RuntimeBuilder};
use airs_tests::{Bench, Script, expect_idle, pay};

const GUESTS: [&str; 3] = ["ledger", "payment", "probe"];

fn on_threads(threads: usize, builder: RuntimeBuilder) -> RuntimeBuilder {
    builder.engine(EngineConfig {
        threads,
        ..EngineConfig::default()
    })
}

fn code(report: &Report) -> Option<Code> {
    report.result.as_ref().err().map(airs_runtime::Error::code)
}

/// Something to ask for, and what becomes of it.
type Kind = (fn() -> Request, Option<Code>);

/// With one thread, and with more than one.
#[test]
fn each_is_answered_in_its_place_whatever_becomes_of_the_others() {
    for threads in [1, 3] {
        let bench = Bench::alone(&GUESTS, |builder| {
            on_threads(threads, builder).on_event(|event| {
                if let Event::Log { line: "boom", .. } = event {
                    std::panic::panic_any("told to");
                }
            })
        });
        bench.fund("100.00");
        let executor = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let kinds: [Kind; 6] = [
            (|| pay("bob", "0.01"), None),
            // It yields at each tick, until its deadline.
            (
                || Script::new().act("loop").request().deadline_ms(50),
                Some(Code::DeadlineExceeded),
            ),
            (|| Script::new().act("trap").request(), Some(Code::Trap)),
            (|| Request::run("nobody", "{}"), Some(Code::NotFound)),
            (|| Script::new().log("boom").request(), Some(Code::Internal)),
            (|| pay("bob", "1000"), Some(Code::InsufficientFunds)),
        ];
        let kind = |number: usize| kinds[number * 7 % kinds.len()];
        let requests = (0..60).map(|number| bench.addressed("alice", kind(number).0()));
        let reports = executor.block_on(bench.runtime.perform_all(requests.collect()));
        let expected: Vec<_> = (0..60).map(|number| kind(number).1).collect();
        assert_eq!(reports.iter().map(code).collect::<Vec<_>>(), expected);
        assert_eq!(bench.dollars(["bob"]), ["0.10"]);
        assert!(
            executor
                .block_on(bench.runtime.perform_all(Vec::new()))
                .is_empty()
        );
        expect_idle(&bench.runtime);
    }
}

/// There is no such program: no guest executes, so that each ends where it begins, and none yields between the two.
#[test]
fn what_has_not_begun_when_nobody_waits_any_more_is_never_begun() {
    let (ended, has_ended) = channel();
    let (go_on, may_go_on) = channel::<()>();
    let may_go_on = Mutex::new(may_go_on);
    let bench = Bench::alone(&GUESTS, |builder| {
        on_threads(1, builder).on_event(move |event| {
            if let Event::RunEnded { .. } = event {
                ended.send(()).unwrap();
                // Nothing is ever sent: it is told to go on when the other end is gone.
                may_go_on.lock().unwrap().recv().unwrap_err();
            }
        })
    });
    let executor = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .build()
        .unwrap();
    let request = |_| bench.addressed("alice", Request::run("nobody", "{}"));
    let (runtime, requests) = (bench.runtime.clone(), (0..500).map(request).collect());
    let all = executor.spawn(async move { runtime.perform_all(requests).await });
    has_ended.recv().unwrap();
    all.abort();
    assert!(executor.block_on(all).unwrap_err().is_cancelled());
    drop(go_on);
    expect_idle(&bench.runtime);
    // It is made behind all of the others, which have had their turn by then.
    let last = executor.block_on(bench.runtime.perform(Request::run("nobody", "{}")));
    assert_eq!(code(&last), Some(Code::NotFound));
    assert_eq!(has_ended.try_iter().count(), 1);
}

/// Each has begun before the first one has ended: who waits does not hold up the others.
#[test]
fn those_that_wait_do_so_together() {
    let bench = Bench::alone(&GUESTS, |builder| on_threads(1, builder));
    let (log, logged) = channel();
    for number in 0..10 {
        let log = log.clone();
        bench.at(&format!("{number} begins"), move || log.send(number).unwrap());
    }
    let executor = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let request = |number: u32| {
        let script = Script::new().log(&format!("{number} begins")).act("loop");
        bench.addressed("alice", script.request().deadline_ms(2_000))
    };
    let reports = executor.block_on(bench.runtime.perform_all((0..10).map(request).collect()));
    assert!(
        reports
            .iter()
            .all(|report| code(report) == Some(Code::DeadlineExceeded))
    );
    let mut begun: Vec<u32> = logged.try_iter().collect();
    begun.sort_unstable();
    assert_eq!(begun, (0..10).collect::<Vec<_>>());
}
