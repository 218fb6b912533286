//! What assets hold and transfers move.

use crate::Amount;

/// What an asset holds, and what a transfer moves.
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
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// What identifies it within its asset.
    pub id: String,
    /// What the driver keeps about it.
    pub data: Vec<u8>,
}

/// How far a transfer has come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Receipt {
    /// Done with the commit of the run.
    Final,
    /// Handed to the outside world with the commit, under this id.
    Pending(String),
}
