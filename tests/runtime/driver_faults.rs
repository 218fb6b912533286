//! A driver that goes wrong, in each of its functions, in each way.

use airs_runtime::{Code, Error, Request};
use airs_tests::{Bench, Script};
use serde_json::{Value, json};

/// What goes wrong, and what it is called then.
const FAULTS: [(&str, Code); 5] = [
    ("error", Code::Rejected),
    ("panic", Code::Trap),
    ("loop", Code::DeadlineExceeded),
    ("recurse", Code::LimitExceeded),
    ("hoard", Code::LimitExceeded),
];
/// Enough for all that does not loop, on a busy machine with guests that are not optimised.
const AMPLE_MS: u64 = 5_000;
const LOOPING_MS: u64 = 60;

fn deadline_ms(fault: &str) -> u64 {
    if fault == "loop" { LOOPING_MS } else { AMPLE_MS }
}

/// A bench with a driver that works at `/good`, and that does `fault` in `function` at `/bad`.
fn bench(function: &str, fault: &str) -> Bench {
    let bench = Bench::new();
    bench.bind("/good", "probe-driver", "{}", "operator").unwrap();
    let account = json!({ "on": { function: fault } }).to_string();
    bench.bind("/bad", "probe-driver", &account, "operator").unwrap();
    bench
}

/// Writes through the good binding, then does everything with the bad one.
fn script(function: &str) -> Script {
    let script = Script::new()
        .intend("/good", "view debit credit control")
        .transfer(0, 0, "1");
    let script = script.intend("/bad", "view debit credit control");
    match function {
        "intend" => script,
        "view" => script.view(1),
        "transfer" => script.transfer(1, 0, "1"),
        "control" => script.control(1, "set", json!(["key", "value"])),
        "done" => script.release("done", 1),
        other => panic!("{other}"),
    }
}

