//! What the customers of a bank ask for.

use serde_json::{Value, json};

/// A request for money to move.
#[derive(Clone, Debug)]
pub(super) struct Payment {
    pub(super) payer: usize,
    /// Holders, and what they are paid, in cents.
    pub(super) to: Vec<(usize, u32)>,
}

/// What was asked for and not answered yet.
#[derive(Clone, Debug)]
pub(super) enum Asked {
    Payment(Payment),
    /// What was acknowledged is asked for again.
    Again,
    /// What everybody has.
    Count,
}

impl Payment {
    /// What the program is told.
    pub(super) fn input(&self) -> String {
        let amount = |cents: u32| format!("{}.{:02}", cents / 100, cents % 100);
        let to = self
            .to
            .iter()
            .map(|(holder, cents)| json!({ "holder": holder, "amount": amount(*cents) }));
        json!({ "do": "pay", "to": to.collect::<Vec<_>>() }).to_string()
    }
}

impl Asked {
    pub(super) fn payment(self) -> Option<Payment> {
        match self {
            Self::Payment(payment) => Some(payment),
            Self::Again | Self::Count => None,
        }
    }
}

/// What the program is told that counts what so many holders have.
pub(super) fn count(holders: usize) -> String {
    json!({ "do": "count", "holders": holders }).to_string()
}

/// The cents in an output.
pub(super) fn balances(output: &str) -> Vec<i64> {
    let output: Value = serde_json::from_str(output).unwrap();
    let cents = |amount: &Value| amount.as_str().unwrap().replace('.', "").parse().unwrap();
    output["balances"].as_array().unwrap().iter().map(cents).collect()
}
