//! Which driver stands behind a path, and who decides that.

use airs_runtime::{Answer, Code, Owner, Placement, Request};
use airs_tests::{Bench, Script};

const USD: &str = r#"{"unit":"usd","scale":2}"#;

fn bound(bench: &Bench) -> Vec<String> {
    match bench.perform("operator", Request::bindings()).result.unwrap() {
        Answer::Bindings(all) => all
            .into_iter()
            .map(|(path, binding)| format!("{path} {}", binding.driver))
            .collect(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_caller_binds_at_home_and_nowhere_else() {
    let bench = Bench::new();
    bench
        .bind_as("alice", "/accounts/alice/usd", "ledger", USD, "alice")
        .unwrap();
    bench.bind_as("alice", "~/gold", "ledger", USD, "alice").unwrap();
    for path in [
        "/elsewhere",
        "/accounts",
        "/accounts/alice",
        "/accounts/bob/usd",
        "/accounts/alice2/usd",
        "/alice/usd",
    ] {
        let error = bench.bind_as("alice", path, "ledger", USD, "alice").unwrap_err();
        assert!(matches!(error.code(), Code::Denied), "{path}: {error:?}");
        assert!(error.hint_text().is_some());
    }
    let error = bench
        .bind_as("acme/alice", "/accounts/alice/eur", "ledger", USD, "alice")
        .unwrap_err();
    assert_eq!(error.code(), Code::Denied);
    assert_eq!(
        bound(&bench),
        ["/accounts/alice/gold ledger", "/accounts/alice/usd ledger"]
    );
}

#[test]
fn nobody_binds_on_above_or_below_what_somebody_else_controls() {
    let bench = Bench::new();
    bench
        .bind_as("alice", "/accounts/alice/x/usd", "ledger", USD, "alice")
        .unwrap();
    for path in [
        "/accounts/alice/x/usd",
        "/accounts/alice/x",
        "/accounts/alice",
        "/accounts",
        "/accounts/alice/x/usd/y/z",
    ] {
        let error = bench.bind(path, "probe-driver", "{}", "each").unwrap_err();
        assert_eq!(error.code(), Code::AlreadyBound, "{path}: {error}");
        assert!(error.message().contains("/accounts/alice/x/usd"), "{error}");
    }
    for path in [
        "/accounts/alice/x/us",
        "/accounts/alice/x/usd2",
        "/accounts/alice/y",
        "/accounts/bob",
    ] {
        bench.bind(path, "probe-driver", "{}", "each").unwrap();
    }
    // The operator controls the one at /accounts/bob now.
    assert_eq!(
        bench
            .bind_as("bob", "~/usd", "ledger", USD, "bob")
            .unwrap_err()
            .code(),
        Code::AlreadyBound
    );
}

#[test]
fn who_controls_the_upper_binding_may_bind_below_it() {
    let bench = Bench::new();
    let placement = |path: &str, controllers: &[&str]| {
        Request::bind(
            Placement::new(path, "ledger", USD)
                .owned_by(Owner::Each)
                .controlled_by(controllers.iter().copied()),
        )
    };
    bench
        .perform("operator", placement("/shops", &["carol"]))
        .result
        .unwrap();
    bench
        .perform("carol", placement("/shops/books", &["dave"]))
        .result
        .unwrap();
    // Between the two stands one that is another's now.
    let error = bench
        .perform("carol", placement("/shops/books/old", &[]))
        .result
        .unwrap_err();
    assert_eq!(error.code(), Code::AlreadyBound, "{error}");
    let error = bench
        .perform("operator", placement("/shops/toys", &[]))
        .result
        .unwrap_err();
    assert_eq!(error.code(), Code::AlreadyBound, "{error}");
    bench
        .perform("carol", placement("/shops/toys", &[]))
        .result
        .unwrap();
    assert_eq!(
        bound(&bench),
        ["/shops ledger", "/shops/books ledger", "/shops/toys ledger"]
    );
}

#[test]
fn the_longest_prefix_wins_on_whole_segments() {
    let bench = Bench::new();
    bench.bind("/a", "probe-driver", "{}", "each").unwrap();
    bench.bind("/a/b", "ledger", USD, "each").unwrap();
    // A probe counts how often it was looked at; a ledger has nothing.
    for (path, seen) in [
        ("/a", "1"),
        ("/a/bb", "1"),
        ("/a/c/b", "1"),
        ("/a/b", "0.00"),
        ("/a/b/c", "0.00"),
        ("/a/b.c", "1"),
    ] {
        assert_eq!(bench.balance(path), seen, "{path}");
    }
    for path in ["/aa", "/b", "/"] {
        let error = bench.ask("operator", Request::view(path)).unwrap_err();
        assert!(
            matches!(error.code(), Code::Unbound | Code::InvalidPath),
            "{path}: {error}"
        );
    }
}

#[test]
fn a_binding_stays_while_money_is_left_below_it() {
    let bench = Bench::with_dollars("10.00");
    let unbind = || bench.ask("operator", Request::unbind("/accounts"));
    let error = unbind().unwrap_err();
    assert_eq!(error.code(), Code::Rejected);
    assert_eq!(bench.dollars(["alice"]), ["10.00"]);
    bench
        .control("/accounts/alice/usd", "burn", r#"{"amount":"10"}"#)
        .unwrap();
    unbind().unwrap();
    assert_eq!(
        bench
            .ask("operator", Request::view("/accounts/alice/usd"))
            .unwrap_err()
            .code(),
        Code::Unbound
    );
    assert_eq!(bound(&bench), [""; 0]);
}

#[test]
fn only_a_controller_unbinds_and_only_what_is_bound_there() {
    let bench = Bench::new();
    bench.bind("/accounts", "ledger", USD, "alice").unwrap();
    for caller in ["alice", "acme/operator"] {
        assert_eq!(
            bench
                .ask(caller, Request::unbind("/accounts"))
                .unwrap_err()
                .code(),
            Code::Denied,
            "{caller}"
        );
    }
    for path in ["/accounts/alice", "/account", "/nowhere"] {
        assert_eq!(
            bench.ask("operator", Request::unbind(path)).unwrap_err().code(),
            Code::Unbound,
            "{path}"
        );
    }
    assert_eq!(
        bench
            .ask("operator", Request::unbind("accounts"))
            .unwrap_err()
            .code(),
        Code::InvalidPath
    );
    assert_eq!(bound(&bench), ["/accounts ledger"]);
}

#[test]
fn what_the_driver_refuses_is_not_bound() {
    let bench = Bench::new();
    for account in [
        "",
        "[]",
        r#"{"unit":"usd"}"#,
        r#"{"unit":"usd","scale":39}"#,
        r#"{"unit":"usd","scale":2,"balance":"9"}"#,
    ] {
        let error = bench.bind("/accounts", "ledger", account, "each").unwrap_err();
        assert_eq!(error.code(), Code::InvalidInput, "{account}: {error}");
    }
    assert_eq!(bound(&bench), [""; 0]);
}

#[test]
fn owner_and_controllers_are_callers() {
    let bench = Bench::new();
    let bind = |owner: &str, controller: &str| {
        let placement = Placement::new("/accounts", "ledger", USD)
            .owned_by(Owner::Caller(owner.into()))
            .controlled_by([controller]);
        bench.perform("operator", Request::bind(placement)).result
    };
    for nobody in [
        "",
        "Alice",
        "al ice",
        "a/b/c",
        "../alice",
        "alice/",
        "/alice",
        "alice\0",
        "älice",
        &"a".repeat(65),
    ] {
        for (owner, controller) in [(nobody, "operator"), ("alice", nobody)] {
            let error = bind(owner, controller).expect_err(nobody);
            assert_eq!(error.code(), Code::InvalidName, "{nobody:?}: {error}");
        }
    }
    bind("acme/alice", "acme/bob").unwrap();
}

#[test]
fn bindings_are_listed_for_everybody_by_path() {
    let bench = Bench::new();
    for path in ["/b", "/a/c", "/a-b", "/a"] {
        bench.bind(path, "probe-driver", "{}", "each").unwrap();
    }
    assert_eq!(
        bound(&bench),
        [
            "/a probe-driver",
            "/a-b probe-driver",
            "/a/c probe-driver",
            "/b probe-driver"
        ]
    );
}

#[test]
fn a_path_is_resolved_in_its_own_context_only() {
    let (here, there) = (Bench::with_dollars("10.00"), Bench::new());
    let look = Script::new().intend("/accounts/alice/usd", "view").view(0);
    assert_eq!(there.play("alice", &look).unwrap_err().code(), Code::Unbound);
    there.bind("/accounts", "ledger", USD, "each").unwrap();
    assert_eq!(
        (here.dollars(["alice"]), there.dollars(["alice"])),
        (["10.00".into()], ["0.00".into()])
    );
}
