//! The types of `wit/types.wit` as they cross the boundary, and what they are in `airs-core`.
//!
//! Field names and their order are those of the WIT; wasmtime compares them with what a component says
//! when it is linked, and when a function of it is first called, so a difference cannot go unnoticed.

use airs_core as host;
use wasmtime::component::{ComponentType, Lift, Lower, flags};

#[derive(Clone, Copy, ComponentType, Lift, Lower)]
#[component(record)]
pub(crate) struct Amount {
    high: u64,
    low: u64,
    scale: u8,
}

#[derive(Clone, ComponentType, Lift, Lower)]
#[component(record)]
pub(crate) struct Item {
    id: String,
    data: Vec<u8>,
}

#[derive(Clone, ComponentType, Lift, Lower)]
#[component(variant)]
pub(crate) enum Value {
    #[component(name = "amount")]
    Amount(Amount),
    #[component(name = "items")]
    Items(Vec<Item>),
    #[component(name = "data")]
    Data(Vec<u8>),
}

flags! {
    Rights {
        #[component(name = "view")]
        const VIEW;
        #[component(name = "debit")]
        const DEBIT;
        #[component(name = "credit")]
        const CREDIT;
        #[component(name = "control")]
        const CONTROL;
    }
}

#[derive(Clone, ComponentType, Lift, Lower)]
#[component(variant)]
pub(crate) enum Receipt {
    #[component(name = "final")]
    Final,
    #[component(name = "pending")]
    Pending(String),
}

#[derive(ComponentType, Lower)]
#[component(record)]
pub(crate) struct Caller<'a> {
    id: &'a str,
    home: &'a str,
    roles: &'a [String],
}

#[derive(ComponentType, Lower)]
#[component(record)]
pub(crate) struct Call<'a> {
    run: &'a str,
    context: &'a str,
    path: &'a str,
    caller: Caller<'a>,
}

#[derive(Clone, ComponentType, Lift, Lower)]
#[component(record)]
pub(crate) struct Error {
    code: Code,
    message: String,
    hint: Option<String>,
}

macro_rules! codes {
    ($($variant:ident = $text:literal,)+) => {
        #[derive(Clone, Copy, ComponentType, Lift, Lower)]
        #[component(enum)]
        #[repr(u8)]
        pub(crate) enum Code {
            $(#[component(name = $text)] $variant,)+
        }

        impl From<Code> for host::Code {
            fn from(code: Code) -> Self {
                match code {
                    $(Code::$variant => Self::$variant,)+
                }
            }
        }

        impl From<host::Code> for Code {
            fn from(code: host::Code) -> Self {
                match code {
                    $(host::Code::$variant => Self::$variant,)+
                }
            }
        }
    };
}

codes! {
    Internal = "internal",
    Denied = "denied",
    InvalidInput = "invalid-input",
    InvalidPath = "invalid-path",
    InvalidName = "invalid-name",
    NotFound = "not-found",
    Unbound = "unbound",
    AlreadyBound = "already-bound",
    Unsupported = "unsupported",
    InsufficientFunds = "insufficient-funds",
    UnitMismatch = "unit-mismatch",
    Overflow = "overflow",
    Rejected = "rejected",
    DifferentDrivers = "different-drivers",
    BadDescriptor = "bad-descriptor",
    Trap = "trap",
    DeadlineExceeded = "deadline-exceeded",
    LimitExceeded = "limit-exceeded",
    Conflict = "conflict",
    Cancelled = "cancelled",
    IdReused = "id-reused",
    IdExpired = "id-expired",
    OutcomeUnknown = "outcome-unknown",
    EffectInRun = "effect-in-run",
    InvalidComponent = "invalid-component",
    WrongWorld = "wrong-world",
    UndeclaredCapability = "undeclared-capability",
    UngrantedCapability = "ungranted-capability",
    InvalidConfig = "invalid-config",
    StorageUnavailable = "storage-unavailable",
    StorageFull = "storage-full",
    StorageCorrupt = "storage-corrupt",
    Busy = "busy",
}

impl From<host::Amount> for Amount {
    fn from(amount: host::Amount) -> Self {
        #[expect(
            clippy::cast_possible_truncation,
            reason = "the halves of the number, on purpose"
        )]
        let (high, low) = ((amount.units >> 64) as u64, amount.units as u64);
        Self {
            high,
            low,
            scale: amount.scale,
        }
    }
}

