//! What assets hold and transfers move.

use serde::{Deserialize, Serialize};

use crate::{Amount, Error, Result, Schema};

/// What an asset holds, and what a transfer moves.
///
/// ```
/// use airs::{Amount, Value};
///
/// let value = Value::from(Amount::new(1250, 2)?);
/// assert_eq!(value.amount()?.to_string(), "12.50");
/// # Ok::<(), airs::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Schema)]
#[serde(rename_all = "kebab-case")]
pub enum Value {
    /// A quantity.
    Amount(Amount),
    /// Distinct things.
    Items(Vec<Item>),
    /// Bytes that only the driver understands.
    Data(Vec<u8>),
}

impl Value {
    /// The quantity.
    ///
    /// # Errors
    /// [`Code::UnitMismatch`](crate::Code::UnitMismatch) when the value is something else.
    pub fn amount(self) -> Result<Amount> {
        match self {
            Self::Amount(amount) => Ok(amount),
            other => Err(Error::unit_mismatch(format!(
                "expected an amount, got {}",
                other.kind()
            ))),
        }
    }

    /// The distinct things.
    ///
    /// # Errors
    /// [`Code::UnitMismatch`](crate::Code::UnitMismatch) when the value is something else.
    pub fn items(self) -> Result<Vec<Item>> {
        match self {
            Self::Items(items) => Ok(items),
            other => Err(Error::unit_mismatch(format!(
                "expected items, got {}",
                other.kind()
            ))),
        }
    }

    /// The bytes.
    ///
    /// # Errors
    /// [`Code::UnitMismatch`](crate::Code::UnitMismatch) when the value is something else.
    pub fn data(self) -> Result<Vec<u8>> {
        match self {
            Self::Data(data) => Ok(data),
            other => Err(Error::unit_mismatch(format!(
                "expected data, got {}",
                other.kind()
            ))),
        }
    }

    const fn kind(&self) -> &'static str {
        match self {
            Self::Amount(_) => "an amount",
            Self::Items(_) => "items",
            Self::Data(_) => "data",
        }
    }
}

impl From<Amount> for Value {
    fn from(amount: Amount) -> Self {
        Self::Amount(amount)
    }
}

impl From<Vec<Item>> for Value {
    fn from(items: Vec<Item>) -> Self {
        Self::Items(items)
    }
}

impl From<Item> for Value {
    fn from(item: Item) -> Self {
        Self::Items(vec![item])
    }
}

/// One thing that is not interchangeable with another, such as a ticket or a document.
///
/// ```
/// let seat = airs::Item::new("row-7-seat-12", b"opera".to_vec());
/// assert_eq!(seat.id, "row-7-seat-12");
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Schema)]
pub struct Item {
    /// What identifies it within its asset.
    pub id: String,
    /// What the driver keeps about it; only the driver gives it a meaning.
    #[serde(default)]
    pub data: Vec<u8>,
}

impl Item {
    /// An item with an id and the driver's data about it.
    pub fn new(id: impl Into<String>, data: impl Into<Vec<u8>>) -> Self {
        Self {
            id: id.into(),
            data: data.into(),
        }
    }
}

/// How far a transfer has come.
///
/// ```
/// assert_eq!(airs::json!(airs::Receipt::Final), "final");
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Schema)]
#[serde(rename_all = "kebab-case")]
#[must_use = "a receipt says whether the transfer is done or still pending"]
pub enum Receipt {
    /// Done with the commit of this run.
    Final,
    /// Handed to the outside world with the commit of this run, under this id; settled later.
    Pending(String),
}
