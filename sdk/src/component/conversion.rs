//! The SDK's types as they cross the component's boundary, and back.

use crate::{Amount, Call, Caller, Error, Item, Receipt, Rights, Value, bindings::types};

impl From<Amount> for types::Amount {
    #[expect(clippy::cast_possible_truncation, reason = "the two halves of the number")]
    fn from(amount: Amount) -> Self {
        let units = amount.units();
        Self {
            high: (units >> 64) as u64,
            low: units as u64,
            scale: amount.scale(),
        }
    }
}

impl TryFrom<types::Amount> for Amount {
    type Error = Error;

    fn try_from(amount: types::Amount) -> Result<Self, Error> {
        Self::new(
            u128::from(amount.high) << 64 | u128::from(amount.low),
            amount.scale,
        )
    }
}

impl From<Item> for types::Item {
    fn from(item: Item) -> Self {
        Self {
            id: item.id,
            data: item.data,
        }
    }
}

impl From<types::Item> for Item {
    fn from(item: types::Item) -> Self {
        Self {
            id: item.id,
            data: item.data,
        }
    }
}

impl From<Value> for types::Value {
    fn from(value: Value) -> Self {
        match value {
            Value::Amount(amount) => Self::Amount(amount.into()),
            Value::Items(items) => Self::Items(items.into_iter().map(Into::into).collect()),
            Value::Data(data) => Self::Data(data),
        }
    }
}

impl TryFrom<types::Value> for Value {
    type Error = Error;

    fn try_from(value: types::Value) -> Result<Self, Error> {
        Ok(match value {
            types::Value::Amount(amount) => Self::Amount(amount.try_into()?),
            types::Value::Items(items) => Self::Items(items.into_iter().map(Into::into).collect()),
            types::Value::Data(data) => Self::Data(data),
        })
    }
}

/// Each right, and what it is at the boundary.
const RIGHTS: [(Rights, types::Rights); 4] = [
    (Rights::VIEW, types::Rights::VIEW),
    (Rights::DEBIT, types::Rights::DEBIT),
    (Rights::CREDIT, types::Rights::CREDIT),
    (Rights::CONTROL, types::Rights::CONTROL),
];

impl From<Rights> for types::Rights {
    fn from(rights: Rights) -> Self {
        RIGHTS
            .into_iter()
            .filter(|(right, _)| rights.contains(*right))
            .fold(Self::empty(), |flags, (_, flag)| flags | flag)
    }
}

impl From<types::Rights> for Rights {
    fn from(flags: types::Rights) -> Self {
        RIGHTS
            .into_iter()
            .filter(|(_, flag)| flags & *flag == *flag)
            .fold(Self::NONE, |rights, (right, _)| rights | right)
    }
}

impl From<types::Call> for Call {
    fn from(call: types::Call) -> Self {
        let types::Caller { id, home, roles } = call.caller;
        Self {
            run: call.run,
            context: call.context,
            path: call.path,
            caller: Caller { id, home, roles },
        }
    }
}

impl From<Receipt> for types::Receipt {
    fn from(receipt: Receipt) -> Self {
        match receipt {
            Receipt::Final => Self::Final,
            Receipt::Pending(id) => Self::Pending(id),
        }
    }
}

impl From<types::Receipt> for Receipt {
    fn from(receipt: types::Receipt) -> Self {
        match receipt {
            types::Receipt::Final => Self::Final,
            types::Receipt::Pending(id) => Self::Pending(id),
        }
    }
}

impl From<Error> for types::Error {
    fn from(error: Error) -> Self {
        Self {
            code: error.code.into(),
            message: error.message,
            hint: error.hint,
        }
    }
}

impl From<types::Error> for Error {
    fn from(error: types::Error) -> Self {
        Self {
            code: error.code.into(),
            message: error.message,
            hint: error.hint,
        }
    }
}
