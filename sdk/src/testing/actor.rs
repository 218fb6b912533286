//! Someone who acts in a context.

use serde::{Serialize, de::DeserializeOwned};

use super::Context;
use crate::{Caller, Json, Receipt, Result, Rights, Value, program, val};

/// A caller in a context: each function is one run, all or nothing.
///
/// ```
/// use airs::{Amount, Result, testing::{Context, Owner, Purse}};
///
/// # fn main() -> Result<()> {
/// let context = Context::new();
/// context.bind::<Purse>("/accounts", "{}", Owner::Each, &["bank"])?;
/// let (alice, bank) = (context.caller("alice"), context.caller("bank"));
/// bank.control("/accounts/alice/usd", "mint", airs::json!({ "amount": "5" }))?;
/// alice.transfer("~/usd", "/accounts/bob/usd", "2".parse::<Amount>()?)?;
/// assert_eq!(alice.view("~/usd")?.amount()?.to_string(), "3");
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Actor<'a> {
    context: &'a Context,
    caller: Caller,
}

impl<'a> Actor<'a> {
    pub(super) fn new(context: &'a Context, caller: Caller) -> Self {
        Self { context, caller }
    }

    pub(super) fn into_caller(self) -> Caller {
        self.caller
    }

    /// The same caller, with one more role.
    #[must_use]
    pub fn role(mut self, role: &str) -> Self {
        self.caller.roles.push(role.to_owned());
        self.caller.roles.sort();
        self
    }

    /// Runs a closure as a program: with an error nothing of it remains, and what it left open is
    /// released at the end.
    ///
    /// # Errors
    /// What the closure answers, or what a driver answers when a descriptor is released.
    pub fn run<T>(&self, body: impl FnOnce() -> Result<T>) -> Result<T> {
        self.context
            .transaction(self.context.call_of(self.caller.clone(), "/"), body)
    }

    /// Runs a program as the runtime does: from the JSON form of its input to that of its output.
    ///
    /// # Errors
    /// [`Code::InvalidInput`](crate::Code::InvalidInput) when the input does not fit; and as
    /// [`run`](Actor::run).
    ///
    /// ```
    /// use airs::{Code, Result, testing::Context};
    ///
    /// fn double(number: u32) -> Result<u32> {
    ///     Ok(number * 2)
    /// }
    ///
    /// let context = Context::new();
    /// let alice = context.caller("alice");
    /// assert_eq!(alice.run_json(double, "21")?.as_str(), "42");
    /// assert_eq!(alice.run_json(double, "-1").unwrap_err().code, Code::InvalidInput);
    /// # Ok::<(), airs::Error>(())
    /// ```
    pub fn run_json<I, O>(&self, program: impl FnOnce(I) -> Result<O>, input: impl Into<Json>) -> Result<Json>
    where
        I: DeserializeOwned,
        O: Serialize,
    {
        let input = input.into();
        self.run(|| program::encode(&program(program::decode(input.as_str())?)?).map(Json::from))
    }

    /// What the asset at a path holds.
    ///
    /// # Errors
    /// As [`val::intend`] and [`val::Asset::view`].
    pub fn view(&self, path: &str) -> Result<Value> {
        self.run(|| val::intend(path, Rights::VIEW)?.view())
    }

    /// Moves a value between the assets at two paths.
    ///
    /// # Errors
    /// As [`val::intend`] and [`val::Asset::transfer`].
    pub fn transfer(&self, from: &str, to: &str, value: impl Into<Value>) -> Result<Receipt> {
        self.run(|| {
            let from = val::intend(from, Rights::DEBIT)?;
            let to = val::intend(to, Rights::CREDIT)?;
            from.transfer(&to, value)
        })
    }

    /// Calls an operation of the driver on the asset at a path.
    ///
    /// # Errors
    /// As [`val::intend`] and [`val::Asset::control`].
    pub fn control(&self, path: &str, operation: &str, input: impl Into<Json>) -> Result<Json> {
        self.run(|| val::intend(path, Rights::CONTROL)?.control(operation, input))
    }
}
