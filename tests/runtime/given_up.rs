//! Calls of an embedder's functions that wait, are late, or are given up.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::task::{Context, Waker};
use std::time::{Duration, Instant, SystemTime};

use airs_engine::{
    Absent, Allowance, CallState, CallableCode, Engine, Environment, Guest, HostLinker, World,
};
use airs_runtime::{Code, EngineConfig, Event, HostInterface, Limits, Name};

use crate::interfaces::{Tools, call, component, with};

/// Waits until something has happened; not for ever.
fn expect(what: impl Fn() -> bool) {
    let started = Instant::now();
    while !what() {
        assert!(started.elapsed().as_secs() < 20, "it does not happen");
        std::thread::yield_now();
    }
}

/// Has a future begin, and no more.
fn begin<F: Future>(future: &mut std::pin::Pin<Box<F>>) {
    let mut context = Context::from_waker(Waker::noop());
    assert!(future.as_mut().poll(&mut context).is_pending());
}

#[test]
fn a_call_that_waits_for_its_place_has_no_longer_than_others() {
    let tools = Tools::default();
    let callable = with(&tools, |builder| {
        builder.engine(EngineConfig {
            instances_max: 4,
            ..Default::default()
        })
    });
    let deadline_ms = Duration::from_millis(Limits::default().deadline_ms);
    std::thread::scope(|scope| {
        // Takes the one place that there is.
        let blocking = scope.spawn(|| call(&callable, "block", 7));
        expect(|| tools.notes.blocked.load(Ordering::Relaxed) == 1);
        let mut waiting = Box::pin(callable.call::<_, u32>("count", (1_u32,)));
        begin(&mut waiting);
        let begun = Instant::now();
        tools.notes.add(7);
        assert_eq!(blocking.join().unwrap().unwrap(), 10);
        let executor = tokio::runtime::Builder::new_current_thread().build().unwrap();
        assert_eq!(executor.block_on(waiting).unwrap(), 1);
        assert!(tools.deadlines.lock().unwrap()[1] <= begun + deadline_ms);
    });
}

#[test]
fn a_call_that_is_given_up_is_told_of() {
    let (tools, (sender, ended)) = (Tools::default(), std::sync::mpsc::channel());
    let callable = with(&tools, |builder| {
        builder.on_event(move |event| {
            if let Event::Called {
                function, failure, ..
            } = event
            {
                sender.send(((*function).to_owned(), *failure)).unwrap();
            }
        })
    });
    let mut waiting = Box::pin(callable.call::<_, u32>("wait", (60_000_u32,)));
    begin(&mut waiting);
    expect(|| tools.notes.waited.load(Ordering::Relaxed) == 1);
    drop(waiting);
    let told = ended.recv_timeout(Duration::from_secs(20)).unwrap();
    assert_eq!(told, ("wait".to_owned(), Some(Code::Cancelled)));
    assert_eq!(call(&callable, "count", 1).unwrap(), 1);
    assert_eq!(ended.recv().unwrap(), ("count".to_owned(), None));
    drop(callable);
    assert_eq!(ended.iter().count(), 0);
}

#[test]
fn what_still_waits_for_a_thread_at_the_deadline_is_never_done() {
    let tools = Tools::default();
    let component = component(Tools::NAME, "u32");
    let engine = Engine::new(&EngineConfig::default()).unwrap();
    let compiled = engine.compile(component.bytes()).unwrap();
    let given = Arc::new(tools.clone());
    let define = |_: &str, linker: &mut HostLinker<'_, CallState>| Some(linker.define(&given));
    let code = CallableCode::link(&engine, &compiled, Absent::Refused, define).unwrap();
    let guest = || {
        let deadline = Instant::now() + Duration::from_millis(60);
        let environment = Environment::new(
            "call".repeat(7)[..26].into(),
            None,
            SystemTime::now(),
            Allowance::until(deadline),
            Arc::new(|_| {}),
        );
        let world = World {
            interfaces: ["demo:host".parse().unwrap()].into(),
            ..World::default()
        };
        Guest::new(
            Arc::new(Name::unnamed()),
            environment,
            Arc::new(world),
            &Limits::default(),
        )
    };
    // One thread for what blocks, and it is taken.
    let executor = tokio::runtime::Builder::new_current_thread()
        .max_blocking_threads(1)
        .enable_time()
        .build()
        .unwrap();
    executor.block_on(async {
        let (free, until_free) = std::sync::mpsc::channel::<()>();
        let taken = tokio::task::spawn_blocking(move || until_free.recv());
        let error = code.call::<_, u32>(guest(), "block", (7_u32,)).await.unwrap_err();
        assert_eq!(error.code(), Code::DeadlineExceeded, "{error}");
        tools.notes.add(7);
        free.send(()).unwrap();
        taken.await.unwrap().unwrap();
        // It would have come before this one.
        tokio::task::spawn_blocking(|| ()).await.unwrap();
    });
    assert_eq!(tools.notes.blocked.load(Ordering::Relaxed), 0);
}
