//! A run is a transaction, and every call within it a savepoint.

use airs_runtime::Code;
use airs_tests::{Bench, Script, pay};
use serde_json::json;

/// Pays a dollar to bob.
fn paying() -> Script {
    Script::new()
        .intend("~/usd", "view debit")
        .intend("/accounts/bob/usd", "credit")
        .transfer(0, 1, "1")
}

#[test]
fn what_a_program_did_before_it_failed_is_gone() {
    let bench = Bench::with_dollars("10.00");
    for (failing, code) in [
        (paying().act("fail"), Code::Rejected),
        (paying().act("panic"), Code::Trap),
        (paying().act("exit"), Code::Trap),
        (paying().act("recurse"), Code::LimitExceeded),
        (paying().act("hoard"), Code::LimitExceeded),
        (paying().transfer(0, 1, "9.01"), Code::InsufficientFunds),
        (paying().intend("/nowhere", "view"), Code::Unbound),
    ] {
        let error = bench.play("alice", &failing).unwrap_err();
        assert_eq!(error.code(), code, "{error}");
        assert_eq!(
            bench.dollars(["alice", "bob"]),
            ["10.00", "0.00"],
            "after {error}"
        );
    }
}

#[test]
fn a_run_sees_its_own_writes_and_nobody_else_does_before_it_ends() {
    let bench = Bench::with_dollars("10.00");
    let outside = bench.again();
    let line = format!("{:?} has paid", std::thread::current().id());
    let seen = std::sync::Arc::new(std::sync::Mutex::new(Vec::new()));
    let seeing = seen.clone();
    bench.at(&line, move || {
        seeing.lock().unwrap().push(outside.dollars(["alice", "bob"]))
    });
    let script = paying().log(&line).view(0).transfer(0, 1, "2").view(0);
    let outcomes = bench.play("alice", &script).unwrap();
    assert_eq!(
        (&outcomes[4]["ok"], &outcomes[6]["ok"]),
        (&json!("9.00"), &json!("7.00"))
    );
    assert_eq!(*seen.lock().unwrap(), [["10.00", "0.00"]]);
    assert_eq!(bench.dollars(["alice", "bob"]), ["7.00", "3.00"]);
}

