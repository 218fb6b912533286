//! A ledger: a driver for accounts that hold an amount of one unit each.

use airs::{Amount, Call, Error, Json, Receipt, Result, Rights, Value, storage};
use serde::{Deserialize, Serialize};

struct Ledger;

/// What a binding says of the accounts that it covers: `{"unit": "usd", "scale": 2}`.
#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Account {
    unit: String,
    /// Decimal places of the unit; every balance has as many.
    scale: u8,
}

/// An account that is open in a run. Its balance is kept under its path, which the host vouches for.
struct Open {
    path: String,
    account: Account,
}

/// The input of `mint` and `burn`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Change {
    amount: Amount,
}

/// Their output.
#[derive(Serialize)]
struct Changed {
    balance: Amount,
}

#[airs::driver]
impl airs::Driver for Ledger {
    type Account = Account;
    type Asset = Open;

    /// Says whether the account data makes sense. It never creates money: `mint` does.
    fn bind(_call: &Call, account: Account) -> Result<Account> {
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        if account.unit.is_empty() || !account.unit.chars().all(plain) {
            let error = Error::invalid_input(format!("{:?} is no unit", account.unit));
            return Err(error.hint("a unit has lower-case letters, digits and hyphens, as usd"));
        }
        Amount::new(0, account.scale)?;
        Ok(account)
    }

    /// A binding stays while there is money below it.
    fn unbind(call: &Call, _account: Account) -> Result<()> {
        let path = &call.path;
        let mut below = storage::scan(format!("{path}/"));
        if storage::get(path)?.is_none() && below.next().transpose()?.is_none() {
            return Ok(());
        }
        let error = Error::rejected(format!("there is money left at {path}"));
        Err(error.hint("burn it, or transfer it, before"))
    }

    fn intend(call: &Call, account: Account, _rights: Rights) -> Result<Open> {
        let path = call.path.clone();
        Ok(Open { path, account })
    }

    fn view(open: &Open) -> Result<Value> {
        Ok(open.balance()?.into())
    }

    fn transfer(from: &Open, to: &Open, value: Value) -> Result<Receipt> {
        if from.account.unit != to.account.unit {
            let (from, to) = (&from.account.unit, &to.account.unit);
            return Err(Error::unit_mismatch(format!("{from} cannot become {to}")));
        }
        let amount = value.amount()?;
        let rest = from.balance_less(from.exactly(amount)?)?;
        // To oneself: there is enough, and nothing changes.
        if from.path != to.path {
            from.set_balance(rest)?;
            to.set_balance(to.balance()?.plus(to.exactly(amount)?)?)?;
        }
        Ok(Receipt::Final)
    }

    fn control(open: &Open, operation: &str, input: &Json) -> Result<Json> {
        let amount = |input: &Json| open.exactly(input.parse::<Change>()?.amount);
        let balance = match operation {
            "mint" => open.balance()?.plus(amount(input)?)?,
            "burn" => open.balance_less(amount(input)?)?,
            _ => {
                let error = Error::unsupported(format!("no operation {operation:?}"));
                return Err(error.hint("a ledger has mint and burn"));
            }
        };
        open.set_balance(balance)?;
        Json::of(&Changed { balance })
    }
}

impl Open {
    /// The amount with the account's number of decimal places; nothing is rounded, and zero is refused.
    fn exactly(&self, amount: Amount) -> Result<Amount> {
        if amount.is_zero() {
            return Err(Error::invalid_input("an amount of zero"));
        }
        amount.rescale(self.account.scale)
    }

    fn balance(&self) -> Result<Amount> {
        let kept = storage::get_json(&self.path)?;
        kept.map_or_else(|| Amount::new(0, self.account.scale), Ok)
    }

    /// The balance without `amount`, if there is as much.
    fn balance_less(&self, amount: Amount) -> Result<Amount> {
        let (balance, unit) = (self.balance()?, &self.account.unit);
        if balance < amount {
            let message = format!("{} holds {balance} {unit}, not {amount}", self.path);
            return Err(Error::insufficient_funds(message));
        }
        balance.minus(amount)
    }

    fn set_balance(&self, balance: Amount) -> Result<()> {
        if balance.is_zero() {
            return storage::delete(&self.path);
        }
        storage::set_json(&self.path, &balance)
    }
}

#[cfg(test)]
mod tests;
