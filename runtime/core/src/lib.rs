//! The vocabulary of airs: the words that its layers, its command line and its interfaces share.
//!
//! Everything here is pure: no input or output, no async, no dependency on another crate of airs.
//! Constructing a value validates it, so that a [`Name`] or an [`AssetPath`] that exists is a good one.

mod amount;
mod asset_path;
mod call;
mod capability;
mod code;
mod error;
mod event;
mod guard;
mod limits;
mod name;
mod rights;
mod value;

pub use amount::Amount;
pub use asset_path::AssetPath;
pub use call::{Call, Caller};
pub use capability::{Capabilities, Capability};
pub use code::Code;
pub use error::{Error, Result};
pub use event::{Event, Kind};
pub use guard::{Guard, Guards};
pub use limits::{Limit, Limits};
pub use name::{CallerId, Name, NameError};
pub use rights::Rights;
pub use value::{Item, Receipt, Value};
