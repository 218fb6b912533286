//! An in-memory context for tests: bindings, a VAL and storage that behave as the runtime does.
//!
//! The same source that becomes a component runs natively inside a [`Context`], in milliseconds: runs
//! are all or nothing, each call is a savepoint, the host's rules grant rights, descriptors are released
//! at the end, the clock stands still and random numbers are the same each time. Contexts of
//! different tests never meet. What differs: a panic of a driver is the test's own panic, and there is no
//! deadline.
//!
//! A program is tested without any driver of its own, against the [`Purse`]:
//!
//! ```
//! use airs::{Amount, Code, Receipt, Result, Rights, testing::{Context, Owner, Purse}, val};
//!
//! fn pay(to: &str, amount: Amount) -> Result<Receipt> {
//!     val::intend("~/usd", Rights::DEBIT)?.transfer(&val::intend(to, Rights::CREDIT)?, amount)
//! }
//!
//! # fn main() -> Result<()> {
//! let context = Context::new();
//! context.bind::<Purse>("/accounts", "{}", Owner::Each, &[])?;
//! Purse::fill(&context, "/accounts/alice/usd", "12.50")?;
//!
//! let alice = context.caller("alice");
//! alice.run(|| pay("/accounts/bob/usd", "2.50".parse()?))?;
//! assert_eq!(context.view("/accounts/bob/usd")?.amount()?.to_string(), "2.50");
//!
//! let error = alice.run(|| pay("/accounts/bob/usd", "99".parse()?)).unwrap_err();
//! assert_eq!(error.code, Code::InsufficientFunds);
//! # Ok(())
//! # }
//! ```
//!
//! A driver is tested by binding it, or function by function with [`Context::inside`].

pub(crate) mod active;
mod actor;
mod binding;
mod context;
mod driver_object;
mod migrate;
mod path;
mod purse;
mod servers;
mod store;

pub use self::{
    actor::Actor,
    binding::Owner,
    context::Context,
    purse::{Purse, PurseAccount, PurseAsset},
};
