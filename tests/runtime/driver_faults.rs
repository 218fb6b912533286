//! A driver that goes wrong: what its run is told. That nothing of it is seen, in any combination, is proven in
//! `../proof/driver_functions.rs`.

use airs_runtime::{Code, Request};
use airs_tests::{Bench, Script, component};
use serde_json::json;

/// A bench with a driver that works at `/good`, and that does `fault` in `function` at `/bad`.
fn bench(function: &str, fault: &str) -> Bench {
    let bench = Bench::new();
    bench.bind("/good", "probe-driver", "{}", "operator").unwrap();
    let account = json!({ "on": { function: fault } }).to_string();
    bench.bind("/bad", "probe-driver", &account, "operator").unwrap();
    bench
}

/// Writes through the good binding, then meets a transfer of the bad one.
fn script() -> Script {
    let script = Script::new().intend("/good", "view debit credit control");
    let script = script.transfer(0, 0, "1").intend("/bad", "debit credit");
    script.transfer(1, 0, "1")
}

#[test]
fn a_doomed_run_is_told_its_doom_whatever_it_asks_for() {
    let bench = bench("transfer", "panic");
    bench
        .bind("/other", "ledger", r#"{"unit":"usd","scale":2}"#, "operator")
        .unwrap();
    let script = script()
        .stubborn()
        .view(0)
        .intend("/good/2", "view")
        .intend("/other", "control")
        .control(0, "set", json!(["key", "value"]))
        .release("done", 0)
        .log("still here");
    let report = bench.perform("operator", script.request());
    assert_eq!(report.result.as_ref().unwrap_err().code(), Code::Trap);
    assert_eq!(report.attempts, 1);
    assert_eq!(bench.lines(&report).last().unwrap(), "probe#1: still here");
    assert_eq!(bench.control("/good", "get", r#""transfers""#).unwrap(), "null");
}

#[test]
fn a_doomed_run_that_then_fails_in_another_way_keeps_its_first_cause() {
    for last in ["fail", "panic", "loop"] {
        let bench = bench("transfer", "panic");
        let script = script().stubborn().act(last);
        let error = bench
            .ask("operator", script.request().deadline_ms(300))
            .unwrap_err();
        assert_eq!(error.code(), Code::Trap, "{last}: {error}");
    }
}

#[test]
fn a_panic_of_a_driver_names_its_line_and_what_it_said() {
    let bench = bench("view", "panic");
    let error = bench.ask("operator", Request::view("/bad")).unwrap_err();
    let message = error.message();
    assert!(
        message.contains("probe-driver/src/lib.rs:") && message.ends_with(": told to"),
        "{message}"
    );
}

#[test]
fn a_fault_of_a_driver_says_where_it_was_and_which_call_of_the_program_led_there() {
    let open = || {
        Script::new()
            .intend("/good", "view debit credit control")
            .intend("/bad", "view debit credit control")
    };
    for (function, script, asked) in [
        ("intend", Script::new().intend("/bad", "view"), "intend of /bad"),
        ("view", open().view(1), "view of /bad"),
        (
            "transfer",
            open().transfer(1, 0, "1"),
            "transfer from /bad to /good",
        ),
        (
            "control",
            open().control(1, "get", json!("key")),
            "control of /bad",
        ),
        ("done", open().release("done", 1), "done of /bad"),
    ] {
        let bench = bench(function, "panic");
        let error = bench
            .ask("operator", script.clone().stubborn().view(0).request())
            .unwrap_err();
        assert_eq!(error.code(), Code::Trap, "{error}");
        // In the first line: who, what, the line and the function.
        let message = error.message();
        assert!(message.starts_with("driver \"probe-driver\" "), "{message}");
        let (_, place) = message.split_once("probe-driver/src/lib.rs:").unwrap();
        assert!(place.split(": ").next().unwrap().contains(" in "), "{message}");
        // Then its stack, and that of the program.
        let stack = std::error::Error::source(&error).unwrap();
        assert!(stack.to_string().contains("probe-driver/src/lib.rs:"), "{stack}");
        let call = stack.source().unwrap_or_else(|| panic!("{function}: {stack}"));
        let call = call.to_string();
        let asked = format!("program \"probe\" asked for {asked}\n");
        assert!(call.starts_with(&asked), "{function}: {call}");
        assert!(call.contains("/probe/src/lib.rs:"), "{call}");
        assert!(!call.contains("tokio"), "{call}");
    }
    // What a person asks for has no program before it.
    let bench = bench("view", "panic");
    let error = bench.ask("operator", Request::view("/bad")).unwrap_err();
    assert!(std::error::Error::source(&error).unwrap().source().is_none());
}

#[test]
fn a_runtime_is_idle_after_every_fault_of_a_program() {
    let bench = Bench::alone(&["probe", "probe-driver"], |builder| builder);
    assert_eq!(
        bench.runtime.allocation(),
        airs_runtime::Allocation::Pooled,
        "the rest would prove nothing"
    );
    bench.bind("/good", "probe-driver", "{}", "operator").unwrap();
    for act in ["panic", "exit", "recurse", "hoard", "fail"] {
        bench
            .play("operator", &Script::new().intend("/good", "view").act(act))
            .unwrap_err();
        assert!(bench.runtime.is_idle(), "{act}");
    }
    let forgetful = (0..50).fold(Script::new(), |script, at| {
        script.intend("/good", "view").release("forget", at)
    });
    bench.play("operator", &forgetful).unwrap();
    assert!(bench.runtime.is_idle());
    assert_eq!(
        bench.play("operator", &Script::new().act("count")).unwrap(),
        [json!({ "ok": 1 })]
    );
}

#[test]
fn a_driver_that_was_unloaded_meanwhile_dooms_its_run_and_is_gone_then() {
    let bench = Bench::alone(&["probe", "probe-driver"], |builder| builder);
    bench.bind("/good", "probe-driver", "{}", "operator").unwrap();
    let other = bench.again();
    bench.at("it goes now", move || {
        other.runtime.unload(&"probe-driver".parse().unwrap()).unwrap();
    });
    for (function, fault, code) in [
        ("transfer", "panic", Code::Trap),
        ("transfer", "error", Code::Rejected),
        ("done", "hoard", Code::LimitExceeded),
        ("done", "recurse", Code::LimitExceeded),
    ] {
        let path = format!("/bad/{function}/{fault}");
        let account = json!({ "on": { function: fault } }).to_string();
        bench.bind(&path, "probe-driver", &account, "operator").unwrap();
        let script = Script::new()
            .intend("/good", "view debit credit")
            .intend(&path, "debit");
        let script = script.log("it goes now").transfer(0, 0, "1").transfer(1, 0, "1");
        let error = bench.ask("operator", script.request()).unwrap_err();
        assert_eq!(error.code(), code, "{path}: {error}");
        // Nothing holds it any more, nor is it there.
        assert!(bench.runtime.is_idle(), "{path}");
        let held = bench.runtime.generations();
        assert!(held.iter().all(|one| one.in_service), "{path}: {held:?}");
        let error = bench.ask("operator", Request::view("/good")).unwrap_err();
        assert_eq!(error.code(), Code::NotFound, "{path}: {error}");
        bench.load(&component("probe-driver"));
        assert_eq!(
            bench.control("/good", "get", r#""transfers""#).unwrap(),
            "null",
            "{path}"
        );
    }
}
