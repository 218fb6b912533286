//! A ready-made driver for the tests of programs.

use serde::{Deserialize, Serialize};

use super::Context;
use crate::{Amount, Call, Driver, Error, Json, Receipt, Result, Rights, Value, storage};

/// A driver that keeps an amount for each path; every path holds 0 to begin with.
///
/// It has the operations `mint` and `burn`, with the input `{"amount": "12.50"}`; [`Purse::fill`] needs no
/// controller. It knows no units.
///
/// ```
/// use airs::{Result, testing::{Context, Owner, Purse}};
///
/// # fn main() -> Result<()> {
/// let context = Context::new();
/// context.bind::<Purse>("/accounts", "{}", Owner::Each, &[])?;
/// Purse::fill(&context, "/accounts/alice/usd", "12.50")?;
/// assert_eq!(context.view("/accounts/alice/usd")?.amount()?.to_string(), "12.50");
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct Purse;

/// The account data of a [`Purse`]: `{}`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PurseAccount {}

/// A descriptor of a [`Purse`].
#[derive(Debug)]
pub struct PurseAsset {
    path: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Quantity {
    amount: Amount,
}

impl Purse {
    /// Makes the asset at `path` hold `amount`, a decimal string.
    ///
    /// # Errors
    /// [`Code::InvalidInput`](crate::Code::InvalidInput) when that is no amount.
    pub fn fill(context: &Context, path: &str, amount: &str) -> Result<()> {
        let amount: Amount = amount.parse()?;
        context.inside::<Self, _>(|| storage::set_json(path, &amount))
    }
}

impl PurseAsset {
    fn held(&self) -> Result<Amount> {
        Ok(storage::get_json(&self.path)?.unwrap_or_default())
    }

    fn hold(&self, amount: Amount) -> Result<()> {
        storage::set_json(&self.path, &amount)
    }
}

impl Driver for Purse {
    type Account = PurseAccount;
    type Asset = PurseAsset;

    fn intend(call: &Call, _account: PurseAccount, _rights: Rights) -> Result<PurseAsset> {
        Ok(PurseAsset {
            path: call.path.clone(),
        })
    }

    fn view(asset: &PurseAsset) -> Result<Value> {
        Ok(asset.held()?.into())
    }

    fn transfer(from: &PurseAsset, to: &PurseAsset, value: Value) -> Result<Receipt> {
        let amount = value.amount()?;
        if amount.is_zero() {
            return Err(Error::invalid_input("nothing is transferred"));
        }
        let rest = from.held()?.minus(amount)?;
        if from.path != to.path {
            let sum = to.held()?.plus(amount)?;
            from.hold(rest)?;
            to.hold(sum)?;
        }
        Ok(Receipt::Final)
    }

    fn control(asset: &PurseAsset, operation: &str, input: &Json) -> Result<Json> {
        let held = asset.held()?;
        let held = match operation {
            "mint" => held.plus(input.parse::<Quantity>()?.amount)?,
            "burn" => held.minus(input.parse::<Quantity>()?.amount)?,
            _ => {
                return Err(Error::unsupported(format!(
                    "a purse has no operation {operation:?}"
                )));
            }
        };
        asset.hold(held)?;
        Json::of(&held)
    }
}
