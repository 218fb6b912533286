//! Who may do what.

use airs_runtime::{Code, Error, Owner, Placement, Request};
use airs_tests::{Bench, Script, pay};

/// Opens `path` as `caller` with `rights`, and says what that is refused with.
fn refusal(bench: &Bench, caller: &str, path: &str, rights: &str) -> Option<Error> {
    bench.play(caller, &Script::new().intend(path, rights)).err()
}

#[test]
fn only_the_owner_takes_out() {
    let bench = Bench::with_dollars("10.00");
    let steal = Request::run(
        "payment",
        r#"{"from":"/accounts/alice/usd","to":"~/usd","amount":"1"}"#,
    );
    for thief in ["bob", "operator", "acme/alice", "alice2", "accounts"] {
        let path = "/accounts/alice/usd";
        let error = refusal(&bench, thief, path, "debit").expect(thief);
        assert_eq!(error.code(), Code::Denied, "{thief}");
        assert!(
            error.message().contains(path) && error.hint_text().unwrap().contains("alice"),
            "{error}"
        );
    }
    assert_eq!(bench.ask("bob", steal).unwrap_err().code(), Code::Denied);
    assert_eq!(bench.dollars(["alice", "bob"]), ["10.00", "0.00"]);
}

#[test]
fn everybody_may_look_and_pay_in() {
    let bench = Bench::with_dollars("10.00");
    for caller in ["alice", "bob", "operator", "acme/bob"] {
        assert_eq!(
            refusal(&bench, caller, "/accounts/alice/usd", "view credit"),
            None,
            "{caller}"
        );
    }
}