/// Whether the good binding's transfer was counted, after it was seen that nothing half-done is there.
fn counted(bench: &Bench) -> bool {
    for prefix in ["half-done", "key"] {
        assert_eq!(
            bench
                .control("/good", "scan", &json!(prefix).to_string())
                .unwrap(),
            "[]"
        );
    }
    bench.control("/good", "get", r#""transfers""#).unwrap() != "null"
}

fn check(error: &Error, code: Code, case: &str) {
    assert_eq!(error.code(), code, "{case}: {error}");
    if code != Code::Rejected {
        assert!(
            error.message().contains("driver \"probe-driver\""),
            "{case}: {error}"
        );
    }
}

/// All faults of one function that a program calls.
fn every_fault_of(function: &str) {
    for (fault, code) in FAULTS {
        let bench = bench(function, fault);
        let case = format!("{fault} in {function}");
        let run = |script: Script| bench.ask("operator", script.request().deadline_ms(deadline_ms(fault)));

        check(&run(script(function)).unwrap_err(), code, &case);
        assert!(!counted(&bench), "{case}: the run failed");

        let outcome = run(script(function).stubborn());
        match outcome {
            // It was refused, saw that, and ended well; unless it was refused what it wanted to release.
            Ok(output) => {
                assert_eq!(fault, "error", "{case}: {output}");
                assert!(output.contains(r#"{"error":"rejected"}"#), "{case}: {output}");
                assert!(counted(&bench), "{case}: the rest of the run stands");
            }
            Err(error) => {
                assert_ne!(fault, "error", "{case}: {error}");
                check(&error, code, &case);
                assert!(!counted(&bench), "{case}: a fault dooms the run");
            }
        }
    }
}

#[test]
fn every_fault_in_intend_is_contained() {
    every_fault_of("intend");
}

#[test]
fn every_fault_in_view_is_contained() {
    every_fault_of("view");
}

#[test]
fn every_fault_in_transfer_is_contained() {
    every_fault_of("transfer");
}

#[test]
fn every_fault_in_control_is_contained() {
    every_fault_of("control");
}

#[test]
fn every_fault_in_done_is_contained() {
    every_fault_of("done");
}

#[test]
fn every_fault_in_a_release_that_nobody_asked_for_fails_the_run() {
    for how in ["drop", "forget"] {
        for (fault, code) in FAULTS {
            let bench = bench("done", fault);
            let script = Script::new()
                .stubborn()
                .intend("/good", "debit credit")
                .transfer(0, 0, "1");
            let script = script.intend("/bad", "view").release(how, 1);
            let error = bench
                .ask("operator", script.request().deadline_ms(deadline_ms(fault)))
                .unwrap_err();
            check(&error, code, &format!("{fault} in done after {how}"));
            assert!(!counted(&bench));
        }
    }
}

#[test]
fn every_fault_in_bind_leaves_nothing_bound() {
    for (fault, code) in FAULTS {
        let bench = Bench::new();
        bench.bind("/good", "probe-driver", "{}", "operator").unwrap();
        let placement = airs_runtime::Placement {
            path: "/bad".into(),
            driver: "probe-driver".into(),
            account: json!({ "on": { "bind": fault } }).to_string(),
            owner: None,
            controllers: Vec::new(),
        };
        let error = bench
            .ask(
                "operator",
                Request::bind(placement).deadline_ms(deadline_ms(fault)),
            )
            .unwrap_err();
        check(&error, code, &format!("{fault} in bind"));
        assert!(!counted(&bench));
        assert_eq!(
            bench.ask("operator", Request::view("/bad")).unwrap_err().code(),
            Code::Unbound
        );
    }
}

#[test]
fn every_fault_in_unbind_leaves_the_binding() {
    for (fault, code) in FAULTS {
        let bench = bench("unbind", fault);
        let unbind = Request::unbind("/bad").deadline_ms(deadline_ms(fault));
        check(
            &bench.ask("operator", unbind).unwrap_err(),
            code,
            &format!("{fault} in unbind"),
        );
        assert!(!counted(&bench));
        assert_eq!(bench.balance("/bad"), "1");
    }
}

#[test]
fn every_fault_under_the_command_lines_own_runs_is_contained() {
    for (fault, code) in FAULTS {
        for (function, request) in [
            ("view", Request::view("/bad")),
            ("control", Request::control("/bad", "set", r#"["key","value"]"#)),
            ("done", Request::view("/bad")),
            ("intend", Request::view("/bad")),
        ] {
            let bench = bench(function, fault);
            let error = bench
                .ask("operator", request.deadline_ms(deadline_ms(fault)))
                .unwrap_err();
            check(&error, code, &format!("{fault} in {function}"));
            assert!(!counted(&bench));
        }
    }
}

#[test]
fn a_doomed_run_is_told_its_doom_whatever_it_asks_for() {
    let bench = bench("transfer", "panic");
    bench
        .bind("/other", "ledger", r#"{"unit":"usd","scale":2}"#, "operator")
        .unwrap();
    let script = script("transfer")
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
    assert!(!counted(&bench));
}

#[test]
fn a_doomed_run_that_then_fails_in_another_way_keeps_its_first_cause() {
    for last in ["fail", "panic", "loop"] {
        let bench = bench("transfer", "panic");
        let script = script("transfer").stubborn().act(last);
        let error = bench
            .ask("operator", script.request().deadline_ms(300))
            .unwrap_err();
        check(&error, Code::Trap, last);
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
fn a_runtime_is_idle_and_serves_after_every_fault() {
    let bench = Bench::alone(&["probe", "probe-driver"], |builder| builder);
    assert_eq!(
        bench.runtime.allocation(),
        airs_runtime::Allocation::Pooled,
        "the rest would prove nothing"
    );
    bench.bind("/good", "probe-driver", "{}", "operator").unwrap();
    for (fault, code) in FAULTS {
        for function in ["intend", "view", "transfer", "control", "done"] {
            let path = format!("/{fault}/{function}");
            bench
                .bind(
                    &path,
                    "probe-driver",
                    &json!({ "on": { function: fault } }).to_string(),
                    "operator",
                )
                .unwrap();
            let script = Script::new()
                .intend(&path, "view debit credit control")
                .view(0)
                .transfer(0, 0, "1");
            let script = script
                .control(0, "set", json!(["key", "value"]))
                .release("done", 0);
            let error = bench
                .ask("operator", script.request().deadline_ms(deadline_ms(fault)))
                .unwrap_err();
            assert_eq!(error.code(), code, "{path}");
            assert!(bench.runtime.is_idle(), "{path}");
            assert_eq!(bench.balance("/good"), "1");
        }
    }
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
        [json!({ "ok": 1 })] as [Value; 1]
    );
}
