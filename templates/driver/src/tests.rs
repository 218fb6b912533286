//! The ledger, as the host drives it: `cargo test` runs this natively, in memory.

use airs::testing::{Context, Owner};
use airs::{Amount, Code, Error, Receipt, Result, json};

use super::Ledger;

/// Everybody has accounts in dollars and alice has 100; the bank may mint and burn.
fn dollars() -> Context {
    let context = Context::new();
    let account = r#"{"unit": "usd", "scale": 2}"#;
    context
        .bind::<Ledger>("/accounts", account, Owner::Each, &["bank"])
        .unwrap();
    mint(&context, "/accounts/alice/usd", "100").unwrap();
    context
}

fn mint(context: &Context, path: &str, amount: &str) -> Result<String> {
    let answer = context
        .caller("bank")
        .control(path, "mint", json!({ "amount": amount }))?;
    Ok(answer.to_string())
}

/// Alice pays.
fn pay(context: &Context, to: &str, amount: &str) -> Result<()> {
    let amount: Amount = amount.parse()?;
    let receipt = context.caller("alice").transfer("~/usd", to, amount)?;
    assert_eq!(receipt, Receipt::Final);
    Ok(())
}

fn balance(context: &Context, path: &str) -> String {
    context
        .view(path)
        .and_then(airs::Value::amount)
        .unwrap()
        .to_string()
}

fn code<T>(outcome: Result<T>) -> Option<Code> {
    outcome.err().map(|error: Error| error.code)
}

#[test]
fn a_transfer_moves_an_amount() {
    let context = dollars();
    pay(&context, "/accounts/bob/usd", "12.5").unwrap();
    assert_eq!(balance(&context, "/accounts/alice/usd"), "87.50");
    assert_eq!(balance(&context, "/accounts/bob/usd"), "12.50");
}

#[test]
fn an_overdraft_is_refused_and_changes_nothing() {
    let context = dollars();
    let outcome = pay(&context, "/accounts/bob/usd", "100.01");
    assert_eq!(code(outcome), Some(Code::InsufficientFunds));
    assert_eq!(balance(&context, "/accounts/alice/usd"), "100.00");
    assert_eq!(balance(&context, "/accounts/bob/usd"), "0.00");
}

#[test]
fn a_transfer_to_oneself_changes_nothing() {
    let context = dollars();
    pay(&context, "~/usd", "100").unwrap();
    assert_eq!(balance(&context, "/accounts/alice/usd"), "100.00");
    assert_eq!(
        code(pay(&context, "~/usd", "100.01")),
        Some(Code::InsufficientFunds)
    );
}

#[test]
fn an_amount_is_neither_zero_nor_rounded_nor_too_large() {
    let context = dollars();
    for amount in ["0", "0.00", "0.001"] {
        let outcome = pay(&context, "/accounts/bob/usd", amount);
        assert_eq!(code(outcome), Some(Code::InvalidInput), "{amount}");
    }
    let all_there_is = u128::MAX.to_string();
    assert_eq!(
        code(mint(&context, "/accounts/bob/usd", &all_there_is)),
        Some(Code::Overflow)
    );
    let nearly = Amount::new(u128::MAX, 2).unwrap().to_string();
    mint(&context, "/accounts/bob/usd", &nearly).unwrap();
    assert_eq!(
        code(pay(&context, "/accounts/bob/usd", "0.01")),
        Some(Code::Overflow)
    );
    assert_eq!(balance(&context, "/accounts/alice/usd"), "100.00");
}

#[test]
fn units_do_not_mix_and_scales_do() {
    let context = dollars();
    context
        .bind::<Ledger>("/gold", r#"{"unit": "gold", "scale": 2}"#, "alice", &[])
        .unwrap();
    context
        .bind::<Ledger>("/fine", r#"{"unit": "usd", "scale": 6}"#, "alice", &[])
        .unwrap();
    assert_eq!(code(pay(&context, "/gold", "1")), Some(Code::UnitMismatch));
    pay(&context, "/fine", "1.25").unwrap();
    assert_eq!(balance(&context, "/fine"), "1.250000");
}

#[test]
fn what_is_no_amount_is_not_moved() {
    let context = dollars();
    let items = vec![airs::Item::new("ticket-1", "")];
    let outcome = context
        .caller("alice")
        .transfer("~/usd", "/accounts/bob/usd", items);
    assert!(outcome.is_err());
}

#[test]
fn mint_and_burn_answer_with_the_balance() {
    let context = dollars();
    assert_eq!(
        mint(&context, "/accounts/bob/usd", "5").unwrap(),
        r#"{"balance":"5.00"}"#
    );
    let bank = context.caller("bank");
    let burn = |amount| bank.control("/accounts/bob/usd", "burn", json!({ "amount": amount }));
    assert_eq!(burn("2").unwrap().to_string(), r#"{"balance":"3.00"}"#);
    assert_eq!(code(burn("3.01")), Some(Code::InsufficientFunds));
    let melt = bank.control("/accounts/bob/usd", "melt", json!({}));
    assert_eq!(code(melt), Some(Code::Unsupported));
}

#[test]
fn only_sensible_account_data_is_bound() {
    let context = Context::new();
    for account in [
        r#"{"unit": "", "scale": 2}"#,
        r#"{"unit": "US dollar", "scale": 2}"#,
        r#"{"unit": "usd", "scale": 39}"#,
        r#"{"unit": "usd", "scale": 2, "balance": "1000000"}"#,
        "[]",
    ] {
        let outcome = context.bind::<Ledger>("/accounts", account, Owner::Each, &[]);
        assert_eq!(code(outcome), Some(Code::InvalidInput), "{account}");
    }
}

#[test]
fn a_binding_stays_while_money_is_left() {
    let context = dollars();
    assert_eq!(code(context.unbind("/accounts")), Some(Code::Rejected));
    let burn = json!({ "amount": "100" });
    context
        .caller("bank")
        .control("/accounts/alice/usd", "burn", burn)
        .unwrap();
    context.unbind("/accounts").unwrap();
}
