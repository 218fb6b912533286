//! A payment from one account to another.

use airs::{Amount, Receipt, Result, Rights, val};
use serde::Deserialize;

/// What to pay: `{"from": "~/usd", "to": "/accounts/bob/usd", "amount": "10.00"}`.
#[derive(Deserialize, airs::Schema)]
#[serde(deny_unknown_fields)]
struct Order {
    /// The account that pays; `~` is the caller's own.
    from: String,
    /// The account that is paid.
    to: String,
    /// How much, as a decimal number in quotes.
    amount: Amount,
}

/// Pays an amount from one account to another.
#[airs::program]
fn pay(order: Order) -> Result<Receipt> {
    // The host opens `from` to its owner only; anybody may be paid.
    let from = val::intend(&order.from, Rights::DEBIT)?;
    let to = val::intend(&order.to, Rights::CREDIT)?;
    from.transfer(&to, order.amount)
}

#[cfg(test)]
mod tests {
    use airs::testing::{Context, Owner, Purse};
    use airs::{Code, Result, json};

    use super::pay;

    /// Alice has 100 dollars, in the plainest of drivers.
    fn dollars() -> Context {
        let context = Context::new();
        context
            .bind::<Purse>("/accounts", "{}", Owner::Each, &[])
            .unwrap();
        Purse::fill(&context, "/accounts/alice/usd", "100.00").unwrap();
        context
    }

    fn run(context: &Context, caller: &str, amount: &str) -> Result<()> {
        let order =
            json!({ "from": "/accounts/alice/usd", "to": "/accounts/bob/usd", "amount": amount });
        context.caller(caller).run_json(pay, order)?;
        Ok(())
    }

    fn balance(context: &Context, path: &str) -> String {
        context
            .view(path)
            .and_then(airs::Value::amount)
            .unwrap()
            .to_string()
    }

    #[test]
    fn a_payment_moves_the_amount() {
        let context = dollars();
        run(&context, "alice", "10.00").unwrap();
        assert_eq!(balance(&context, "/accounts/alice/usd"), "90.00");
        assert_eq!(balance(&context, "/accounts/bob/usd"), "10.00");
    }

    #[test]
    fn nothing_is_paid_when_there_is_too_little() {
        let context = dollars();
        let error = run(&context, "alice", "100.01").unwrap_err();
        assert_eq!(error.code, Code::InsufficientFunds);
        assert_eq!(balance(&context, "/accounts/alice/usd"), "100.00");
    }

    #[test]
    fn nobody_pays_with_the_money_of_somebody_else() {
        let context = dollars();
        let error = run(&context, "bob", "10.00").unwrap_err();
        assert_eq!(error.code, Code::Denied);
        assert_eq!(balance(&context, "/accounts/alice/usd"), "100.00");
    }

    #[test]
    fn an_order_that_does_not_fit_is_refused() {
        let context = dollars();
        let error = run(&context, "alice", "ten").unwrap_err();
        assert_eq!(error.code, Code::InvalidInput);
    }
}
