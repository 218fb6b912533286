//! Of a component's limits and the runtime's, the smaller ones count.

use std::time::Duration;

use airs_package::Manifest;
use airs_runtime::{CallConfig, Code, Component, EngineConfig, Limits, Request, Runtime};
use airs_tests::{Bench, Script, component_with, pay};
use serde_json::json;

/// `probe`, under another name and with limits of its own.
fn probe(bench: &Bench, name: &str, limit: impl FnOnce(&mut Limits)) {
    bench.load(&component_with("probe", |manifest: &mut Manifest| {
        manifest.name = name.parse().unwrap();
        limit(&mut manifest.limits);
    }));
}

fn opening(count: usize) -> Script {
    (0..count).fold(Script::new(), |script, _| script.intend("/probe", "view"))
}

#[test]
fn the_smaller_of_two_limits_counts() {
    let runtime = Limits {
        descriptors: 20,
        log_bytes: 1_000,
        ..Limits::default()
    };
    let bench = Bench::alone(&["probe", "probe-driver"], |builder| builder.limits(runtime));
    bench.bind("/probe", "probe-driver", "{}", "alice").unwrap();
    probe(&bench, "small", |limits| limits.descriptors = 10);
    probe(&bench, "large", |limits| limits.descriptors = 5_000);
    for (name, max) in [("probe", 20), ("small", 10), ("large", 20)] {
        let run = |count| bench.ask("alice", Request::run(name, opening(count).input()));
        run(max).unwrap();
        let error = run(max + 1).unwrap_err();
        assert_eq!(error.code(), Code::LimitExceeded, "{name}");
        assert!(error.message().contains(&max.to_string()), "{name}: {error}");
    }
    let report = bench.perform("alice", Script::new().flood(&"x".repeat(99), 20).request());
    assert_eq!(
        bench.lines(&report).last().unwrap(),
        "probe#1: [warn] 980 bytes of log over the limit were dropped (log_bytes)"
    );
}

#[test]
fn what_a_driver_logged_is_told_to_the_end_also_when_its_run_fails() {
    let bench = Bench::alone(&["probe"], |builder| builder);
    bench.load(&component_with("probe-driver", |manifest: &mut Manifest| {
        manifest.limits.log_bytes = 10;
    }));
    bench.bind("/probe", "probe-driver", "{}", "operator").unwrap();
    let script = Script::new()
        .intend("/probe", "control")
        .control(0, "log", json!("x".repeat(100)));
    for last in ["fail", "panic", "count"] {
        let report = bench.perform("operator", script.clone().act(last).request());
        assert_eq!(report.result.is_ok(), last == "count", "{report:?}");
        let lines = bench.lines(&report);
        let warning = "probe-driver#1: [warn] 90 bytes of log over the limit were dropped (log_bytes)";
        let told = lines.iter().filter(|line| *line == warning).count();
        assert_eq!(told, 1, "{last}: {lines:?}");
    }
}

#[test]
fn a_flood_of_empty_lines_comes_to_an_end() {
    let limits = Limits {
        log_bytes: 100,
        ..Limits::default()
    };
    let bench = Bench::alone(&["probe"], |builder| builder.limits(limits));
    let report = bench.perform("alice", Script::new().flood("", 1_000).request());
    assert!(report.result.is_ok(), "{report:?}");
    assert_eq!(bench.lines(&report), vec!["probe#1: "; 100]);
}

/// The latest deadline that there is: minutes.
const AMPLE_MS: u64 = Limits::UNRESTRICTED.deadline_ms;
/// Nobody waits longer for what was to end soon, however busy the machine is.
const PATIENCE: Duration = Duration::from_secs(2 * 60);

#[test]
fn the_smallest_of_three_deadlines_counts() {
    let executor = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build()
        .unwrap();
    for (of_runtime, of_component, asked) in [
        (80, AMPLE_MS, AMPLE_MS),
        (AMPLE_MS, 30, AMPLE_MS),
        (AMPLE_MS, AMPLE_MS, 20),
    ] {
        let bench = Bench::alone(&[], |builder| {
            builder.limits(Limits {
                deadline_ms: of_runtime,
                ..Limits::default()
            })
        });
        probe(&bench, "probe", |limits| limits.deadline_ms = of_component);
        let request = Script::new().act("loop").request().deadline_ms(asked);
        let run = bench.runtime.perform(bench.addressed("alice", request));
        let report = executor.block_on(async { tokio::time::timeout(PATIENCE, run).await });
        let report = report.unwrap_or_else(|_| panic!("of {of_runtime}, {of_component}, {asked}"));
        assert_eq!(report.result.unwrap_err().code(), Code::DeadlineExceeded);
    }
}

