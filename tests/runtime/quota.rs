//! How much a driver may keep in a context.

use airs_runtime::{Capabilities, Code, Event, StorageAccess};
use airs_tests::{Bench, Notes, Script, component, two_contexts};
use serde_json::json;

/// A runtime with the probe and its driver, which may keep so many bytes, at `/one`; and what was denied.
fn bench(quota_bytes: u64) -> (Bench, Notes) {
    let (bench, denials) = Bench::noting(&["probe"], two_contexts, |event| match event {
        Event::Denied { message, .. } => Some((*message).to_owned()),
        _ => None,
    });
    allow(&bench, quota_bytes);
    bench.bind("/one", "probe-driver", "{}", "operator").unwrap();
    (bench, denials)
}

/// Grants the driver so many bytes from now on.
fn allow(bench: &Bench, quota_bytes: u64) {
    let storage = Some(StorageAccess {
        quota_bytes,
        ..StorageAccess::DEFAULT
    });
    let granted = Capabilities {
        storage,
        ..Capabilities::default()
    };
    bench
        .runtime
        .load(&component("probe-driver"), &granted.into())
        .unwrap();
}

fn set(bench: &Bench, key: &str, value: &str) -> Option<Code> {
    bench
        .control("/one", "set", &json!([key, value]).to_string())
        .err()
        .map(|error| error.code())
}

fn keys(bench: &Bench) -> String {
    bench.control("/one", "scan", r#""""#).unwrap()
}

#[test]
fn a_driver_keeps_no_more_than_its_quota() {
    let (bench, denials) = bench(10);
    assert_eq!(set(&bench, "k", "123456789"), None);
    assert_eq!(set(&bench, "k", "1234567890"), Some(Code::Denied));
    assert_eq!(set(&bench, "l", ""), Some(Code::Denied));
    assert_eq!(
        denials.lock().unwrap()[0],
        "driver probe-driver would keep more than its quota of 10 bytes"
    );
    // What takes no more room is written.
    assert_eq!(set(&bench, "k", "987654321"), None);
    assert_eq!(set(&bench, "k", "12345"), None);
    assert_eq!(set(&bench, "l", "123"), None);
    bench.control("/one", "delete", r#""k""#).unwrap();
    assert_eq!(set(&bench, "m", "12345"), None);
    assert_eq!(keys(&bench), r#"["l","m"]"#);
}

#[test]
fn a_denial_is_a_value_and_what_was_undone_takes_no_room() {
    let (bench, _) = bench(100);
    bench
        .bind("/bad", "probe-driver", r#"{"on":{"view":"error"}}"#, "operator")
        .unwrap();
    let script = Script::new()
        .stubborn()
        .intend("/one", "control")
        .intend("/bad", "view")
        .control(0, "fill", json!([3, 40]))
        .control(0, "fill", json!([1, 40]))
        // Writes sixteen bytes before it refuses.
        .view(1)
        .view(1)
        .view(1)
        .control(0, "set", json!(["k", "x".repeat(52)]))
        .control(0, "set", json!(["k", "x".repeat(54)]))
        .control(0, "delete", json!("fill/0"))
        .control(0, "set", json!(["k", "x".repeat(99)]))
        .control(0, "set", json!(["k", "x".repeat(100)]));
    let outcomes = bench.play("operator", &script).unwrap();
    let said: Vec<&str> = outcomes[2..]
        .iter()
        .map(|outcome| outcome["error"].as_str().unwrap_or("ok"))
        .collect();
    assert_eq!(
        said,
        [
            "denied", "ok", "rejected", "rejected", "rejected", "ok", "denied", "ok", "ok", "denied"
        ]
    );
    assert_eq!(keys(&bench), r#"["k"]"#);
}

#[test]
fn a_quota_that_was_lowered_lets_nothing_grow_and_everything_shrink() {
    let (bench, _) = bench(100);
    assert_eq!(set(&bench, "a", &"x".repeat(49)), None);
    assert_eq!(set(&bench, "b", &"x".repeat(49)), None);
    allow(&bench, 10);
    assert_eq!(set(&bench, "c", ""), Some(Code::Denied));
    assert_eq!(set(&bench, "a", &"y".repeat(48)), None);
    assert_eq!(set(&bench, "a", &"y".repeat(49)), Some(Code::Denied));
    bench.control("/one", "delete", r#""a""#).unwrap();
    bench.control("/one", "delete", r#""b""#).unwrap();
    assert_eq!(set(&bench, "c", "123456789"), None);
}

#[test]
fn each_context_has_room_of_its_own() {
    let (bench, _) = bench(10);
    assert_eq!(set(&bench, "k", "123456789"), None);
    let there = bench.within("guests");
    there.bind("/one", "probe-driver", "{}", "operator").unwrap();
    assert_eq!(set(&there, "k", "123456789"), None);
    assert_eq!(set(&there, "l", ""), Some(Code::Denied));
}

#[test]
fn runs_that_write_different_keys_do_not_conflict_in_the_quota() {
    let (bench, _) = bench(1_000_000);
    let other = bench.again();
    // In the middle of the run another one writes another key of the same driver, and is committed first.
    bench.at("now", move || assert_eq!(set(&other, "theirs", "x"), None));
    let script = Script::new()
        .intend("/one", "control")
        .control(0, "set", json!(["mine", "x"]))
        .log("now");
    let report = bench.perform("operator", script.request());
    assert_eq!((report.attempts, report.result.is_ok()), (1, true));
    assert_eq!(keys(&bench), r#"["mine","theirs"]"#);
}

#[test]
fn room_that_was_taken_meanwhile_is_not_there() {
    let (bench, denials) = bench(10);
    let other = bench.again();
    bench.at("now", move || {
        set(&other, "theirs", "1234");
    });
    let script = Script::new()
        .intend("/one", "control")
        .control(0, "set", json!(["mine", "123456"]))
        .log("now");
    let report = bench.perform("operator", script.request());
    // The first attempt found room and lost it; the second found none.
    assert_eq!(report.attempts, 2);
    assert_eq!(report.result.unwrap_err().code(), Code::Denied);
    assert_eq!(keys(&bench), r#"["theirs"]"#);
    assert_eq!(denials.lock().unwrap().len(), 1);
}