#[test]
fn only_controllers_control_and_they_are_not_owners_by_that() {
    let bench = Bench::with_dollars("10.00");
    let mint = || Request::control("/accounts/alice/usd", "mint", r#"{"amount":"1"}"#);
    for caller in ["alice", "bob", "acme/operator"] {
        let error = bench.ask(caller, mint()).unwrap_err();
        assert_eq!(error.code(), Code::Denied, "{caller}");
        assert!(error.hint_text().unwrap().contains("operator"), "{error:?}");
    }
    bench.ask("operator", mint()).unwrap();
    assert_eq!(bench.dollars(["alice"]), ["11.00"]);
}

#[test]
fn controllers_are_those_that_the_binding_names() {
    let bench = Bench::new();
    let placement = Placement::new("/vault", "ledger", r#"{"unit":"usd","scale":0}"#)
        .owned_by(Owner::Caller("alice".into()))
        .controlled_by(["carol", "acme/dave"]);
    bench
        .perform("operator", Request::bind(placement))
        .result
        .unwrap();
    let mint = || Request::control("/vault", "mint", r#"{"amount":"1"}"#);
    for allowed in ["carol", "acme/dave"] {
        bench.ask(allowed, mint()).unwrap();
    }
    for denied in ["operator", "alice", "dave", "local/carol"] {
        assert_eq!(
            bench.ask(denied, mint()).unwrap_err().code(),
            Code::Denied,
            "{denied}"
        );
    }
    assert_eq!(
        bench
            .ask("operator", Request::unbind("/vault"))
            .unwrap_err()
            .code(),
        Code::Denied
    );
    assert_eq!(bench.balance("/vault"), "2");
}

#[test]
fn a_descriptor_does_what_it_was_opened_for_and_no_more() {
    let bench = Bench::with_dollars("10.00");
    let script = Script::new()
        .stubborn()
        .intend("~/usd", "view")
        .intend("/accounts/bob/usd", "credit")
        .intend("~/usd", "debit")
        .intend("~/usd", "")
        .transfer(0, 1, "1")
        .transfer(2, 0, "1")
        .view(1)
        .view(3)
        .transfer(3, 3, "1")
        .control(2, "mint", serde_json::json!({ "amount": "1" }))
        .transfer(2, 1, "1");
    let outcomes = bench.play("alice", &script).unwrap();
    for denied in &outcomes[4..10] {
        assert_eq!(denied["error"], "denied", "{outcomes:?}");
    }
    assert_eq!(outcomes[10]["ok"], "final");
    assert_eq!(bench.dollars(["alice", "bob"]), ["9.00", "1.00"]);
}

#[test]
fn a_driver_does_not_hear_of_what_is_denied() {
    let bench = Bench::new();
    // Whatever it heard of would be its fault, and no refusal.
    for (path, on) in [
        ("/opens", r#"{"on":{"intend":"panic"}}"#),
        (
            "/opened",
            r#"{"on":{"view":"panic","transfer":"panic","control":"panic"}}"#,
        ),
    ] {
        bench.bind(path, "probe-driver", on, "alice").unwrap();
    }
    for (caller, rights) in [("bob", "debit"), ("operator", "debit"), ("alice", "control")] {
        let error = refusal(&bench, caller, "/opens", rights).unwrap();
        assert_eq!(error.code(), Code::Denied, "{caller}, {rights}: {error}");
    }
    assert_eq!(
        refusal(&bench, "bob", "/opens", "view").unwrap().code(),
        Code::Trap
    );
    let operation = Request::control("/opens", "count", "null");
    assert_eq!(bench.ask("bob", operation).unwrap_err().code(), Code::Denied);
    let script = Script::new()
        .stubborn()
        .intend("/opened", "")
        .intend("/opened", "debit")
        .view(0)
        .transfer(0, 0, "1")
        .transfer(1, 0, "1")
        .control(1, "count", serde_json::json!(null));
    let outcomes = bench.play("alice", &script).unwrap();
    for denied in &outcomes[2..] {
        assert_eq!(denied["error"], "denied", "{outcomes:?}");
    }
}

#[test]
fn a_driver_may_narrow_what_the_host_grants() {
    let bench = Bench::new();
    bench
        .bind("/narrow", "probe-driver", r#"{"on":{"intend":"deny"}}"#, "alice")
        .unwrap();
    let error = refusal(&bench, "alice", "/narrow", "view").unwrap();
    assert_eq!(
        (error.code(), error.message()),
        (Code::Denied, "told to deny intend")
    );
}

#[test]
fn the_tilde_is_the_callers_own_home_in_the_context() {
    let bench = Bench::with_dollars("10.00");
    bench.ask("alice", pay("bob", "1")).unwrap();
    assert_eq!(bench.ask("bob", Request::view("~/usd")).unwrap(), "1.00");
    for foreigner in ["acme/alice", "local/alice"] {
        let error = bench.ask(foreigner, Request::view("~/usd")).unwrap_err();
        assert_eq!(error.code(), Code::Denied, "{foreigner}: {error}");
        assert!(error.message().contains('~'), "{error}");
    }
    for path in ["~", "~/", "~alice/usd", "~/../bob/usd", "/accounts/~/usd"] {
        let error = bench.ask("alice", Request::view(path)).unwrap_err();
        assert_eq!(error.code(), Code::InvalidPath, "{path}: {error}");
    }
}

#[test]
fn nobody_is_at_home_by_naming_the_context_as_a_foreign_home() {
    let bench = Bench::new();
    bench.fund("10.00");
    let home = bench.context();
    for name in ["alice", "operator"] {
        let caller = &format!("{home}/{name}");
        for (path, rights) in [
            ("/accounts/alice/usd", "debit"),
            (&format!("/accounts/{home}/usd"), "debit"),
            ("~/usd", "view"),
        ] {
            let error = refusal(&bench, caller, path, rights);
            assert!(error.is_some(), "{caller} opened {path} with {rights}");
        }
        for path in [
            &format!("/accounts/{home}/alice/x"),
            &format!("/accounts/{home}/operator/x"),
            "/elsewhere",
        ] {
            let bound = bench.bind_as(caller, path, "probe-driver", "{}", "carol");
            assert!(bound.is_err(), "{caller} bound {path}");
        }
    }
}

#[test]
fn the_root_of_a_binding_for_each_caller_has_no_owner() {
    let bench = Bench::new();
    bench
        .bind("/accounts", "ledger", r#"{"unit":"usd","scale":2}"#, "each")
        .unwrap();
    bench.mint("/accounts", "5").unwrap();
    for caller in ["alice", "operator", "accounts"] {
        let error = refusal(&bench, caller, "/accounts", "debit").unwrap();
        assert_eq!(error.code(), Code::Denied, "{error}");
        assert!(error.hint_text().unwrap().contains("no owner"), "{error:?}");
    }
    assert_eq!(refusal(&bench, "alice", "/accounts/alice", "debit"), None);
    assert_eq!(refusal(&bench, "alice", "/accounts/alice/a/b/c", "debit"), None);
}

#[test]
fn the_host_tells_the_driver_who_calls() {
    let bench = Bench::new();
    let placement = |path: &str| {
        Placement::new(path, "probe-driver", "{}").controlled_by(["alice", "acme/bob", "operator"])
    };
    bench
        .perform("operator", Request::bind(placement("/who")))
        .result
        .unwrap();
    for (caller, home, roles) in [
        ("alice", bench.context(), "[]"),
        ("acme/bob", "acme", "[]"),
        ("operator", bench.context(), r#"["operator"]"#),
    ] {
        let report = bench.perform(caller, Request::control("/who/is/it", "call", "null"));
        let airs_runtime::Answer::Output(told) = report.result.unwrap() else {
            panic!("no output")
        };
        let told: serde_json::Value = serde_json::from_str(&told).unwrap();
        let roles: serde_json::Value = serde_json::from_str(roles).unwrap();
        let expected = serde_json::json!({
            "run": report.run, "context": bench.context(), "path": "/who/is/it", "caller": caller, "home": home, "roles": roles,
        });
        assert_eq!(told, expected);
    }
}