#[test]
fn a_component_has_the_memory_that_its_manifest_says() {
    let bench = Bench::new();
    probe(&bench, "small", |limits| limits.memory_bytes = 3 << 20);
    bench
        .ask("alice", Request::run("small", Script::new().act("count").input()))
        .unwrap();
    let error = bench
        .ask("alice", Request::run("small", Script::new().act("hoard").input()))
        .unwrap_err();
    assert_eq!(error.code(), Code::LimitExceeded);
    assert!(error.message().contains("3145728"), "{error}");
}

#[test]
fn a_programs_own_limits_are_not_those_of_the_drivers_that_it_reaches() {
    let bench = Bench::new();
    bench.bind("/probe", "probe-driver", "{}", "operator").unwrap();
    probe(&bench, "quiet", |limits| {
        limits.log_bytes = 10;
        limits.memory_bytes = 2 << 20;
    });
    let line = "x".repeat(100);
    let script = Script::new()
        .intend("/probe", "control")
        .log(&line)
        .control(0, "log", json!(line))
        .control(0, "hold", json!(8 << 20));
    let report = bench.perform("operator", Request::run("quiet", script.input()));
    assert!(report.result.is_ok(), "{report:?}");
    let lines = bench.lines(&report);
    assert!(lines.contains(&format!("probe-driver#1: {line}")), "{lines:?}");
    assert!(
        lines.contains(&format!("quiet#1: {}", "x".repeat(10))),
        "{lines:?}"
    );
}

#[test]
fn a_run_computes_for_so_long_whoever_of_its_guests_does() {
    let bench = Bench::new();
    let looping = r#"{"on":{"view":"loop"}}"#;
    bench.bind("/probe", "probe-driver", looping, "operator").unwrap();
    probe(&bench, "brief", |limits| limits.cpu_ms = 50);
    let itself = Script::new().act("loop");
    let its_driver = Script::new().intend("/probe", "view").view(0);
    for (who, script) in [
        ("program \"brief\"", itself),
        ("driver \"probe-driver\"", its_driver),
    ] {
        let request = Request::run("brief", script.input()).deadline_ms(60_000);
        let error = bench.ask("operator", request).unwrap_err();
        assert_eq!(error.code(), Code::LimitExceeded, "{error}");
        let expected = format!("{who} went on computing after the 50 ms of the run (cpu_ms)");
        assert_eq!(error.message(), expected);
    }
    bench
        .ask("operator", Request::run("brief", Script::new().input()))
        .unwrap();
}

/// Holds so many mebibytes in each of so many drivers, in one run.
fn holding(bench: &Bench, drivers: usize, mib: u64) -> Result<(), airs_runtime::Error> {
    let script = (0..drivers).fold(Script::new(), |script, number| {
        script
            .intend(&format!("/holder-{number}"), "control")
            .control(number, "hold", json!(mib << 20))
    });
    bench.play("operator", &script).map(drop)
}

fn holders(limits: Limits) -> Bench {
    let bench = Bench::alone(&["probe"], |builder| builder.limits(limits));
    for number in 0..2 {
        let name = format!("holder-{number}");
        bench.load(&component_with("probe-driver", |manifest| {
            manifest.name = name.parse().unwrap()
        }));
        bench.bind(&format!("/{name}"), &name, "{}", "operator").unwrap();
    }
    bench
}

#[test]
fn the_guests_of_a_context_have_so_much_memory_together_and_those_of_a_node() {
    for (limit, limits) in [
        (
            "all of the context's 20971520 bytes was taken (context_memory_bytes)",
            Limits {
                context_memory_bytes: 20 << 20,
                ..Limits::default()
            },
        ),
        (
            "all of the node's 20971520 bytes was taken (node_memory_bytes)",
            Limits {
                node_memory_bytes: 20 << 20,
                ..Limits::default()
            },
        ),
    ] {
        let bench = holders(limits);
        // Each of them has what it wants, and both have not.
        holding(&bench, 1, 12).unwrap();
        let error = holding(&bench, 2, 12).unwrap_err();
        assert_eq!(error.code(), Code::LimitExceeded, "{error}");
        assert!(error.message().contains(limit), "{error}");
        // What a run had is given back.
        for _ in 0..3 {
            holding(&bench, 1, 12).unwrap();
            holding(&bench, 2, 4).unwrap();
        }
    }
}

#[test]
fn a_guest_holds_so_many_handles_and_hands_over_so_many_bytes() {
    let bench = Bench::new();
    bench.bind("/probe", "probe-driver", "{}", "operator").unwrap();
    probe(&bench, "few-handles", |limits| limits.handles = 16);
    probe(&bench, "few-bytes", |limits| limits.host_call_bytes = 1_000);
    let error = bench
        .ask("alice", Request::run("few-handles", opening(40).input()))
        .unwrap_err();
    assert_eq!(error.code(), Code::LimitExceeded, "{error}");
    assert!(error.message().contains("(handles)"), "{error}");
    let set = |bytes: usize| {
        Script::new()
            .intend("/probe", "control")
            .control(0, "set", json!(["key", "x".repeat(bytes)]))
    };
    bench
        .ask("operator", Request::run("few-bytes", set(100).input()))
        .unwrap();
    let error = bench
        .ask("operator", Request::run("few-bytes", set(2_000).input()))
        .unwrap_err();
    assert_eq!(error.code(), Code::LimitExceeded, "{error}");
    assert!(error.message().contains("(host_call_bytes)"), "{error}");
}

