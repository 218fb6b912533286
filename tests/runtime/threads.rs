//! On which threads guests execute.

use std::sync::Mutex;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::{self, ThreadId};

use airs_runtime::{CallConfig, CodeGoal, Component, EngineConfig, Event, Request, RuntimeBuilder};
use airs_tests::{Bench, Script};
use tokio::runtime::Builder;

/// Where a guest was heard: the thread, and its name.
type Heard = Receiver<(ThreadId, Option<String>)>;

/// A runtime with so many threads, and where its guests are heard.
fn bench(threads: usize, set_up: impl FnOnce(RuntimeBuilder) -> RuntimeBuilder) -> (Bench, Heard, Stay) {
    let (tell, heard) = channel();
    let (begin, begun) = channel();
    let (end, ended) = channel();
    let ended = Mutex::new(ended);
    let bench = Bench::alone(&["probe"], |builder| {
        let engine = EngineConfig {
            threads,
            ..EngineConfig::default()
        };
        set_up(builder.engine(engine)).on_event(move |event| {
            if matches!(event, Event::Log { .. } | Event::Called { .. }) {
                let thread = thread::current();
                tell.send((thread.id(), thread.name().map(str::to_owned)))
                    .unwrap();
            }
            if let Event::Log { line: "stay", .. } = event {
                begin.send(()).unwrap();
                ended.lock().unwrap().recv().unwrap();
            }
        })
    });
    (bench, heard, Stay { begun, end })
}

/// Guests that stay where they are.
struct Stay {
    begun: Receiver<()>,
    end: Sender<()>,
}

/// A guest that says a line; with this one it stays.
fn saying(line: &str) -> Request {
    Request::run("probe", Script::new().log(line).input())
}

#[test]
fn who_waits_for_a_run_or_a_call_executes_it() {
    let (bench, heard, _) = bench(2, |builder| builder);
    for _ in 0..3 {
        bench.ask("alice", saying("here")).unwrap();
        assert_eq!(heard.recv().unwrap().0, thread::current().id());
    }
    let text = r#"(component
      (core module $m (func (export "f")))
      (core instance $i (instantiate $m))
      (func (export "f") (canon lift (core func $i "f"))))"#;
    let component = Component::from_text(text).unwrap();
    let callable = bench
        .runtime
        .callable(&component, &CallConfig::default())
        .unwrap();
    callable.call_wave_blocking("f()").unwrap();
    assert_eq!(heard.recv().unwrap().0, thread::current().id());
}

#[test]
fn where_as_many_guests_execute_as_there_are_threads_one_more_is_for_the_runtimes_own() {
    let (bench, heard, stay) = bench(2, |builder| builder);
    let executor = Builder::new_multi_thread().worker_threads(1).build().unwrap();
    // One on a thread of the runtime's own ...
    let (runtime, request) = (bench.runtime.clone(), bench.addressed("alice", saying("stay")));
    let first = executor.spawn(async move { runtime.perform(request).await });
    stay.begun.recv().unwrap();
    assert_eq!(heard.recv().unwrap().1.as_deref(), Some("airs-guest"));
    thread::scope(|scope| {
        // ... and one on the thread of who waits.
        let second = scope.spawn(|| bench.ask("alice", saying("stay")));
        stay.begun.recv().unwrap();
        assert_eq!(heard.recv().unwrap().0, second.thread().id());

        bench.ask("alice", saying("here")).unwrap();
        assert_eq!(heard.recv().unwrap().1.as_deref(), Some("airs-guest"));
        stay.end.send(()).unwrap();
        stay.end.send(()).unwrap();
        second.join().unwrap().unwrap();
    });
    executor.block_on(first).unwrap().result.unwrap();
    // Now there is nothing to do any more.
    bench.ask("alice", saying("here")).unwrap();
    assert_eq!(heard.recv().unwrap().0, thread::current().id());
}

#[test]
fn a_debugger_finds_guests_on_the_one_thread_that_is_theirs() {
    let (bench, heard, _) = bench(0, |builder| builder.code_goal(CodeGoal::Debugging));
    bench.ask("alice", saying("here")).unwrap();
    assert_eq!(heard.recv().unwrap().1.as_deref(), Some("airs-guest"));
}
