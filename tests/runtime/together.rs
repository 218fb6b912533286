//! Many runs that are asked for together.

use std::sync::Mutex;
use std::sync::mpsc::channel;

use airs_runtime::{Code, EngineConfig, Event, Report, Request, RuntimeBuilder};
use airs_tests::{Bench, Script, expect_idle, pay};

const GUESTS: [&str; 3] = ["ledger", "payment", "probe"];

fn on_one_thread(builder: RuntimeBuilder) -> RuntimeBuilder {
    builder.engine(EngineConfig {
        threads: 1,
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
            let builder = builder.engine(EngineConfig {
                threads,
                ..EngineConfig::default()
            });
            builder.on_event(|event| {
                if let Event::Log { line: "boom", .. } = event {
                    std::panic::panic_any("told to");
                }
            })
        });
        bench.fund("100.00");
        let executor = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let kinds: [Kind; 6] = [
            (|| pay("bob", "0.01"), None),
            // It waits for its next tick, and goes on by itself.
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

#[test]
fn what_has_not_begun_when_nobody_waits_any_more_is_never_begun() {
    let bench = Bench::alone(&GUESTS, on_one_thread);
    let (begun, has_begun) = channel();
    let (go_on, may_go_on) = channel::<()>();
    let (begun, may_go_on) = (Mutex::new(begun), Mutex::new(may_go_on));
    bench.at("it begins", move || {
        begun.lock().unwrap().send(()).unwrap();
        // Nothing is ever sent: it is told to go on when the other end is gone.
        may_go_on.lock().unwrap().recv().unwrap_err();
    });
    let executor = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .build()
        .unwrap();
    let request = |_| bench.addressed("alice", Script::new().log("it begins").request());
    let (runtime, requests) = (bench.runtime.clone(), (0..500).map(request).collect());
    let all = executor.spawn(async move { runtime.perform_all(requests).await });
    has_begun.recv().unwrap();
    all.abort();
    assert!(executor.block_on(all).unwrap_err().is_cancelled());
    drop(go_on);
    expect_idle(&bench.runtime);
    assert_eq!(has_begun.try_iter().count(), 0);
}

/// Each has begun before the first one has ended: who waits does not hold up the others.
#[test]
fn those_that_wait_do_so_together() {
    let bench = Bench::alone(&GUESTS, on_one_thread);
    let (log, logged) = channel();
    let log = Mutex::new(log);
    for number in 0..10 {
        let log = log.lock().unwrap().clone();
        let log = Mutex::new(log);
        bench.at(&format!("{number} begins"), move || {
            log.lock().unwrap().send(number).unwrap()
        });
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
