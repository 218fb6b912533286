//! A program from JSON to JSON, and what is said of input that does not fit.

use airs::{
    Amount, Code, Receipt, Result, Rights, Schema, json,
    testing::{Context, Owner, Purse},
    val,
};
use serde::Deserialize;

#[derive(Deserialize, Schema)]
struct Order {
    from: String,
    to: String,
    amount: Amount,
}

// The attribute's own crate-wide mark is on the driver of these tests: this is what it leaves of a program.
fn pay(order: Order) -> Result<Receipt> {
    let from = val::intend(&order.from, Rights::DEBIT)?;
    let to = val::intend(&order.to, Rights::CREDIT)?;
    from.transfer(&to, order.amount)
}

#[test]
fn a_program_is_run_from_json_to_json() {
    let context = Context::new();
    context
        .bind::<Purse>("/accounts", "{}", Owner::Each, &[])
        .unwrap();
    Purse::fill(&context, "/accounts/alice/usd", "12.50").unwrap();
    let alice = context.caller("alice");
    let order = json!({ "from": "~/usd", "to": "/accounts/bob/usd", "amount": "2.50" });
    assert_eq!(alice.run_json(pay, order).unwrap().as_str(), r#""final""#);
    assert_eq!(
        context
            .view("/accounts/alice/usd")
            .unwrap()
            .amount()
            .unwrap()
            .to_string(),
        "10.00"
    );
}

#[test]
fn input_that_does_not_fit_says_which_field_and_where() {
    let context = Context::new();
    let alice = context.caller("alice");
    for (input, part) in [
        (r#"{"from": "a", "to": "b"}"#, "missing field `amount` at line 1"),
        (
            "{\"from\": \"a\",\n \"to\": \"b\",\n \"amount\": 2.5}",
            "`amount`: invalid type: floating point `2.5`, expected an amount as a decimal string, such as \"12.50\" at line 3",
        ),
        (
            r#"{"from": 1}"#,
            "`from`: invalid type: integer `1`, expected a string at line 1 column 10",
        ),
        ("{", "EOF while parsing"),
    ] {
        let error = alice.run_json(pay, input).unwrap_err();
        assert_eq!(error.code, Code::InvalidInput);
        assert!(error.message.contains(part), "{error}");
    }
}
