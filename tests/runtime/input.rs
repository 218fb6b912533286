//! What people type.

use airs_runtime::{CallerId, Code, Request};
use airs_tests::{Bench, Script};

#[test]
fn input_that_does_not_fit_is_refused_with_the_field() {
    let bench = Bench::with_dollars("10.00");
    for (input, named) in [
        ("", ""),
        ("not json", ""),
        ("{", ""),
        ("[]", ""),
        (r#"{"from":"~/usd","amount":"1"}"#, "to"),
        (r#"{"from":1,"to":"/accounts/bob/usd","amount":"1"}"#, "from"),
        (r#"{"from":"~/usd","to":null,"amount":"1"}"#, "to"),
        (
            r#"{"from":"~/usd","to":"/accounts/bob/usd","amount":1}"#,
            "amount",
        ),
        (
            r#"{"from":"~/usd","to":"/accounts/bob/usd","amount":"1.2.3"}"#,
            "amount",
        ),
        (
            r#"{"from":"~/usd","to":"/accounts/bob/usd","amount":"1","memo":"x"}"#,
            "memo",
        ),
        (r#"{"from":"~/usd","to":"/accounts/bob/usd","amount":"1"} {}"#, ""),
    ] {
        let error = bench.ask("alice", Request::run("payment", input)).unwrap_err();
        assert_eq!(error.code(), Code::InvalidInput, "{input}: {error}");
        assert!(error.message().contains(named), "{input}: {error}");
    }
    assert_eq!(bench.dollars(["alice"]), ["10.00"]);
}

#[test]
fn an_unknown_program_is_not_found_and_the_known_ones_are_named() {
    let bench = Bench::new();
    for name in ["pay", "", "../payment", "ledger", "Payment", &"x".repeat(10_000)] {
        let report = bench.perform("alice", Request::run(name, "{}"));
        let error = report.result.unwrap_err();
        assert_eq!((error.code(), report.attempts), (Code::NotFound, 1), "{name}");
        assert!(error.hint_text().unwrap().contains("payment"), "{error:?}");
    }
}

#[test]
fn an_unknown_driver_is_not_found_and_the_known_ones_are_named() {
    let bench = Bench::new();
    for name in ["ledgers", "", "../ledger", "payment"] {
        let error = bench.bind("/accounts", name, "{}", "each").unwrap_err();
        assert_eq!(error.code(), Code::NotFound, "{name}");
        assert!(error.hint_text().unwrap().contains("ledger"), "{error:?}");
    }
}

#[test]
fn an_unknown_context_is_not_found() {
    let bench = Bench::new();
    let request = Request::view("/a").context("nowhere".parse().unwrap());
    let error = bench.runtime.perform_blocking(request).result.unwrap_err();
    assert_eq!(error.code(), Code::NotFound);
}

#[test]
fn a_path_that_is_none_is_refused_wherever_it_is_given() {
    let bench = Bench::new();
    bench.bind("/a", "probe-driver", "{}", "each").unwrap();
    let (long, deep) = (format!("/{}", "a".repeat(512)), "/a".repeat(17));
    for path in [
        "", "/", "a", "a/b", "/a/", "//a", "/a//b", "/a/../b", "/a/.", "/a b", "/ä", "/a\0b", "/a\n", "\\a",
        "/a?b", "/%61", "~", &long, &deep,
    ] {
        let code = |request| bench.ask("operator", request).unwrap_err().code();
        assert_eq!(code(Request::view(path)), Code::InvalidPath, "{path:?}");
        assert_eq!(
            code(Request::control(path, "get", "1")),
            Code::InvalidPath,
            "{path:?}"
        );
        assert_eq!(code(Request::unbind(path)), Code::InvalidPath, "{path:?}");
        assert_eq!(
            bench.bind(path, "probe-driver", "{}", "each").unwrap_err().code(),
            Code::InvalidPath,
            "{path:?}"
        );
        let error = bench
            .play("alice", &Script::new().intend(path, "view"))
            .unwrap_err();
        assert_eq!(error.code(), Code::InvalidPath, "{path:?}");
    }
    // The longest that are possible.
    let (long, deep) = (format!("/a/{}", "a".repeat(509)), "/a".repeat(16));
    assert_eq!(
        (bench.balance(&long), bench.balance(&deep)),
        ("1".into(), "1".into())
    );
}

#[test]
fn a_caller_id_is_a_name_or_two() {
    for bad in [
        "", "/", "a/", "/a", "a/b/c", "Alice", "al ice", "..", "../alice", "alice\n", "älice", "1a", "a_b",
        "~",
    ] {
        let error = bad.parse::<CallerId>().unwrap_err();
        assert_eq!(error.code(), Code::InvalidName, "{bad:?}");
        assert!(error.hint_text().is_some());
    }
    let longest = "a".repeat(64);
    assert!(
        longest.parse::<CallerId>().is_ok() && format!("{longest}/{longest}").parse::<CallerId>().is_ok()
    );
    assert!(format!("{longest}a").parse::<CallerId>().is_err());
}
