//! Money moves, or it does not.

use airs_runtime::Code;
use airs_tests::{Bench, Script, pay};

/// Scale and largest balance of the accounts in [`Bench::fund`].
const MOST: &str = "3402823669209384634633746074317682114.55";

#[test]
fn a_payment_moves_money_from_one_account_to_another() {
    let bench = Bench::with_dollars("100.00");
    let answer = bench.ask("alice", pay("bob", "12.50")).unwrap();
    assert_eq!(answer, r#""final""#);
    assert_eq!(bench.dollars(["alice", "bob"]), ["87.50", "12.50"]);
}

#[test]
fn the_last_cent_can_be_paid() {
    let bench = Bench::with_dollars("10.00");
    bench.ask("alice", pay("bob", "10")).unwrap();
    assert_eq!(bench.dollars(["alice", "bob"]), ["0.00", "10.00"]);
}

#[test]
fn an_overdraft_is_refused_and_changes_nothing() {
    let bench = Bench::with_dollars("10.00");
    for amount in ["10.01", "1000000", MOST] {
        let error = bench.ask("alice", pay("bob", amount)).unwrap_err();
        assert_eq!(error.code(), Code::InsufficientFunds, "{amount}: {error}");
    }
    assert_eq!(bench.dollars(["alice", "bob"]), ["10.00", "0.00"]);
}

#[test]
fn a_transfer_to_oneself_changes_nothing() {
    let bench = Bench::with_dollars("10.00");
    bench.ask("alice", pay("alice", "10.00")).unwrap();
    let error = bench.ask("alice", pay("alice", "10.01")).unwrap_err();
    assert_eq!(error.code(), Code::InsufficientFunds);
    let both_ways = Script::new()
        .intend("~/usd", "debit credit")
        .transfer(0, 0, "4")
        .intend("/accounts/alice/usd", "debit credit")
        .transfer(0, 1, "4")
        .transfer(1, 0, "4");
    bench.play("alice", &both_ways).unwrap();
    assert_eq!(bench.dollars(["alice"]), ["10.00"]);
}

#[test]
fn nothing_is_not_paid() {
    let bench = Bench::with_dollars("10.00");
    for amount in ["0", "0.00"] {
        let error = bench.ask("alice", pay("bob", amount)).unwrap_err();
        assert_eq!(error.code(), Code::InvalidInput, "{amount}: {error}");
    }
    assert_eq!(bench.dollars(["alice", "bob"]), ["10.00", "0.00"]);
}

#[test]
fn amounts_are_exact_or_refused() {
    let bench = Bench::with_dollars("10.00");
    for exact in ["1", "1.0", "1.000000000"] {
        bench.ask("alice", pay("bob", exact)).unwrap();
    }
    assert_eq!(bench.dollars(["alice", "bob"]), ["7.00", "3.00"]);
    for inexact in ["0.001", "1.005", "0.00000000000000000000000000000000000001"] {
        let error = bench.ask("alice", pay("bob", inexact)).unwrap_err();
        assert_eq!(error.code(), Code::InvalidInput, "{inexact}: {error}");
    }
    for nonsense in ["-1", "1e3", "1,5", "+1", " 1", "", "NaN", "0x10", "１"] {
        let error = bench.ask("alice", pay("bob", nonsense)).unwrap_err();
        assert_eq!(error.code(), Code::InvalidInput, "{nonsense:?}: {error}");
    }
    assert_eq!(bench.dollars(["alice", "bob"]), ["7.00", "3.00"]);
}

#[test]
fn amounts_of_another_scale_are_converted_exactly() {
    let bench = Bench::with_dollars("10.00");
    bench
        .bind("/fine", "ledger", r#"{"unit":"usd","scale":6}"#, "alice")
        .unwrap();
    let to_fine = Script::new()
        .intend("~/usd", "debit")
        .intend("/fine", "credit")
        .transfer(0, 1, "1.25");
    bench.play("alice", &to_fine).unwrap();
    assert_eq!(bench.balance("/fine"), "1.250000");
    let back = |amount| {
        Script::new()
            .intend("/fine", "debit")
            .intend("~/usd", "credit")
            .transfer(0, 1, amount)
    };
    assert_eq!(
        bench.play("alice", &back("0.000001")).unwrap_err().code(),
        Code::InvalidInput
    );
    bench.play("alice", &back("0.25")).unwrap();
    assert_eq!(
        (bench.balance("/fine"), bench.dollars(["alice"])),
        ("1.000000".into(), ["9.00".into()])
    );
}

#[test]
fn units_do_not_mix() {
    let bench = Bench::with_dollars("10.00");
    bench
        .bind("/gold", "ledger", r#"{"unit":"gold","scale":2}"#, "alice")
        .unwrap();
    let script = Script::new()
        .intend("~/usd", "debit")
        .intend("/gold", "credit")
        .transfer(0, 1, "1");
    let error = bench.play("alice", &script).unwrap_err();
    assert_eq!(error.code(), Code::UnitMismatch);
    assert!(
        error.message().contains("usd") && error.message().contains("gold"),
        "{error}"
    );
    assert_eq!(
        (bench.balance("/gold"), bench.dollars(["alice"])),
        ("0.00".into(), ["10.00".into()])
    );
}

#[test]
fn a_balance_does_not_wrap_around() {
    let bench = Bench::with_dollars("10.00");
    bench.mint("/accounts/bob/usd", MOST).unwrap();
    let error = bench.ask("alice", pay("bob", "0.01")).unwrap_err();
    assert_eq!(error.code(), Code::Overflow, "{error}");
    let error = bench.mint("/accounts/bob/usd", "0.01").unwrap_err();
    assert_eq!(error.code(), Code::Overflow, "{error}");
    assert_eq!(bench.dollars(["alice", "bob"]), ["10.00", MOST]);
    bench.ask("bob", pay("carol", MOST)).unwrap();
    assert_eq!(bench.dollars(["bob", "carol"]), ["0.00", MOST]);
    let too_large = u128::MAX.to_string();
    assert_eq!(
        bench.mint("/accounts/dave/usd", &too_large).unwrap_err().code(),
        Code::Overflow
    );
}

#[test]
fn a_transfer_between_two_drivers_is_refused_and_names_both() {
    let bench = Bench::with_dollars("10.00");
    bench.bind("/probe", "probe-driver", "{}", "alice").unwrap();
    let script = Script::new()
        .intend("~/usd", "debit")
        .intend("/probe", "credit")
        .transfer(0, 1, "1");
    let error = bench.play("alice", &script).unwrap_err();
    assert_eq!(error.code(), Code::DifferentDrivers);
    assert!(
        error.message().contains("\"ledger\"") && error.message().contains("\"probe-driver\""),
        "{error}"
    );
    assert!(error.hint_text().is_some());
    assert_eq!(bench.dollars(["alice"]), ["10.00"]);
}

#[test]
fn mint_and_burn_are_exact_and_answer_with_the_balance() {
    let bench = Bench::with_dollars("10.00");
    let burn = |amount: &str| {
        bench.control(
            "/accounts/alice/usd",
            "burn",
            &format!(r#"{{"amount":"{amount}"}}"#),
        )
    };
    assert_eq!(burn("2.5").unwrap(), r#"{"balance":"7.50"}"#);
    assert_eq!(
        bench.mint("/accounts/alice/usd", "0.5").unwrap(),
        r#"{"balance":"8.00"}"#
    );
    assert_eq!(burn("8.01").unwrap_err().code(), Code::InsufficientFunds);
    assert_eq!(burn("0").unwrap_err().code(), Code::InvalidInput);
    assert_eq!(
        bench
            .control("/accounts/alice/usd", "melt", "{}")
            .unwrap_err()
            .code(),
        Code::Unsupported
    );
    for input in ["", "{", "{}", r#"{"amount":1}"#, r#"{"amount":"1","to":"bob"}"#] {
        let error = bench.control("/accounts/alice/usd", "mint", input).unwrap_err();
        assert_eq!(error.code(), Code::InvalidInput, "{input:?}: {error}");
    }
    assert_eq!(bench.dollars(["alice"]), ["8.00"]);
}
