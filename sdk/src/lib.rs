//! Write airs drivers and programs in ordinary Rust.
//!
//! A *driver* gives data a meaning: it implements [`Driver`], with [`#[airs::driver]`](macro@driver) on
//! the `impl`. A *program* is one function with [`#[airs::program]`](macro@program) on it; it reaches assets
//! through the Virtual Asset Layer, [`val`], and nothing else. What either does in one run becomes visible
//! all together, or not at all.
//!
//! Depend on it as `airs = { package = "airs-sdk", … }`. Built for `wasm32-wasip2` a crate becomes a
//! component; under plain `cargo test` the same source runs natively, in a [`testing::Context`].
//!
//! ```standalone_crate
//! use airs::{Amount, Receipt, Result, Rights, Schema, val};
//! use serde::Deserialize;
//!
//! #[derive(Deserialize, Schema)]
//! struct Order {
//!     from: String,
//!     to: String,
//!     amount: Amount,
//! }
//!
//! /// Pays an order.
//! #[airs::program]
//! fn pay(order: Order) -> Result<Receipt> {
//!     let from = val::intend(&order.from, Rights::DEBIT)?;
//!     let to = val::intend(&order.to, Rights::CREDIT)?;
//!     from.transfer(&to, order.amount)
//! }
//! # fn main() {}
//! ```

// The code that the attributes make says `::airs`, here too.
extern crate self as airs;

// What drivers and programs speak of.
mod amount;
mod call;
mod code;
mod error;
mod json;
mod rights;
mod value;

// What an author writes, and calls.
mod attributes;
mod driver;
pub mod val;

pub mod http;
pub mod storage;

pub mod clock;
pub mod log;
pub mod random;

pub mod schema;

#[cfg(not(target_family = "wasm"))]
pub mod testing;

// Behind it: the runtime, or a test.
#[cfg(target_family = "wasm")]
mod bindings;
#[cfg(target_family = "wasm")]
mod component;
mod host;
#[doc(hidden)]
pub mod program;

/// JSON, written in place: `json!({ "amount": "12.50" })`.
#[doc(no_inline)]
pub use serde_json::json;

pub use self::{
    amount::Amount,
    attributes::{Schema, driver, program},
    call::{Call, Caller},
    code::{Code, UnknownCode},
    driver::Driver,
    error::{Error, Result},
    json::Json,
    rights::Rights,
    schema::Schema,
    value::{Item, Receipt, Value},
};

/// For the code that the attributes make; not for authors.
#[doc(hidden)]
pub mod __private {
    #[cfg(target_family = "wasm")]
    pub use wit_bindgen::rt::{self, bitflags};

    #[cfg(target_family = "wasm")]
    pub use crate::{
        bindings::{driver, program},
        export_program,
    };
    pub use crate::{
        driver::DriverComponent,
        schema::{Program, presence, section_bytes, section_len},
    };
}
