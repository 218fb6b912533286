//! What a driver is.

use std::{fmt, marker::PhantomData};

use serde::{Serialize, de::DeserializeOwned};

use crate::{Call, Error, Json, Receipt, Result, Rights, Value, json};

/// A driver: what gives data a meaning, for one kind of asset.
///
/// Put [`#[airs::driver]`](macro@crate::driver) on the `impl`; it makes the component's exports of it, and
/// adds `type Account` when that is left out.
///
/// The host is the only caller. It has resolved the path, checked the rights and fixed the caller before
/// it asks. An error discards what the call wrote to [`storage`](crate::storage); a panic ends the run. No
/// function has a `self`, as a driver's memory is gone after the run: what is to last goes to storage,
/// under a key made of the path that the host passes, never of account data, which a person chose.
///
/// ```standalone_crate
/// use airs::{Amount, Call, Error, Receipt, Result, Rights, Value, storage};
///
/// /// Counters that go up by what is transferred to them.
/// struct Counters;
///
/// struct Counter {
///     key: String,
/// }
///
/// #[airs::driver]
/// impl airs::Driver for Counters {
///     type Asset = Counter;
///
///     fn intend(call: &Call, _account: (), _rights: Rights) -> Result<Counter> {
///         Ok(Counter { key: call.path.clone() })
///     }
///
///     fn view(asset: &Counter) -> Result<Value> {
///         let count: Option<Amount> = storage::get_json(&asset.key)?;
///         Ok(count.unwrap_or_default().into())
///     }
///
///     fn transfer(_from: &Counter, to: &Counter, value: Value) -> Result<Receipt> {
///         let count = Self::view(to)?.amount()?.plus(value.amount()?)?;
///         storage::set_json(&to.key, &count)?;
///         Ok(Receipt::Final)
///     }
/// }
///
/// # fn main() -> Result<()> {
/// use airs::testing::{Context, Owner};
///
/// let context = Context::new();
/// context.bind::<Counters>("/counters", "null", Owner::Each, &[])?;
/// let alice = context.caller("alice");
/// alice.transfer("/counters/alice/a", "/counters/bob/b", "2".parse::<Amount>()?)?;
/// assert_eq!(context.view("/counters/bob/b")?.amount()?.to_string(), "2");
/// # Ok(())
/// # }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a driver",
    label = "write `impl airs::Driver for {Self}`, with `#[airs::driver]` on it"
)]
pub trait Driver: Sized + 'static {
    /// The data of a binding: what a person writes when something is bound, and what the host keeps.
    ///
    /// With [`#[airs::driver]`](macro@crate::driver) it may be left out: it is the type of the second
    /// parameter of [`intend`](Driver::intend).
    type Account: Serialize + DeserializeOwned;

    /// One descriptor, as this driver sees it: at least whatever tells where the asset's data is kept.
    type Asset: 'static;

    /// Something is to be bound at `call.path`. Answers with what the host is to keep and hand to
    /// [`intend`](Driver::intend). It validates; it never creates value.
    ///
    /// Without this function, account data of the right form is accepted as it is.
    ///
    /// # Errors
    /// [`Code::InvalidInput`](crate::Code::InvalidInput) when the account data does not fit.
    fn bind(call: &Call, account: Self::Account) -> Result<Self::Account> {
        let _ = call;
        Ok(account)
    }

    /// The binding at `call.path` is to go; `account` is what [`bind`](Driver::bind) made.
    ///
    /// Without this function, a binding may always go.
    ///
    /// # Errors
    /// [`Code::Rejected`](crate::Code::Rejected) while the driver still needs it, for example because
    /// value is left there.
    fn unbind(call: &Call, account: Self::Account) -> Result<()> {
        let _ = (call, account);
        Ok(())
    }

    /// Opens the asset at `call.path`. `account` is what [`bind`](Driver::bind) made of the binding that
    /// covers the path; `rights` is what the host grants.
    ///
    /// # Errors
    /// [`Code::Denied`](crate::Code::Denied) to narrow the rights;
    /// [`Code::NotFound`](crate::Code::NotFound) when there is no such asset.
    fn intend(call: &Call, account: Self::Account, rights: Rights) -> Result<Self::Asset>;

    /// What the asset holds. The host has checked the right to view.
    ///
    /// # Errors
    /// Whatever keeps the driver from telling.
    fn view(asset: &Self::Asset) -> Result<Value>;

    /// Moves `value` from one asset of this driver to another. The host has checked the right to debit
    /// `from` and to credit `to`. A transfer to oneself changes nothing: `from` and `to` may be the same
    /// asset.
    ///
    /// # Errors
    /// [`Code::InsufficientFunds`](crate::Code::InsufficientFunds),
    /// [`Code::UnitMismatch`](crate::Code::UnitMismatch), [`Code::Overflow`](crate::Code::Overflow),
    /// [`Code::InvalidInput`](crate::Code::InvalidInput),
    /// [`Code::Unsupported`](crate::Code::Unsupported).
    fn transfer(from: &Self::Asset, to: &Self::Asset, value: Value) -> Result<Receipt>;

    /// An operation that only this driver knows, such as `mint`. The host has checked the right to
    /// control.
    ///
    /// Without this function, there are no operations.
    ///
    /// # Errors
    /// [`Code::Unsupported`](crate::Code::Unsupported) for an operation that the driver does not have;
    /// [`Code::InvalidInput`](crate::Code::InvalidInput).
    fn control(asset: &Self::Asset, operation: &str, input: &Json) -> Result<Json> {
        let _ = (asset, input);
        Err(Error::unsupported(format!("no operation {operation:?}")))
    }

    /// A descriptor is released. It is a courtesy: after a panic nothing is told, so nothing that must
    /// happen may hang on it.
    ///
    /// # Errors
    /// Any, and the run fails with it.
    fn done(asset: Self::Asset) -> Result<()> {
        drop(asset);
        Ok(())
    }

    /// Brings what this driver has stored from schema version `from` to the driver's own, and answers with that
    /// version. 0 is the version of what was never migrated, also when nothing is stored.
    ///
    /// The host calls it when the driver is put into service: once as a rehearsal, and where it answers with a new
    /// version again. What it writes is committed with that version, all or nothing. What it does not have to do it
    /// must not do: with the same version as `from`, nothing may be written.
    /// [`Context::migrate`](crate::testing::Context::migrate) tests it.
    ///
    /// **How much it can change.** A migration is one transaction of 64 MiB at most, whatever an operator allows: the
    /// bytes of the keys and values that it writes, and 128 for each write or deletion. That is some 350,000 entries of
    /// 60 bytes that keep their keys, or 190,000 that change them. It may read 1 GiB, with 128 bytes for each entry. A
    /// driver that may come to keep more changes its data as it goes: `migrate` only answers with the new version, values
    /// say of themselves which form they have, and what is read in the old form is written in the new one.
    ///
    /// **What it does not reach** is the account data of bindings, which `bind` has answered and the host keeps: a new
    /// version has to read what older ones have answered, as with `#[serde(default)]` for a new field.
    ///
    /// Without this function, the driver's version is 0, and it refuses what a newer one has migrated.
    ///
    /// ```standalone_crate
    /// use airs::{Amount, Call, Error, Receipt, Result, Rights, Value, storage};
    ///
    /// /// Version 1 of these counters had its keys without a prefix.
    /// struct Counters;
    ///
    /// #[airs::driver]
    /// impl airs::Driver for Counters {
    ///     type Asset = String;
    ///
    ///     fn migrate(from: u32) -> Result<u32> {
    ///         if from > 2 {
    ///             return Err(Error::rejected(format!("it knows versions up to 2, and not {from}")));
    ///         }
    ///         if from == 1 {
    ///             for entry in storage::scan("/") {
    ///                 let entry = entry?;
    ///                 storage::set([b"count", &entry.key[..]].concat(), &entry.value)?;
    ///                 storage::delete(&entry.key)?;
    ///             }
    ///         }
    ///         Ok(2)
    ///     }
    ///     # fn intend(call: &Call, _account: (), _rights: Rights) -> Result<String> {
    ///     #     Ok(format!("count{}", call.path))
    ///     # }
    ///     # fn view(key: &String) -> Result<Value> {
    ///     #     Ok(storage::get_json::<Amount>(key)?.unwrap_or_default().into())
    ///     # }
    ///     # fn transfer(_from: &String, _to: &String, _value: Value) -> Result<Receipt> {
    ///     #     Err(Error::unsupported("nothing moves"))
    ///     # }
    /// }
    ///
    /// # fn main() -> Result<()> {
    /// let context = airs::testing::Context::new();
    /// context.inside::<Counters, _>(|| storage::set("/a", "\"7\""))?;
    /// assert_eq!(context.migrate::<Counters>(1)?, 2);
    /// assert_eq!(context.inside::<Counters, _>(|| storage::get("count/a"))?.unwrap(), b"\"7\"");
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// Any; then the driver is not put into service and nothing is changed.
    fn migrate(from: u32) -> Result<u32> {
        match from {
            0 => Ok(0),
            _ => Err(Error::rejected(format!(
                "it has no versions, and what is stored has schema version {from}"
            ))),
        }
    }
}

/// The component that the driver `D` makes; it has its exports where there are components.
pub struct DriverComponent<D: Driver>(PhantomData<D>);

impl<D: Driver> fmt::Debug for DriverComponent<D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DriverComponent")
    }
}

/// Account data as a person wrote it, in JSON.
pub(crate) fn account_from_person<D: Driver>(text: &str) -> Result<D::Account> {
    json::read("the account data", text)
}

/// What the host is to keep of account data.
pub(crate) fn account_to_host<D: Driver>(account: &D::Account) -> Result<Vec<u8>> {
    serde_json::to_vec(account).map_err(|error| Error::internal(format!("the account data: {error}")))
}

/// Account data as the host kept it.
pub(crate) fn account_from_host<D: Driver>(bytes: &[u8]) -> Result<D::Account> {
    serde_json::from_slice(bytes).map_err(|error| {
        Error::internal(format!(
            "the account data that was kept when it was bound is not what this version reads: {error}"
        ))
    })
}
