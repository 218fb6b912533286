//! The Virtual Asset Layer: how a program reaches assets.
//!
//! The host stands behind every function here: it resolves the path to a driver, checks the rights, and
//! asks the driver. Each call is a savepoint: when it answers with an error, nothing that it wrote
//! remains. Everything becomes visible to others together, when the run commits, or not at all.
//!
//! ```
//! use airs::{Amount, Receipt, Result, Rights, val};
//!
//! fn pay(from: &str, to: &str, amount: Amount) -> Result<Receipt> {
//!     let from = val::intend(from, Rights::DEBIT)?;
//!     let to = val::intend(to, Rights::CREDIT)?;
//!     from.transfer(&to, amount)
//! }
//!
//! # fn main() -> Result<()> {
//! # use airs::testing::{Context, Owner, Purse};
//! # let context = Context::new();
//! # context.bind::<Purse>("/accounts", "{}", Owner::Each, &[])?;
//! # Purse::fill(&context, "/accounts/alice/usd", "12.50")?;
//! # context.caller("alice").run(|| pay("~/usd", "/accounts/bob/usd", "2.50".parse()?))?;
//! # Ok(())
//! # }
//! ```

use crate::{Json, Receipt, Result, Rights, Value, host};

/// Opens the asset at `path` with the given rights. `~/usd` is the caller's own:
/// `/accounts/<caller>/usd`.
///
/// # Errors
/// [`Code::InvalidPath`](crate::Code::InvalidPath); [`Code::Unbound`](crate::Code::Unbound) when no driver
/// is bound at or above the path; [`Code::Denied`](crate::Code::Denied) when the caller may not have one of
/// the rights; [`Code::LimitExceeded`](crate::Code::LimitExceeded) with too many open descriptors; and what
/// the driver answers.
pub fn intend(path: &str, rights: Rights) -> Result<Asset> {
    host::intend(path, rights).map(Asset)
}

/// A descriptor: a handle on one asset, with rights, for one run.
///
/// It cannot be forged, widened or kept beyond the run. Dropping it releases it; the host releases what
/// is still open when the program returns, in reverse order.
#[derive(Debug)]
pub struct Asset(host::Descriptor);

impl Asset {
    /// What the asset holds.
    ///
    /// # Errors
    /// [`Code::Denied`](crate::Code::Denied) without [`Rights::VIEW`]; and what the driver answers.
    ///
    /// ```
    /// # use airs::{Result, Rights, testing::{Context, Owner, Purse}};
    /// # fn main() -> Result<()> {
    /// # let context = Context::new();
    /// # context.bind::<Purse>("/accounts", "{}", Owner::Each, &[])?;
    /// # Purse::fill(&context, "/accounts/alice/usd", "12.50")?;
    /// # context.caller("alice").run(|| {
    /// let balance = airs::val::intend("~/usd", Rights::VIEW)?.view()?.amount()?;
    /// assert_eq!(balance.to_string(), "12.50");
    /// # Ok(())
    /// # })
    /// # }
    /// ```
    pub fn view(&self) -> Result<Value> {
        self.0.view()
    }

    /// Moves `value` from this asset to another one of the same driver.
    ///
    /// # Errors
    /// [`Code::Denied`](crate::Code::Denied) without [`Rights::DEBIT`] here and [`Rights::CREDIT`] there;
    /// [`Code::DifferentDrivers`](crate::Code::DifferentDrivers); and what the driver answers, such as
    /// [`Code::InsufficientFunds`](crate::Code::InsufficientFunds).
    pub fn transfer(&self, to: &Self, value: impl Into<Value>) -> Result<Receipt> {
        self.0.transfer(&to.0, value.into())
    }

    /// Calls an operation of the driver on this asset, such as `mint`.
    ///
    /// # Errors
    /// [`Code::Denied`](crate::Code::Denied) without [`Rights::CONTROL`];
    /// [`Code::Unsupported`](crate::Code::Unsupported) when the driver has no such operation; and what the
    /// driver answers.
    ///
    /// ```
    /// # use airs::{Result, Rights, json, testing::{Context, Owner, Purse}};
    /// # fn main() -> Result<()> {
    /// # let context = Context::new();
    /// # context.bind::<Purse>("/accounts", "{}", Owner::Each, &["mint"])?;
    /// # context.caller("mint").run(|| {
    /// let purse = airs::val::intend("/accounts/alice/usd", Rights::CONTROL)?;
    /// purse.control("mint", json!({ "amount": "12.50" }))?;
    /// # Ok(())
    /// # })
    /// # }
    /// ```
    pub fn control(&self, operation: &str, input: impl Into<Json>) -> Result<Json> {
        self.0.control(operation, input.into().as_str()).map(Json::from)
    }

    /// Releases the descriptor and tells whether the driver says that all went well. Unlike the error of one
    /// that is dropped, this one does not fail the run by itself.
    ///
    /// # Errors
    /// What the driver answers.
    pub fn done(self) -> Result<()> {
        self.0.done()
    }
}
