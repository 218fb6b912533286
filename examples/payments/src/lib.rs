//! Credit transfers as banks exchange them: a message of ISO 20022, `pain.001.001.09`, is booked as a whole or not
//! at all, and however often it is sent, once.
//!
//! The way of a message: [`Initiation::read`] reads it and checks what can be checked without any account, a
//! [`Directory`] knows which asset is behind an IBAN, and [`Bank::book`] makes one run of it, with an id that is
//! made of the message.

mod amount;
mod bank;
mod directory;
mod iban;
mod initiation;
mod order;
mod refusal;
mod transfer;
mod xml;

pub use bank::{Bank, Booked};
pub use directory::{Account, Currency, Directory};
pub use iban::Iban;
pub use initiation::{Initiation, Payment, TRANSACTIONS_MAX};
pub use order::Order;
pub use refusal::Refusal;
pub use transfer::Transfer;
pub use xml::{ATTRIBUTES_MAX, DEPTH_MAX, ELEMENTS_MAX, MESSAGE_BYTES_MAX};