#[test]
fn an_error_of_one_call_undoes_that_call_and_no_other() {
    let bench = Bench::with_dollars("10.00");
    bench
        .bind("/probe", "probe-driver", r#"{"on":{"control":"error"}}"#, "alice")
        .unwrap();
    bench.bind("/good", "probe-driver", "{}", "operator").unwrap();
    let script = Script::new()
        .stubborn()
        .intend("/good", "view debit credit control")
        .transfer(0, 0, "1")
        .control(0, "set", json!(["kept", "1"]))
        .intend("/probe", "control")
        .control(1, "set", json!(["lost", "1"]))
        .control(0, "set", json!(["x".repeat(1025), "too long"]))
        .control(0, "get", json!("half-done/control"))
        .control(0, "get", json!("kept"))
        .transfer(0, 0, "1");
    let outcomes = bench.play("operator", &script).unwrap();
    let told: Vec<&str> = outcomes
        .iter()
        .filter_map(|outcome| outcome["error"].as_str())
        .collect();
    assert_eq!(told, ["rejected", "limit-exceeded"]);
    assert_eq!(
        (&outcomes[6]["ok"], &outcomes[7]["ok"]),
        (&json!(null), &json!("1"))
    );
    for (key, value) in [
        ("half-done/control", "null"),
        ("lost", "null"),
        ("kept", r#""1""#),
        ("transfers", r#""2""#),
    ] {
        assert_eq!(
            bench.control("/good", "get", &json!(key).to_string()).unwrap(),
            value,
            "{key}"
        );
    }
}

#[test]
fn a_stubborn_program_keeps_what_went_well() {
    let bench = Bench::with_dollars("10.00");
    let outcomes = bench
        .play(
            "alice",
            &paying().stubborn().transfer(0, 1, "100").transfer(0, 1, "1.5"),
        )
        .unwrap();
    assert_eq!(outcomes[3]["error"], "insufficient-funds");
    assert_eq!(bench.dollars(["alice", "bob"]), ["7.50", "2.50"]);
}

#[test]
fn a_run_moves_money_through_many_hands_at_once_or_not_at_all() {
    let bench = Bench::with_dollars("10.00");
    let chain = |last: &str| {
        let script = Script::new()
            .intend("~/a", "debit credit")
            .intend("~/b", "debit credit")
            .intend("~/usd", "debit");
        script
            .transfer(2, 0, "10")
            .transfer(0, 1, "10")
            .intend("/accounts/bob/usd", "credit")
            .transfer(1, 3, last)
    };
    assert_eq!(
        bench.play("alice", &chain("10.01")).unwrap_err().code(),
        Code::InsufficientFunds
    );
    assert_eq!(bench.dollars(["alice", "bob"]), ["10.00", "0.00"]);
    bench.play("alice", &chain("10")).unwrap();
    assert_eq!(bench.dollars(["alice", "bob"]), ["0.00", "10.00"]);
}

#[test]
fn nothing_is_visible_after_the_deadline() {
    let bench = Bench::with_dollars("10.00");
    for deadline_ms in [0, 1, 40] {
        let error = bench
            .ask("alice", paying().act("loop").request().deadline_ms(deadline_ms))
            .unwrap_err();
        assert_eq!(error.code(), Code::DeadlineExceeded, "{error}");
    }
    let error = bench.ask("alice", pay("bob", "1").deadline_ms(0)).unwrap_err();
    assert_eq!(error.code(), Code::DeadlineExceeded, "{error}");
    assert_eq!(bench.dollars(["alice", "bob"]), ["10.00", "0.00"]);
}

#[test]
fn open_descriptors_are_released_before_the_commit_the_newest_first() {
    let bench = Bench::new();
    bench
        .bind("/probe", "probe-driver", r#"{"note":true}"#, "alice")
        .unwrap();
    let script = Script::new()
        .intend("/probe/a", "view")
        .intend("/probe/b", "view")
        .intend("/probe/c", "view")
        .intend("/probe/d", "view")
        .intend("/probe/e", "view")
        .release("drop", 1)
        .release("forget", 2)
        .release("done", 3);
    bench.play("alice", &script).unwrap();
    let released = bench.control("/probe", "get", r#""released""#).unwrap();
    let released: String = serde_json::from_str(&released).unwrap();
    // The program drops what it still has when it returns, in the order of its list; what it forgot is left.
    assert_eq!(
        released,
        r#"["/probe/b","/probe/d","/probe/a","/probe/e","/probe/c"]"#
    );
}

#[test]
fn what_is_forgotten_is_released_by_the_host_in_reverse_order() {
    let bench = Bench::new();
    bench
        .bind("/probe", "probe-driver", r#"{"note":true}"#, "alice")
        .unwrap();
    let script = ["a", "b", "c"].into_iter().fold(Script::new(), |script, name| {
        script.intend(&format!("/probe/{name}"), "view")
    });
    bench
        .play(
            "alice",
            &script
                .release("forget", 1)
                .release("forget", 0)
                .release("forget", 2),
        )
        .unwrap();
    let released = bench.control("/probe", "get", r#""released""#).unwrap();
    assert_eq!(released, r#""[\"/probe/c\",\"/probe/b\",\"/probe/a\"]""#);
}

#[test]
fn a_release_that_fails_unseen_fails_the_run() {
    let bench = Bench::new();
    bench.bind("/good", "probe-driver", "{}", "alice").unwrap();
    bench
        .bind("/bad", "probe-driver", r#"{"on":{"done":"error"}}"#, "alice")
        .unwrap();
    for how in ["drop", "forget"] {
        let script = Script::new()
            .stubborn()
            .intend("/good", "debit credit")
            .transfer(0, 0, "1")
            .intend("/bad", "view")
            .release(how, 1);
        let error = bench.play("alice", &script).unwrap_err();
        assert_eq!(error.code(), Code::Rejected, "{how}: {error}");
    }
    assert_eq!(bench.control("/good", "get", r#""transfers""#).unwrap(), "null");
}