impl From<Amount> for host::Amount {
    fn from(amount: Amount) -> Self {
        let units = (u128::from(amount.high) << 64) | u128::from(amount.low);
        Self {
            units,
            scale: amount.scale,
        }
    }
}

impl From<host::Value> for Value {
    fn from(value: host::Value) -> Self {
        match value {
            host::Value::Amount(amount) => Self::Amount(amount.into()),
            host::Value::Items(items) => Self::Items(
                items
                    .into_iter()
                    .map(|host::Item { id, data }| Item { id, data })
                    .collect(),
            ),
            host::Value::Data(data) => Self::Data(data),
        }
    }
}

impl TryFrom<Value> for host::Value {
    type Error = host::Error;

    fn try_from(value: Value) -> Result<Self, host::Error> {
        Ok(match value {
            Value::Amount(amount) if amount.scale > host::Amount::SCALE_MAX => {
                let message = format!("an amount has at most 38 decimal places, not {}", amount.scale);
                return Err(host::Error::new(host::Code::InvalidInput, message));
            }
            Value::Amount(amount) => Self::Amount(amount.into()),
            Value::Items(items) => Self::Items(
                items
                    .into_iter()
                    .map(|Item { id, data }| host::Item { id, data })
                    .collect(),
            ),
            Value::Data(data) => Self::Data(data),
        })
    }
}

impl From<host::Receipt> for Receipt {
    fn from(receipt: host::Receipt) -> Self {
        match receipt {
            host::Receipt::Final => Self::Final,
            host::Receipt::Pending(id) => Self::Pending(id),
        }
    }
}

impl From<Receipt> for host::Receipt {
    fn from(receipt: Receipt) -> Self {
        match receipt {
            Receipt::Final => Self::Final,
            Receipt::Pending(id) => Self::Pending(id),
        }
    }
}

const RIGHTS: [(host::Rights, Rights); 4] = [
    (host::Rights::VIEW, Rights::VIEW),
    (host::Rights::DEBIT, Rights::DEBIT),
    (host::Rights::CREDIT, Rights::CREDIT),
    (host::Rights::CONTROL, Rights::CONTROL),
];

impl From<host::Rights> for Rights {
    fn from(rights: host::Rights) -> Self {
        let held = RIGHTS.into_iter().filter(|(ours, _)| rights.contains(*ours));
        held.fold(Self::default(), |all, (_, theirs)| all | theirs)
    }
}

impl From<Rights> for host::Rights {
    fn from(rights: Rights) -> Self {
        let held = RIGHTS
            .into_iter()
            .filter(|(_, theirs)| rights & *theirs == *theirs);
        held.fold(Self::NONE, |all, (ours, _)| all | ours)
    }
}

impl<'a> From<&'a host::Call> for Call<'a> {
    fn from(call: &'a host::Call) -> Self {
        let host::Caller { id, home, roles } = &call.caller;
        Self {
            run: &call.run,
            context: call.context.as_str(),
            path: call.path.as_str(),
            caller: Caller { id, home, roles },
        }
    }
}

impl From<host::Error> for Error {
    fn from(error: host::Error) -> Self {
        Self {
            code: error.code().into(),
            message: error.message().to_owned(),
            hint: error.hint_text().map(ToOwned::to_owned),
        }
    }
}

impl From<Error> for host::Error {
    fn from(error: Error) -> Self {
        let Error { code, message, hint } = error;
        let plain = Self::new(code.into(), message);
        match hint {
            Some(hint) => plain.hint(hint),
            None => plain,
        }
    }
}
