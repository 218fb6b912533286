//! A runtime whose components somebody may look at with a debugger.

use std::sync::mpsc::channel;
use std::thread;
use std::time::{Duration, Instant};

use airs_package::Manifest;
use airs_runtime::{
    CallConfig, Code, CodeCache, CodeGoal, CompileProcess, Component, Error, Event, Limits, Request, Runtime,
};
use airs_tests::{Bench, Script, component_with};

/// What the runtime says, and the program; a request is for nobody to lift.
const DEADLINE_MS: u64 = 50;

/// Makes a run that stands still until it is late.
fn standing(goal: CodeGoal, asked_ms: Option<u64>) -> Result<(), Error> {
    let bench = Bench::alone(&[], |builder| {
        let limits = Limits {
            deadline_ms: DEADLINE_MS,
            ..Limits::default()
        };
        builder.limits(limits).code_goal(goal)
    });
    bench.load(&component_with("probe", |manifest: &mut Manifest| {
        manifest.limits.deadline_ms = DEADLINE_MS;
    }));
    bench.at("it stands", || {
        let (begun, late) = (Instant::now(), Duration::from_millis(DEADLINE_MS + 1));
        while begun.elapsed() < late {
            thread::park_timeout(late);
        }
    });
    let request = Request::run("probe", Script::new().log("it stands").input());
    let request = match asked_ms {
        Some(milliseconds) => request.deadline_ms(milliseconds),
        None => request,
    };
    bench.ask("alice", request).map(drop)
}

#[test]
fn a_run_is_not_late_for_standing_still() {
    standing(CodeGoal::Debugging, None).unwrap();
    for late in [
        standing(CodeGoal::Speed, None),
        standing(CodeGoal::Debugging, Some(DEADLINE_MS)),
    ] {
        assert_eq!(late.unwrap_err().code(), Code::DeadlineExceeded);
    }
}

/// A component that counts for longer than a millisecond, and has a name for what it does.
fn counting() -> Component {
    let text = r#"(component
      (core module $m
        (func $count (export "count") (result i32) (local i32)
          (loop
            (local.set 0 (i32.add (local.get 0) (i32.const 1)))
            (br_if 0 (i32.lt_u (local.get 0) (i32.const 20000000))))
          (local.get 0)))
      (core instance $i (instantiate $m))
      (func (export "count") (result u32) (canon lift (core func $i "count"))))"#;
    Component::from_text(text).unwrap()
}

#[test]
fn a_call_may_compute_as_long_as_it_likes_and_its_code_is_kept_apart() {
    let folder = tempfile::tempdir().unwrap();
    let process = CompileProcess::new(env!("CARGO_BIN_EXE_compile-component"), ["no", "arguments"]);
    let late = Limits {
        deadline_ms: 1,
        ..Limits::default()
    };
    // Of two limits it would meet the one or the other first.
    let late_and_slow = Limits {
        cpu_ms: 1,
        ..late.clone()
    };
    let called = |goal: CodeGoal, limits: &Limits| {
        let (sender, sources) = channel();
        let runtime = Runtime::builder()
            .limits(limits.clone())
            .code_goal(goal)
            .compile_process(process.clone())
            .code_cache(CodeCache::open(folder.path().join("code")).unwrap())
            .on_event(move |event| {
                if let Event::Compiled { source, .. } = event {
                    sender.send(source.to_string()).unwrap();
                }
            });
        let runtime = runtime.build().unwrap();
        let callable = runtime.callable(&counting(), &CallConfig::default()).unwrap();
        let counted = callable.call_blocking::<_, u32>("count", ());
        (counted.map_err(|error| error.code()), sources.recv().unwrap())
    };
    // Code for a debugger is no other code, and other code none for a debugger, whichever is compiled first.
    for from in ["process", "cache"] {
        assert_eq!(
            called(CodeGoal::Debugging, &late_and_slow),
            (Ok(20_000_000), from.to_owned())
        );
        assert_eq!(
            called(CodeGoal::Speed, &late),
            (Err(Code::DeadlineExceeded), from.to_owned())
        );
    }
}
