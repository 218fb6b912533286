//! What assets hold and transfers move.

use crate::Amount;

/// What an asset holds, and what a transfer moves.
///
/// ```
/// use airs_core::{Amount, Item, Value};
///
/// let money = Value::Amount(Amount { units: 250, scale: 2 });
/// let seats = Value::Items(vec![Item { id: "12A".into(), data: b"window".to_vec() }]);
/// assert_ne!(money, seats);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// A quantity.
    Amount(Amount),
    /// Distinct things.
    Items(Vec<Item>),
    /// Bytes that only the driver understands.
    Data(Vec<u8>),
}

/// One thing that is not interchangeable with another.
///
/// An example is at [`Value`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// What identifies it within its asset.
    pub id: String,
    /// What the driver keeps about it.
    pub data: Vec<u8>,
}

/// How far a transfer has come.
///
/// ```
/// use airs_core::Receipt;
///
/// /// What to tell the payer.
/// fn notice(receipt: &Receipt) -> String {
///     match receipt {
///         Receipt::Final => "paid".into(),
///         Receipt::Pending(id) => format!("on its way, as {id}"),
///     }
/// }
/// # assert_eq!(notice(&Receipt::Final), "paid");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Receipt {
    /// Done with the commit of the run.
    Final,
    /// Handed to the outside world with the commit, under this id.
    Pending(String),
}