#[test]
fn what_a_guest_calls_its_functions_is_no_limit() {
    let runtime = Runtime::builder().build().unwrap();
    for name in [
        "cannot allocate another handle: store handle limit exceeded",
        "fuel allocated for hostcalls has been exhausted",
        "wasm trap: interrupt",
    ] {
        let text = format!(
            r#"(component
              (core module $m (func ${name:?} (export "f") unreachable))
              (core instance $i (instantiate $m))
              (func (export "f") (canon lift (core func $i "f"))))"#
        );
        let component = Component::from_text(&text).unwrap();
        let callable = runtime.callable(&component, &CallConfig::default()).unwrap();
        let error = callable.call_blocking::<_, ()>("f", ()).unwrap_err();
        assert_eq!(error.code(), Code::Trap, "{error}");
    }
}

/// What is called in the place of a large copy is no function of the guest's.
#[test]
fn a_guest_that_copies_beyond_its_memory_fails_where_it_does() {
    let runtime = Runtime::builder().build().unwrap();
    let text = r#"(component
        (core module $m (memory 1)
          (func $too_far (export "f") (memory.copy (i32.const 0) (i32.const 9) (i32.const 2000000))))
        (core instance $i (instantiate $m))
        (func (export "f") (canon lift (core func $i "f"))))"#;
    let component = Component::from_text(text).unwrap();
    let callable = runtime.callable(&component, &CallConfig::default()).unwrap();
    let error = callable.call_blocking::<_, ()>("f", ()).unwrap_err();
    assert_eq!(error.code(), Code::Trap, "{error}");
    assert!(error.message().contains("out of bounds memory access"), "{error}");
    let cause = std::error::Error::source(&error).unwrap().to_string();
    assert_eq!(
        cause.lines().skip(1).collect::<Vec<_>>(),
        ["   0: too_far"],
        "{cause}"
    );
}

#[test]
fn a_run_uses_so_many_drivers_and_no_more() {
    const DRIVERS_MAX: usize = 8;
    let bench = Bench::new();
    let driver = |number: usize| format!("driver-{number}");
    for number in 0..=DRIVERS_MAX {
        bench.load(&component_with("ledger", |manifest| {
            manifest.name = driver(number).parse().unwrap()
        }));
        bench
            .bind(
                &format!("/{}", driver(number)),
                &driver(number),
                r#"{"unit":"usd","scale":2}"#,
                "alice",
            )
            .unwrap();
    }
    let using = |count| {
        (0..count).fold(Script::new(), |script, number| {
            script
                .intend(&format!("/{}", driver(number)), "view")
                .view(number)
        })
    };
    bench.play("alice", &using(DRIVERS_MAX)).unwrap();
    let error = bench.play("alice", &using(DRIVERS_MAX + 1)).unwrap_err();
    assert_eq!(error.code(), Code::LimitExceeded, "{error}");
}

#[test]
fn more_runs_than_places_wait_for_their_turn() {
    let engine = airs_runtime::EngineConfig {
        instances_max: 8,
        threads: 4,
        ..Default::default()
    };
    let bench = Bench::alone(&["ledger", "payment"], |builder| builder.engine(engine));
    bench.fund("100.00");
    std::thread::scope(|scope| {
        for number in 0..16 {
            let bench = bench.again();
            scope.spawn(move || {
                let payee = format!("payee-{number}");
                for _ in 0..5 {
                    while let Err(error) = bench.ask("alice", pay(&payee, "0.01")) {
                        assert_eq!(error.code(), Code::Conflict, "{error}");
                    }
                }
            });
        }
    });
    assert_eq!(bench.dollars(["alice", "payee-3"]), ["99.20", "0.05"]);
    assert!(bench.runtime.is_idle());
}

#[test]
fn a_run_without_a_place_is_told_so_and_nothing_was_attempted() {
    // Room for one run, and the one that asks.
    let engine = EngineConfig {
        instances_max: 4,
        threads: 2,
        ..EngineConfig::default()
    };
    let bench = Bench::alone(&["probe"], |builder| builder.engine(engine));
    let other = bench.again();
    bench.at("the only place is taken", move || {
        let report = other.perform("bob", Request::bindings().deadline_ms(20));
        let error = report.result.unwrap_err();
        assert_eq!((error.code(), report.attempts), (Code::Busy, 0), "{error}");
    });
    let asking = Script::new().log("the only place is taken");
    bench.play("alice", &asking).unwrap();
    bench.ask("bob", Request::bindings()).unwrap();
}
