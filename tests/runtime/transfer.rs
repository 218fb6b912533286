//! Money moves, or it does not.

use airs_runtime::Code;
use airs_tests::{Bench, pay};

#[test]
fn a_payment_moves_money_from_one_account_to_another() {
    let bench = Bench::with_dollars("100.00");
    let answer = bench.ask("alice", pay("bob", "12.50")).unwrap();
    assert_eq!(answer, r#""final""#);
    assert_eq!(bench.balance("/accounts/alice/usd"), "87.50");
    assert_eq!(bench.balance("/accounts/bob/usd"), "12.50");
}

#[test]
fn an_overdraft_is_refused_and_changes_nothing() {
    let bench = Bench::with_dollars("10.00");
    let error = bench.ask("alice", pay("bob", "10.01")).unwrap_err();
    assert_eq!(error.code(), Code::InsufficientFunds);
    assert_eq!(bench.balance("/accounts/alice/usd"), "10.00");
    assert_eq!(bench.balance("/accounts/bob/usd"), "0.00");
}
